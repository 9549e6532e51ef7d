// The questions asked about webhook deliveries.
import { type Kysely, sql } from 'kysely'
import type { EndpointId } from '../engine/webhook-ports.ts'
import type { Query } from './query.ts'
import type { Database, WebhookDeliveryRow } from './schema.ts'
import type { DeliveryRow } from './webhook-row.ts'

/** Deliveries with their events and the events' streams. */
export function joined(db: Kysely<Database>) {
  return db
    .selectFrom('webhook_deliveries')
    .innerJoin('events', 'events.position', 'webhook_deliveries.position')
    .innerJoin('streams', 'streams.id', 'events.stream_id')
    .select([
      'endpoint_id',
      'state',
      'attempts',
      'queued_at_ms',
      'due_at_ms',
      'last_attempt_at_ms',
      'status',
      'answer',
      'error',
      'events.position',
      'idx',
      'created_at_ms',
      'data',
      'streams.id',
      'streams.type',
      'streams.payment_id',
      'streams.request_id',
      'streams.ended',
    ])
}

type OfEndpoint = { readonly id: EndpointId }
type AtPosition = OfEndpoint & { readonly position: number }
type OfStream = OfEndpoint & { readonly streamId: string }

export const DUE: Query<OfEndpoint & { nowMs: number; limit: number }, DeliveryRow> = (
  db,
  { id, nowMs, limit },
) =>
  joined(db)
    .where('endpoint_id', '=', id)
    .where('due_at_ms', '<=', nowMs)
    .orderBy('due_at_ms')
    .limit(limit)

export const NEXT_DUE: Query<OfEndpoint & { afterMs: number }, { due_at_ms: number | null }> = (
  db,
  { id, afterMs },
) =>
  db
    .selectFrom('webhook_deliveries')
    .select('due_at_ms')
    .where('endpoint_id', '=', id)
    .where('due_at_ms', '>', afterMs)
    .orderBy('due_at_ms')
    .limit(1)

export const FIRST_WAITING: Query<OfStream, { position: number; due_at_ms: number | null }> = (
  db,
  { id, streamId },
) =>
  db
    .selectFrom('webhook_deliveries')
    .select(['position', 'due_at_ms'])
    .where('endpoint_id', '=', id)
    .where('stream_id', '=', streamId)
    .where('state', '=', sql.lit('waiting'))
    .orderBy('position')
    .limit(1)

export const HOLD: Query<OfStream & { position: number }, unknown> = (
  db,
  { id, streamId, position },
) =>
  db
    .updateTable('webhook_deliveries')
    .set({ due_at_ms: null })
    .where('endpoint_id', '=', id)
    .where('stream_id', '=', streamId)
    .where('state', '=', sql.lit('waiting'))
    .where('position', '>', position)
    .where('due_at_ms', 'is not', null)

export const MAKE_DUE: Query<AtPosition & { atMs: number }, unknown> = (
  db,
  { id, position, atMs },
) =>
  db
    .updateTable('webhook_deliveries')
    .set({ due_at_ms: atMs })
    .where('endpoint_id', '=', id)
    .where('position', '=', position)

/** After the clock was set back: what was never tried is due. */
export const UNTRIED_DUE: Query<OfEndpoint & { nowMs: number }, unknown> = (db, { id, nowMs }) =>
  db
    .updateTable('webhook_deliveries')
    .set({ due_at_ms: nowMs })
    .where('endpoint_id', '=', id)
    .where('due_at_ms', '>', nowMs)
    .where('attempts', '=', 0)

/** And what was tried waits as long from now as it was to wait from then. */
export const FOLLOW_CLOCK: Query<OfEndpoint & { nowMs: number }, unknown> = (db, { id, nowMs }) =>
  db
    .updateTable('webhook_deliveries')
    .set((eb) => ({
      due_at_ms: eb(eb('due_at_ms', '-', eb.ref('last_attempt_at_ms')), '+', nowMs),
      last_attempt_at_ms: nowMs,
    }))
    .where('endpoint_id', '=', id)
    .where('due_at_ms', '>', nowMs)
    .where('last_attempt_at_ms', '>', nowMs)

export const ENDPOINT_THERE: Query<OfEndpoint, { id: string }> = (db, { id }) =>
  db
    .selectFrom('webhook_endpoints')
    .select('id')
    .where('id', '=', id)
    .where('deleted_at_ms', 'is', null)

/** What is known of this delivery, in place of what was. */
export const PUT: Query<WebhookDeliveryRow, unknown> = (db, row) => {
  const { endpoint_id: _id, position: _position, stream_id: _stream, ...known } = row
  return db
    .insertInto('webhook_deliveries')
    .values(row)
    .onConflict((conflict) => conflict.columns(['endpoint_id', 'position']).doUpdateSet(known))
}

/** Queued anew, whatever became of it; how the last try went is still told. */
export const PUT_AGAIN: Query<WebhookDeliveryRow, unknown> = (db, row) =>
  db
    .insertInto('webhook_deliveries')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['endpoint_id', 'position']).doUpdateSet({
        state: row.state,
        attempts: row.attempts,
        queued_at_ms: row.queued_at_ms,
        due_at_ms: row.due_at_ms,
      }),
    )

/** Queued, unless it is known already. */
export const ADD: Query<WebhookDeliveryRow, unknown> = (db, row) =>
  db
    .insertInto('webhook_deliveries')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())

export const LAST_RECORDED: Query<OfEndpoint, { position: number }> = (db, { id }) =>
  db
    .selectFrom('webhook_deliveries')
    .select('position')
    .where('endpoint_id', '=', id)
    .orderBy('position', 'desc')
    .limit(1)

export const RECORDED: Query<AtPosition, { position: number }> = (db, { id, position }) =>
  db
    .selectFrom('webhook_deliveries')
    .select('position')
    .where('endpoint_id', '=', id)
    .where('position', '=', position)

export const DELIVERY: Query<OfEndpoint & { stream: string; index: number }, DeliveryRow> = (
  db,
  { id, stream, index },
) =>
  joined(db)
    .where('endpoint_id', '=', id)
    .where('events.stream_id', '=', stream)
    .where('events.idx', '=', index)

type Range = { readonly fromMs: number; readonly toMs: number; readonly after: number }

export const IN_RANGE: Query<
  OfEndpoint & Range & { limit: number },
  { position: number; stream_id: string }
> = (db, { id, fromMs, toMs, after, limit }) =>
  db
    .selectFrom('webhook_deliveries')
    .innerJoin('events', 'events.position', 'webhook_deliveries.position')
    .select(['webhook_deliveries.position', 'webhook_deliveries.stream_id'])
    .where('endpoint_id', '=', id)
    .where('webhook_deliveries.position', '>', after)
    .where('created_at_ms', '>=', fromMs)
    .where('created_at_ms', '<', toMs)
    .orderBy('webhook_deliveries.position')
    .limit(limit)
