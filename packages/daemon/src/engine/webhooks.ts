// What the API may ask of webhooks.
import type { EventType } from '../log/event-type.ts'
import type { LogEvent } from '../log/stream.ts'
import type { IdempotencyKey } from './ports.ts'
import type { Delivery, DeliveryState, WebhookEndpoint, WebhookFormat } from './webhook-ports.ts'

export type EndpointOrder = {
  readonly url: string
  /** Null: one is made. */
  readonly secret: string | null
  readonly events: readonly EventType[] | null
  readonly format: WebhookFormat
}

/** The one moment at which a secret is told. */
export type EndpointSecret = { readonly endpoint: WebhookEndpoint; readonly secret: string }

export type TestOutcome = {
  readonly delivered: boolean
  readonly status: number | null
  readonly answer: string | null
  readonly error: string | null
}

export type Redelivery =
  | { readonly eventId: string }
  | { readonly fromMs: number; readonly toMs: number }

/** One try to deliver one event, once it is written down. */
export type WebhookTried = {
  readonly event: LogEvent
  /** `gone`: 410, the endpoint is disabled. */
  readonly result: 'delivered' | 'failed' | 'gave_up' | 'gone'
  /** From the event to the answer; null when it was asked to be sent again. */
  readonly sinceEventMs: number | null
}

/** Every method but `list` and `create` throws Refusal `not_found` for an unknown endpoint. */
export interface Webhooks {
  list(): Promise<readonly WebhookEndpoint[]>
  /** Throws Refusal: invalid_request, conflict (too many), idempotency_mismatch. */
  create(order: EndpointOrder, key: IdempotencyKey | null): Promise<EndpointSecret>
  /** Throws Refusal conflict for one of the settings. */
  remove(id: string): Promise<void>
  /**
   * A new secret; messages are signed with the old ones too for `overlapS` more seconds. Throws
   * Refusal: invalid_request, conflict (one of the settings, or too many at once).
   */
  rotate(
    id: string,
    order: { readonly secret: string | null; readonly overlapS: number },
  ): Promise<EndpointSecret>
  /** Goes on from where it stopped, though it asked for a pause. */
  enable(id: string): Promise<WebhookEndpoint>
  /** Sends a `webhook.test` at once and waits for what comes of it. */
  test(id: string): Promise<TestOutcome>
  /** Throws Refusal invalid_request for an event id or cursor that is none. */
  deliveries(
    id: string,
    filter: { readonly state?: DeliveryState; readonly eventId?: string },
    cursor: string | null,
    limit: number,
  ): Promise<{ readonly deliveries: readonly Delivery[]; readonly next: string | null }>
  /**
   * How many events are sent again: at once, unless the endpoint is disabled or paused. Throws
   * Refusal: not_found, invalid_request.
   */
  redeliver(
    id: string,
    what: Redelivery,
  ): Promise<{ readonly queued: number; readonly endpoint: WebhookEndpoint }>
}
