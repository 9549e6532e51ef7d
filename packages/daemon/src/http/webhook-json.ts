// Webhooks in the words of the API.
import { Refusal } from '../engine/refusal.ts'
import type { Delivery, WebhookEndpoint } from '../engine/webhook-ports.ts'
import type { Redelivery } from '../engine/webhooks.ts'
import { eventId } from '../log/event-id.ts'
import { eventType } from '../log/event-type.ts'
import { secondsOrNull } from './payment-json.ts'
import type { RedeliveryBody, WebhookDeliveryJson, WebhookEndpointJson } from './webhook-schemas.ts'

export function endpointJson(endpoint: WebhookEndpoint, nowMs: number): WebhookEndpointJson {
  const old = endpoint.secrets
    .map(({ expiresAtMs }) => expiresAtMs)
    .filter((atMs) => atMs !== null && atMs > nowMs)
  const oldUntilMs = old.reduce((last, atMs) => Math.max(last ?? 0, atMs ?? 0), null)
  return {
    endpoint_id: endpoint.id,
    url: endpoint.url,
    events: endpoint.events,
    format: endpoint.format,
    source: endpoint.source,
    created_at: seconds(endpoint.createdAtMs),
    ...closedJson(endpoint, nowMs),
    old_secrets_until: secondsOrNull(oldUntilMs),
  }
}

/** Why nothing is sent to it now, if so. */
export function closedJson({ disabledAtMs, pause }: WebhookEndpoint, nowMs: number) {
  const untilMs = pause !== null && pause.untilMs > nowMs ? pause.untilMs : null
  return {
    disabled_at: secondsOrNull(disabledAtMs),
    paused_until: untilMs === null ? null : Math.ceil(untilMs / 1000),
  }
}

export function deliveryJson(delivery: Delivery): WebhookDeliveryJson {
  const { event } = delivery
  return {
    event_id: eventId(event),
    type: eventType(event.stream.type, event.data),
    position: event.position,
    stream_id: event.stream.id,
    payment_id: event.stream.paymentId,
    index: event.index,
    created_at: seconds(event.createdAtMs),
    state: delivery.state,
    attempts: delivery.attempts,
    queued_at: seconds(delivery.queuedAtMs),
    last_attempt_at: secondsOrNull(delivery.lastAttemptAtMs),
    next_attempt_at: secondsOrNull(delivery.dueAtMs),
    http_status: delivery.status,
    answer: delivery.answer,
    error: delivery.error,
  }
}

/** Throws Refusal invalid_request unless it names one thing. */
export function readRedelivery(body: RedeliveryBody, nowMs: number): Redelivery {
  const eventId = body.event_id ?? null
  const from = body.from ?? null
  const to = body.to ?? null
  if (eventId !== null && from === null && to === null) return { eventId }
  if (eventId !== null || from === null) {
    const detail = 'give either "event_id", or "from" with or without "to"'
    throw new Refusal('invalid_request', detail, { field: eventId === null ? 'from' : 'event_id' })
  }
  const toMs = to === null ? nowMs + 1 : to * 1000
  if (toMs > from * 1000) return { fromMs: from * 1000, toMs }
  throw new Refusal('invalid_request', '"to" must be after "from"', { field: 'to' })
}

function seconds(atMs: number): number {
  return Math.floor(atMs / 1000)
}
