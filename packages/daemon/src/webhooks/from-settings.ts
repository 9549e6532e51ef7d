// The endpoints of the settings, brought into the store: known there by their address, or by a secret
// if the address is what was changed, so that a changed one goes on where it was.
import type { RandomBytes } from 'portal-protocol'
import type { Logger } from '../engine/logger.ts'
import type { Clock } from '../engine/ports.ts'
import type { WebhookEndpoint, WebhookFormat, WebhookStore } from '../engine/webhook-ports.ts'
import type { EventType } from '../log/event-type.ts'
import { newEndpointId } from './new-endpoint.ts'

export type EndpointSettings = {
  readonly url: string
  /** The current one first. */
  readonly secrets: readonly { reveal(): string }[]
  /** Null: all. */
  readonly events: readonly EventType[] | null
  readonly format: WebhookFormat
}

type Deps = {
  readonly store: WebhookStore
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Logger
}

/** A restart with the endpoint in the settings enables it again. */
export async function syncSettings(
  settings: readonly EndpointSettings[],
  { store, clock, random, log }: Deps,
): Promise<void> {
  const before = (await store.endpoints()).filter(({ source }) => source === 'settings')
  const knownOf = match(settings, before)
  const kept = new Set([...knownOf.values()].map(({ id }) => id))
  for (const { id } of before) {
    if (kept.has(id)) continue
    await store.deleteEndpoint(id, clock.nowMs())
    // Perhaps another daemon's portal.toml has it still.
    log.warn('webhook_removed', { endpoint: id, why: 'it is not in portal.toml any more' })
  }
  for (const given of settings) {
    const known = knownOf.get(given)
    const secrets = given.secrets.map((secret) => ({ value: secret.reveal(), expiresAtMs: null }))
    const { url, events, format } = given
    if (known !== undefined) {
      const change = { url, secrets, events, format, disabledAtMs: null, pause: null }
      await store.changeEndpoint(known.id, () => change)
      if (known.url !== url) log.info('webhook_url_changed', { endpoint: known.id })
      continue
    }
    const id = newEndpointId(random)
    const createdAtMs = clock.nowMs()
    const endpoint: Omit<WebhookEndpoint, 'cursor'> = {
      ...{ id, source: 'settings', url, secrets, events, format, createdAtMs },
      ...{ disabledAtMs: null, pause: null },
    }
    await store.createEndpoint(endpoint, null, 0)
  }
}

// Whoever is sent events of before must be who was to get them: the same address, or, at another one,
// whoever has a secret that only one endpoint had and has.
function match(
  settings: readonly EndpointSettings[],
  before: readonly WebhookEndpoint[],
): ReadonlyMap<EndpointSettings, WebhookEndpoint> {
  const found = new Map<EndpointSettings, WebhookEndpoint>()
  for (const given of settings) {
    const known = before.find(({ url }) => url === given.url)
    if (known !== undefined) found.set(given, known)
  }
  const shares = (given: EndpointSettings, { secrets }: WebhookEndpoint) =>
    given.secrets.some((secret) => secrets.some(({ value }) => value === secret.reveal()))
  for (const given of settings) {
    const [known, ...others] = before.filter((endpoint) => shares(given, endpoint))
    if (found.has(given) || known === undefined || others.length > 0) continue
    if ([...found.values()].includes(known)) continue
    if (settings.filter((other) => shares(other, known)).length === 1) found.set(given, known)
  }
  return found
}
