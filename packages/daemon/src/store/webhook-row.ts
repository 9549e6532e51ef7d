// Webhook endpoints and deliveries as rows, and back.
import type {
  Delivery,
  DeliveryState,
  EndpointId,
  Pause,
  WebhookEndpoint,
  WebhookFormat,
  WebhookSecret,
} from '../engine/webhook-ports.ts'
import { type EventType, isEventType } from '../log/event-type.ts'
import { damaged, list, texts, word } from './decode.ts'
import { type LogEventRow, logEventOf } from './log-row.ts'
import type { WebhookDeliveryRow, WebhookEndpointRow } from './schema.ts'

/** The columns of an endpoint that its row shares with it. */
export type EndpointColumns = Omit<
  WebhookEndpointRow,
  'log_position' | 'deleted_at_ms' | 'idempotency_key' | 'fingerprint'
>

/** A delivery joined with its event and the event's stream. */
export type DeliveryRow = Omit<WebhookDeliveryRow, 'stream_id'> & LogEventRow

export function endpointColumns(endpoint: Omit<WebhookEndpoint, 'cursor'>): EndpointColumns {
  return {
    id: endpoint.id,
    source: endpoint.source,
    url: endpoint.url,
    secrets: JSON.stringify(endpoint.secrets),
    events: endpoint.events === null ? null : JSON.stringify(endpoint.events),
    format: endpoint.format,
    created_at_ms: endpoint.createdAtMs,
    disabled_at_ms: endpoint.disabledAtMs,
    paused_since_ms: endpoint.pause?.sinceMs ?? null,
    paused_until_ms: endpoint.pause?.untilMs ?? null,
  }
}

/** Throws StoreError `damaged`. */
export function endpointOf(row: WebhookEndpointRow): WebhookEndpoint {
  return {
    id: row.id as EndpointId,
    source: word(SOURCE, row.source, 'webhook_endpoints.source'),
    url: row.url,
    secrets: list(row.secrets, 'webhook_endpoints.secrets', secret),
    events: row.events === null ? null : texts(row.events, EVENTS).map(eventType),
    format: word(FORMAT, row.format, 'webhook_endpoints.format'),
    createdAtMs: row.created_at_ms,
    disabledAtMs: row.disabled_at_ms,
    pause: pauseOf(row),
    cursor: row.log_position,
  }
}

/** Throws StoreError `damaged`. */
export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    endpointId: row.endpoint_id as EndpointId,
    event: logEventOf(row),
    state: word(STATE, row.state, 'webhook_deliveries.state'),
    attempts: row.attempts,
    queuedAtMs: row.queued_at_ms,
    dueAtMs: row.due_at_ms,
    lastAttemptAtMs: row.last_attempt_at_ms,
    status: row.status,
    answer: row.answer,
    error: row.error,
  }
}

export function deliveryRow(delivery: Delivery): WebhookDeliveryRow {
  return {
    endpoint_id: delivery.endpointId,
    position: delivery.event.position,
    stream_id: delivery.event.stream.id,
    state: delivery.state,
    attempts: delivery.attempts,
    queued_at_ms: delivery.queuedAtMs,
    due_at_ms: delivery.dueAtMs,
    last_attempt_at_ms: delivery.lastAttemptAtMs,
    status: delivery.status,
    answer: delivery.answer,
    error: delivery.error,
  }
}

/** A delivery that has never been tried. */
export function waitingRow(
  endpointId: EndpointId,
  event: { readonly position: number; readonly streamId: string },
  atMs: number,
): WebhookDeliveryRow {
  return {
    endpoint_id: endpointId,
    position: event.position,
    stream_id: event.streamId,
    state: 'waiting',
    attempts: 0,
    queued_at_ms: atMs,
    due_at_ms: null,
    last_attempt_at_ms: null,
    status: null,
    answer: null,
    error: null,
  }
}

function pauseOf({ paused_since_ms, paused_until_ms }: WebhookEndpointRow): Pause | null {
  if (paused_since_ms === null || paused_until_ms === null) return null
  return { sinceMs: paused_since_ms, untilMs: paused_until_ms }
}

const SOURCE = { settings: 'settings', api: 'api' } as const

const FORMAT: { readonly [F in WebhookFormat]: F } = { standard: 'standard', '0.4': '0.4' }

const STATE: { readonly [S in DeliveryState]: S } = {
  waiting: 'waiting',
  delivered: 'delivered',
  failed: 'failed',
}

const EVENTS = 'webhook_endpoints.events'

function eventType(text: string): EventType {
  if (isEventType(text)) return text
  throw damaged(EVENTS)
}

function secret(item: unknown): WebhookSecret {
  if (typeof item === 'object' && item !== null) {
    const { value, expiresAtMs } = item as Partial<Record<string, unknown>>
    const lasts = expiresAtMs === null || typeof expiresAtMs === 'number'
    if (typeof value === 'string' && lasts) return { value, expiresAtMs }
  }
  throw damaged('webhook_endpoints.secrets')
}
