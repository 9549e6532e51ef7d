// The tables, as kysely and the row codecs see them; migrations.ts makes them. Both databases hold
// the same columns: flags are 0 or 1, times and amounts integers up to 2^53-1, lists and objects
// JSON text.
import type { Generated } from 'kysely'

export type Dialect = 'sqlite' | 'postgres'

export type PaymentRow = {
  readonly id: string
  readonly stream_id: string
  readonly version: number
  readonly kind: string
  readonly request_id: string
  readonly main_key: string
  readonly subkeys: string
  readonly amount_msat: number
  readonly description: string | null
  readonly subscription_id: string | null
  readonly auth_token: string | null
  readonly metadata: string | null
  readonly expires_at: number
  readonly created_at_ms: number
  readonly state: string
  readonly status: string
  readonly code: string | null
  readonly reason: string | null
  readonly invoice: string | null
  readonly payment_hash: string | null
  readonly own_invoice: number
  readonly invoice_state: string
  readonly preimage: string | null
  readonly late: number
  readonly delivery: string
  readonly first_sent_at_ms: number | null
  readonly last_sent_at_ms: number | null
  readonly answered_at_ms: number | null
  readonly approved: number
  readonly failures: number
  readonly claimed: number
  readonly attempts: number
  readonly task_at_ms: number
  readonly event_count: number
  readonly ended_at_ms: number | null
  readonly paid_at_ms: number | null
  readonly late_resolved_at_ms: number | null
  readonly late_note: string | null
  /** When the worker must look; not part of the payment itself. */
  readonly wake_at_ms: number | null
  readonly capture: string
  readonly capture_before: number | null
}

/** A key handshake or an authentication; the columns of the other type are null. */
export type ConversationRow = {
  readonly stream_id: string
  readonly type: string
  readonly version: number
  readonly created_at_ms: number
  readonly expires_at: number | null
  readonly ended: number
  readonly event_count: number
  readonly wake_at_ms: number | null
  readonly token: string | null
  readonly url: string | null
  readonly reusable: number | null
  readonly main_key: string | null
  readonly subkeys: string | null
  readonly challenge: string | null
  readonly first_sent_at_ms: number | null
  readonly last_sent_at_ms: number | null
  readonly task_at_ms: number | null
}

export type StreamRow = {
  readonly id: string
  readonly type: string
  readonly payment_id: string | null
  readonly request_id: string | null
  readonly ended: number
}

export type EventRow = {
  /** Increasing over all streams in the order of commit; what the feed's cursor counts. */
  readonly position: number
  readonly stream_id: string
  /** Dense from 0 in its stream. */
  readonly idx: number
  readonly created_at_ms: number
  readonly data: string
}

/** Declared and proven subkeys of what is unended, so that a key finds what waits for it. */
export type WaitingSubkeyRow = {
  readonly key: string
  /** A payment id, or the stream id of an authentication. */
  readonly subject: string
  /** Null where an older version wrote it. */
  readonly added_at_ms: number | null
}

export type ReceivedEventRow = { readonly event_id: string; readonly received_at_ms: number }

export type IdempotencyKeyRow = {
  readonly key: string
  readonly fingerprint: string
  readonly stream_id: string
  readonly created_at_ms: number
}

export type UserRelaysRow = {
  readonly main_key: string
  readonly relays: string
  readonly named_at_ms: number
}

export type StoreValueRow = { readonly name: string; readonly value: string }

export type WebhookEndpointRow = {
  readonly id: string
  readonly source: string
  readonly url: string
  readonly secrets: string
  readonly events: string | null
  readonly format: string
  readonly created_at_ms: number
  readonly disabled_at_ms: number | null
  readonly paused_since_ms: number | null
  readonly paused_until_ms: number | null
  /** Set until its deliveries are forgotten, too. */
  readonly deleted_at_ms: number | null
  /** The endpoint's cursor in the log. */
  readonly log_position: number
  /** Of the request that made it. */
  readonly idempotency_key: string | null
  readonly fingerprint: string | null
}

export type WebhookDeliveryRow = {
  readonly endpoint_id: string
  /** Of the event. */
  readonly position: number
  readonly stream_id: string
  readonly state: string
  readonly attempts: number
  readonly queued_at_ms: number
  readonly due_at_ms: number | null
  readonly last_attempt_at_ms: number | null
  readonly status: number | null
  readonly answer: string | null
  readonly error: string | null
}

export type LeaseRow = {
  readonly name: string
  /** Null: it is free. */
  readonly holder: string | null
  /** Grows with each other holder. */
  readonly epoch: number
  readonly until_ms: number
}

/** A token bucket as it was at that time. */
export type AllowanceRow = {
  readonly name: string
  readonly thousandths: number
  readonly at_ms: number
}

/** A stretch of the log without a loss; the last is the present one. */
export type LogEpochRow = {
  readonly number: number
  /** The PostgreSQL server and its timeline; null with SQLite. */
  readonly server: string | null
  /** The last position that the restored store had. */
  readonly kept_to: number
  /** Positions given since are greater: none that was ever given before is given again. */
  readonly goes_on_after: number
  readonly at_ms: number
}

export type MigrationRow = { readonly name: string; readonly applied_at_ms: number }

export type Database = {
  readonly payments: PaymentRow
  readonly conversations: ConversationRow
  readonly streams: StreamRow
  readonly events: Omit<EventRow, 'position'> & { readonly position: Generated<number> }
  readonly waiting_subkeys: WaitingSubkeyRow
  readonly received_events: ReceivedEventRow
  readonly idempotency_keys: IdempotencyKeyRow
  readonly user_relays: UserRelaysRow
  readonly store_values: StoreValueRow
  readonly webhook_endpoints: WebhookEndpointRow
  readonly webhook_deliveries: WebhookDeliveryRow
  readonly leases: LeaseRow
  readonly allowances: AllowanceRow
  readonly log_epochs: LogEpochRow
  readonly migrations: MigrationRow
}
