// The endpoints of the settings, brought into the store: known there by their address, so that one
// whose secret or events were changed goes on where it was.
import type { RandomBytes } from 'portal-protocol'
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

/** A restart with the endpoint in the settings enables it again. */
export async function syncSettings(
  settings: readonly EndpointSettings[],
  { store, clock, random }: { store: WebhookStore; clock: Clock; random: RandomBytes },
): Promise<void> {
  const before = (await store.endpoints()).filter(({ source }) => source === 'settings')
  for (const { id, url } of before) {
    if (!settings.some((endpoint) => endpoint.url === url)) {
      await store.deleteEndpoint(id, clock.nowMs())
    }
  }
  for (const given of settings) {
    const known = before.find(({ url }) => url === given.url)
    const secrets = given.secrets.map((secret) => ({ value: secret.reveal(), expiresAtMs: null }))
    const { url, events, format } = given
    if (known !== undefined) {
      const change = { secrets, events, format, disabledAtMs: null, pause: null }
      await store.changeEndpoint(known.id, () => change)
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
