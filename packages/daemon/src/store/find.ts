// Payments and conversations by what they are known by. The condition of a partial index is written
// as a literal: SQLite cannot know of a bound value that it fits the index.
import { sql } from 'kysely'
import type { Query } from './query.ts'
import type { ConversationRow, PaymentRow } from './schema.ts'

export const PAYMENT: Query<{ id: string }, PaymentRow> = (db, { id }) =>
  db.selectFrom('payments').selectAll().where('id', '=', id)

export const PAYMENT_OF_REQUEST: Query<{ mainKey: string; requestId: string }, PaymentRow> = (
  db,
  { mainKey, requestId },
) =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('request_id', '=', requestId)
    .where('main_key', '=', mainKey)

export const PAYMENTS_OF_REQUEST_ID: Query<{ requestId: string; limit: number }, PaymentRow> = (
  db,
  { requestId, limit },
) =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('request_id', '=', requestId)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)

export const PAYMENTS_OF_HASH: Query<{ paymentHash: string; limit: number }, PaymentRow> = (
  db,
  { paymentHash, limit },
) =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('payment_hash', '=', paymentHash)
    .orderBy('created_at_ms', 'desc')
    .limit(limit)

export const CONVERSATION: Query<{ streamId: string }, ConversationRow> = (db, { streamId }) =>
  db.selectFrom('conversations').selectAll().where('stream_id', '=', streamId)

export const OPEN_HANDSHAKE: Query<{ token: string }, ConversationRow> = (db, { token }) =>
  db
    .selectFrom('conversations')
    .selectAll()
    .where('token', '=', token)
    .where('ended', '=', sql.lit(0))

export const AUTHENTICATION_OF_CHALLENGE: Query<{ challenge: string }, ConversationRow> = (
  db,
  { challenge },
) => db.selectFrom('conversations').selectAll().where('challenge', '=', challenge)

export const OPEN_HANDSHAKES: Query<Record<never, never>, { count: number }> = (db) =>
  db
    .selectFrom('conversations')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('token', 'is not', null)
    .where('ended', '=', sql.lit(0))
