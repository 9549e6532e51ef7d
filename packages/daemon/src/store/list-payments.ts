// Pages of payments, newest first. The cursor is the last payment shown, so that payments made
// meanwhile neither repeat nor hide one.
import { sql } from 'kysely'
import type { PaymentFilter } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import type { Payment } from '../payment/payment.ts'
import { paymentOf } from './payment-row.ts'
import type { Session } from './query.ts'

/**
 * At most `limit` payments created before the cursor, and the cursor of the next page if there is
 * one. `createdAfterMs` is inclusive and `createdBeforeMs` exclusive. Throws Refusal
 * `invalid_request` for a cursor that this function did not make.
 */
export async function listPayments(
  on: Session,
  filter: PaymentFilter,
  before: string | null,
  limit: number,
): Promise<{ readonly payments: readonly Payment[]; readonly next: string | null }> {
  let query = on.db
    .selectFrom('payments')
    .selectAll()
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  const { status, mainKey, subscriptionId, requestId, late, lateResolved } = filter
  const { createdAfterMs, createdBeforeMs } = filter
  if (status !== undefined) query = query.where('status', '=', status)
  if (mainKey !== undefined) query = query.where('main_key', '=', mainKey)
  if (subscriptionId !== undefined) query = query.where('subscription_id', '=', subscriptionId)
  if (requestId !== undefined) query = query.where('request_id', '=', requestId)
  if (late !== undefined) query = query.where('late', '=', sql.lit(late ? 1 : 0))
  if (lateResolved !== undefined)
    query = query.where('late_resolved_at_ms', lateResolved ? 'is not' : 'is', null)
  if (createdAfterMs !== undefined) query = query.where('created_at_ms', '>=', createdAfterMs)
  if (createdBeforeMs !== undefined) query = query.where('created_at_ms', '<', createdBeforeMs)
  if (before !== null) {
    const cursor = readCursor(before)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('created_at_ms', 'id'), '<', tuple(cursor.createdAtMs, cursor.id)),
    )
  }
  const rows = await query.execute()
  const payments = rows.slice(0, limit).map(paymentOf)
  const last = payments.at(-1)
  return { payments, next: rows.length > limit && last !== undefined ? cursorAfter(last) : null }
}

type Cursor = { readonly createdAtMs: number; readonly id: string }

function cursorAfter({ createdAtMs, id }: Payment): string {
  return Buffer.from(`${createdAtMs} ${id}`).toString('base64url')
}

function readCursor(text: string): Cursor {
  const decoded = Buffer.from(text, 'base64url').toString()
  const [, createdAtMs, id] = /^(\d{1,15}) (\S{1,100})$/.exec(decoded) ?? []
  if (createdAtMs === undefined || id === undefined) {
    throw new Refusal(
      'invalid_request',
      '"cursor" must be a next_cursor of an earlier answer, unchanged',
      { field: 'cursor' },
    )
  }
  return { createdAtMs: Number(createdAtMs), id }
}
