// What webhooks need of the world: a store that keeps who is told what, and a way out for messages.
import type { EventType } from '../log/event-type.ts'
import type { LogEvent, StreamId } from '../log/stream.ts'
import type { IdempotencyKey } from './idempotency-key.ts'

declare const brand: unique symbol
export type EndpointId = string & { readonly [brand]: 'EndpointId' }

/** `0.4`: the body and signature that receivers of the older daemon check. */
export type WebhookFormat = 'standard' | '0.4'

export type WebhookSecret = {
  readonly value: string
  /** Unix ms; null: it is the one that stays. */
  readonly expiresAtMs: number | null
}

/** In unix ms. */
export type Pause = { readonly sinceMs: number; readonly untilMs: number }

/** Where events are sent. Never log one whole: it holds secrets, and its URL may be one. */
export type WebhookEndpoint = {
  readonly id: EndpointId
  /** Those of the settings are changed there, not by the API. */
  readonly source: 'settings' | 'api'
  readonly url: string
  /** The current one first, then those being rotated out. */
  readonly secrets: readonly WebhookSecret[]
  /** Only these; null: all. */
  readonly events: readonly EventType[] | null
  readonly format: WebhookFormat
  readonly createdAtMs: number
  /** When it answered 410; nothing is begun until it is enabled. Null: it is enabled. */
  readonly disabledAtMs: number | null
  /** The last `Retry-After` it answered, perhaps over; nothing is begun before its end. */
  readonly pause: Pause | null
  /** Every event up to this position has been delivered or passed over, or waits as a delivery. */
  readonly cursor: number
}

export type EndpointChange = Partial<
  Pick<WebhookEndpoint, 'url' | 'secrets' | 'events' | 'format' | 'disabledAtMs' | 'pause'>
>

/** What becomes of one event at one endpoint. `failed`: given up. */
export type DeliveryState = 'waiting' | 'delivered' | 'failed'

export type Delivery = {
  readonly endpointId: EndpointId
  readonly event: LogEvent
  readonly state: DeliveryState
  /** Tries made since it was queued. */
  readonly attempts: number
  /** When it was first to be sent, or was last asked to be sent again (unix ms). */
  readonly queuedAtMs: number
  /** The next try; null: none, or not before an earlier event of its stream is through. */
  readonly dueAtMs: number | null
  readonly lastAttemptAtMs: number | null
  /** HTTP status of the last answer; null when there was none. */
  readonly status: number | null
  /** The beginning of the last answer's body, where it was not 2xx. */
  readonly answer: string | null
  /** Why the last try failed, in words. */
  readonly error: string | null
}

/** The result of one try, with everything that follows from it: one transaction. */
export type Attempted = {
  readonly delivery: Delivery
  /** The endpoint's new cursor; it never moves back. */
  readonly cursor: number
  /** The endpoint said 410. */
  readonly disable: boolean
  /** The endpoint said when to come back; a pause that ends later stays. */
  readonly pause: Pause | null
  readonly atMs: number
}

/**
 * A lease as its holder took it. A write that carries one throws StoreError `fenced`, and does
 * nothing, once the lease is another's: whoever slept past its end changes nothing any more.
 */
export type Fence = { readonly lease: string; readonly epoch: number }

export type EndpointCreated =
  | { readonly result: 'created' | 'repeated'; readonly endpoint: WebhookEndpoint }
  | { readonly result: 'key_mismatch' }
  | { readonly result: 'too_many' }

/** Of each stream, at most the earliest waiting delivery is due; the others wait behind it. */
export interface WebhookStore {
  /** Oldest first. */
  endpoints(): Promise<readonly WebhookEndpoint[]>
  endpoint(id: EndpointId): Promise<WebhookEndpoint | null>
  /**
   * Its cursor is the end of the log, so that only what happens from now on is sent. Of the settings
   * there is one of each address: the same again is 'repeated'.
   */
  createEndpoint(
    endpoint: Omit<WebhookEndpoint, 'cursor'>,
    key: IdempotencyKey | null,
    endpointsMax: number,
  ): Promise<EndpointCreated>
  /**
   * Null when it is gone. `change` is asked for the endpoint as it is in that transaction, perhaps
   * more than once; what it throws is thrown, and nothing is changed.
   */
  changeEndpoint(
    id: EndpointId,
    change: (before: WebhookEndpoint) => EndpointChange,
  ): Promise<WebhookEndpoint | null>
  /** False when it was gone already. Its deliveries are forgotten by `forgetDeliveries`. */
  deleteEndpoint(id: EndpointId, atMs: number): Promise<boolean>
  moveCursor(id: EndpointId, cursor: number, fence?: Fence): Promise<void>
  /**
   * The clock may have been set back: what was noted by one that ran ahead is as far from `nowMs`
   * now as it was from then. What was never tried is due.
   */
  followClock(id: EndpointId, nowMs: number, fence?: Fence): Promise<void>

  /** Waiting deliveries that are due, the longest due first. */
  dueDeliveries(id: EndpointId, nowMs: number, limit: number): Promise<readonly Delivery[]>
  /** When the next one is due after `afterMs`. */
  nextDueAtMs(id: EndpointId, afterMs: number): Promise<number | null>
  /** `blocked`: further events of the stream wait in the store. */
  recordAttempt(attempted: Attempted, fence?: Fence): Promise<{ readonly blocked: boolean }>
  /** Queues events of one stream behind those that wait; false, and nothing done, if none does. */
  queueBehind(
    id: EndpointId,
    events: readonly LogEvent[],
    cursor: number,
    atMs: number,
    fence?: Fence,
  ): Promise<boolean>
  /** The last position that has a delivery; 0 when none has. */
  lastRecorded(id: EndpointId): Promise<number>
  isRecorded(id: EndpointId, position: number): Promise<boolean>

  /** What became of one event; null when it is not in the delivery log. */
  delivery(id: EndpointId, stream: StreamId, index: number): Promise<Delivery | null>
  /** The delivery log, newest event first; `before` is a position. */
  deliveries(
    id: EndpointId,
    state: DeliveryState | null,
    before: number | null,
    limit: number,
  ): Promise<readonly Delivery[]>
  /** The event is sent (again) as soon as its stream allows; false: there is no such event. */
  redeliver(id: EndpointId, stream: StreamId, index: number, atMs: number): Promise<boolean>
  /**
   * The same for those of the delivery log whose events were created in this time, at most `limit`
   * beyond the position `after`. `next` goes on; null: that was all.
   */
  redeliverRange(
    id: EndpointId,
    range: { readonly fromMs: number; readonly toMs: number; readonly after: number },
    limit: number,
    atMs: number,
  ): Promise<{ readonly count: number; readonly next: number | null }>
  /**
   * Forgets at most `limit` deliveries that were tried last before `beforeMs`, or are more than
   * `max` of one endpoint, or are of deleted endpoints; none that waits. Answers how many.
   */
  forgetDeliveries(beforeMs: number, max: number, limit: number): Promise<number>
}

/** No answer came. */
export class SendError extends Error {
  override readonly name = 'SendError'
  readonly code: 'unreachable' | 'timeout' | 'forbidden_address'

  constructor(code: SendError['code'], message: string) {
    super(message)
    this.code = code
  }
}

export type HttpPost = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type HttpAnswer = {
  readonly status: number
  readonly retryAfter: string | null
  /** At most 1 KiB of it; empty for 2xx. */
  readonly body: string
}

/** Follows no redirect, to wherever strangers may lead. Throws SendError only. */
export interface HttpSender {
  post(request: HttpPost, signal: AbortSignal): Promise<HttpAnswer>
  close(): Promise<void>
}
