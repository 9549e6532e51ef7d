// When the worker must look, and at what.
import { type Kysely, sql } from 'kysely'
import type { Due } from '../engine/ports.ts'
import { conversationOf } from './conversation-row.ts'
import { paymentOf } from './payment-row.ts'
import type { PerDialect, Query, Session } from './query.ts'
import type { ConversationRow, Database, PaymentRow } from './schema.ts'

/**
 * Inside a transaction: what is due at `nowMs`, earliest first. Each is put off by the lease, so
 * that nobody else takes it up meanwhile, and somebody does if whoever claimed it dies.
 */
export async function claimDue(
  on: Session,
  nowMs: number,
  limit: number,
  leaseMs: number,
): Promise<readonly Due[]> {
  const [payments, conversations] = await Promise.all([
    on.all(PAYMENTS_DUE[on.dialect], { nowMs, limit }),
    on.all(CONVERSATIONS_DUE[on.dialect], { nowMs, limit }),
  ])
  const earliest = [...payments, ...conversations]
    .sort((a, b) => (a.wake_at_ms ?? 0) - (b.wake_at_ms ?? 0))
    .slice(0, limit)
  const leasedUntilMs = nowMs + leaseMs
  const claimed = await Promise.all(
    earliest.map(async ({ type, id }): Promise<readonly Due[]> => {
      if (type === 'payment') {
        const rows = await on.all(LEASE_PAYMENT, { id, leasedUntilMs })
        return rows.map((row) => ({ type: 'payment', payment: paymentOf(row) }))
      }
      const rows = await on.all(LEASE_CONVERSATION, { id, leasedUntilMs })
      return rows.map((row) => ({ type: 'conversation', conversation: conversationOf(row) }))
    }),
  )
  return claimed.flat()
}

/**
 * Makes due at `nowMs` what is put off to a moment that it does not name itself. Whoever claimed it is
 * gone, and may have gone by a clock that ran ahead: the claim could last for hours by ours.
 */
export async function dropClaims(on: Session, nowMs: number): Promise<void> {
  await Promise.all([on.write(DROP_PAYMENTS, { nowMs }), on.write(DROP_CONVERSATIONS, { nowMs })])
}

export async function nextWakeAtMs(on: Session): Promise<number | null> {
  const earliest = [await on.first(PAYMENT_WAKE, {}), await on.first(CONVERSATION_WAKE, {})]
  const times = earliest.flatMap((row) => row?.wake_at_ms ?? [])
  return times.length === 0 ? null : Math.min(...times)
}

/** Creation time (ms) of the oldest open payment with an invoice of our own node. */
export async function oldestOpenMs(on: Session): Promise<number | null> {
  return (await on.first(OLDEST_OPEN, {}))?.created_at_ms ?? null
}

/** The same over all that money may still arrive for, ended or not, if they expire after that. */
export async function oldestUnsettledMs(
  on: Session,
  expiresAfterMs: number,
): Promise<number | null> {
  const expiresAfter = Math.floor(expiresAfterMs / 1000)
  return (await on.first(OLDEST_UNSETTLED, { expiresAfter }))?.created_at_ms ?? null
}

type DueRow = {
  readonly type: string
  readonly id: string
  readonly wake_at_ms: number | null
}
type WakeRow = { readonly wake_at_ms: number | null }
type Nothing = Record<never, never>
type DueBy = { readonly nowMs: number; readonly limit: number }
type Lease = { readonly id: string; readonly leasedUntilMs: number }

const paymentsDue = (db: Kysely<Database>, { nowMs, limit }: DueBy) =>
  db
    .selectFrom('payments')
    .select([sql.lit('payment').as('type'), 'id', 'wake_at_ms'])
    .where('wake_at_ms', '<=', nowMs)
    .orderBy('wake_at_ms')
    .limit(limit)

const conversationsDue = (db: Kysely<Database>, { nowMs, limit }: DueBy) =>
  db
    .selectFrom('conversations')
    .select([sql.lit('conversation').as('type'), 'stream_id as id', 'wake_at_ms'])
    .where('wake_at_ms', '<=', nowMs)
    .orderBy('wake_at_ms')
    .limit(limit)

// What another daemon is claiming or changing is its; nobody waits for it.
const PAYMENTS_DUE: PerDialect<DueBy, DueRow> = {
  sqlite: paymentsDue,
  postgres: (db, by) => paymentsDue(db, by).forUpdate().skipLocked(),
}

const CONVERSATIONS_DUE: PerDialect<DueBy, DueRow> = {
  sqlite: conversationsDue,
  postgres: (db, by) => conversationsDue(db, by).forUpdate().skipLocked(),
}

const LEASE_PAYMENT: Query<Lease, PaymentRow> = (db, { id, leasedUntilMs }) =>
  db.updateTable('payments').set({ wake_at_ms: leasedUntilMs }).where('id', '=', id).returningAll()

const LEASE_CONVERSATION: Query<Lease, ConversationRow> = (db, { id, leasedUntilMs }) =>
  db
    .updateTable('conversations')
    .set({ wake_at_ms: leasedUntilMs })
    .where('stream_id', '=', id)
    .returningAll()

const DROP_PAYMENTS: Query<{ readonly nowMs: number }, unknown> = (db, { nowMs }) =>
  db
    .updateTable('payments')
    .set({ wake_at_ms: nowMs })
    .where('wake_at_ms', 'is not', null)
    .whereRef('wake_at_ms', '<>', 'task_at_ms')
    .where('wake_at_ms', '<>', sql<number>`expires_at * 1000`)
    .where('wake_at_ms', '<>', sql<number>`coalesce(capture_before, 0) * 1000`)

const DROP_CONVERSATIONS: Query<{ readonly nowMs: number }, unknown> = (db, { nowMs }) =>
  db
    .updateTable('conversations')
    .set({ wake_at_ms: nowMs })
    .where('wake_at_ms', 'is not', null)
    .where('wake_at_ms', '<>', sql<number>`coalesce(task_at_ms, 0)`)
    .where('wake_at_ms', '<>', sql<number>`coalesce(expires_at, 0) * 1000`)

const PAYMENT_WAKE: Query<Nothing, WakeRow> = (db) =>
  db
    .selectFrom('payments')
    .select('wake_at_ms')
    .where('wake_at_ms', 'is not', null)
    .orderBy('wake_at_ms')
    .limit(1)

const CONVERSATION_WAKE: Query<Nothing, WakeRow> = (db) =>
  db
    .selectFrom('conversations')
    .select('wake_at_ms')
    .where('wake_at_ms', 'is not', null)
    .orderBy('wake_at_ms')
    .limit(1)

const OLDEST_OPEN: Query<Nothing, { created_at_ms: number }> = (db) =>
  db
    .selectFrom('payments')
    .select('created_at_ms')
    .where('ended_at_ms', 'is', null)
    .where('own_invoice', '=', 1)
    .where('payment_hash', 'is not', null)
    .orderBy('created_at_ms')
    .limit(1)

const OLDEST_UNSETTLED: Query<{ expiresAfter: number }, { created_at_ms: number | null }> = (
  db,
  { expiresAfter },
) =>
  db
    .selectFrom('payments')
    .select((eb) => eb.fn.min<number | null>('created_at_ms').as('created_at_ms'))
    .where('own_invoice', '=', sql.lit(1))
    .where('paid_at_ms', 'is', null)
    .where('payment_hash', 'is not', null)
    .where('invoice_state', '<>', sql.lit('cancelled'))
    .where('expires_at', '>', expiresAfter)
