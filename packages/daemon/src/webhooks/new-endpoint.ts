// Endpoints and secrets as they are made, and as they are rotated.
import type { RandomBytes } from 'portal-protocol'
import type { Clock } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import { SECRETS_MAX, wrongSecret, wrongUrl } from '../engine/webhook-endpoint.ts'
import type {
  EndpointId,
  WebhookEndpoint,
  WebhookFormat,
  WebhookSecret,
} from '../engine/webhook-ports.ts'
import type { EndpointOrder } from '../engine/webhooks.ts'
import { validSecrets } from './message.ts'

const SECRET_BYTES = 32

type Deps = { readonly clock: Clock; readonly random: RandomBytes; readonly allowPrivate: boolean }

/** Throws Refusal invalid_request, with the field. */
export function newEndpoint(order: EndpointOrder, deps: Deps): Omit<WebhookEndpoint, 'cursor'> {
  const wrong = wrongUrl(order.url, deps.allowPrivate)
  if (wrong !== null) throw new Refusal('invalid_request', `"url" ${wrong}`, { field: 'url' })
  return {
    id: newEndpointId(deps.random),
    source: 'api',
    url: order.url,
    secrets: [{ value: chosenSecret(order.secret, order.format, deps), expiresAtMs: null }],
    events: order.events,
    format: order.format,
    createdAtMs: deps.clock.nowMs(),
    disabledAtMs: null,
    pause: null,
  }
}

export function newEndpointId(random: RandomBytes): EndpointId {
  return `we_${Buffer.from(random(16)).toString('base64url')}` as EndpointId
}

/** The secrets after a rotation. Throws Refusal: invalid_request, conflict. */
export function rotated(
  { secrets, format }: WebhookEndpoint,
  order: { readonly secret: string | null; readonly overlapS: number },
  deps: Deps,
): readonly WebhookSecret[] {
  const nowMs = deps.clock.nowMs()
  const untilMs = nowMs + order.overlapS * 1000
  const value = chosenSecret(order.secret, format, deps)
  const old = validSecrets(secrets, nowMs)
    .filter((secret) => secret.value !== value && order.overlapS > 0)
    .map((secret) => ({ ...secret, expiresAtMs: Math.min(secret.expiresAtMs ?? untilMs, untilMs) }))
  if (old.length >= SECRETS_MAX) {
    const detail = `${SECRETS_MAX} secrets are good already; wait for one to end, or overlap 0`
    throw new Refusal('conflict', detail)
  }
  return [{ value, expiresAtMs: null }, ...old]
}

function chosenSecret(given: string | null, format: WebhookFormat, { random }: Deps): string {
  if (given === null) return `whsec_${Buffer.from(random(SECRET_BYTES)).toString('base64')}`
  const wrong = wrongSecret(given, format)
  if (wrong === null) return given
  throw new Refusal('invalid_request', `"secret" ${wrong}`, { field: 'secret' })
}
