// Where an event stands in the log of all streams when several daemons write it.
//
// A counter will not do: its numbers are handed out before the commits, so that a reader who has seen
// 8 may find 7 appear later; and with a row that every commit locks they would commit one by one. So a
// position is made of what PostgreSQL has anyway, the number of the transaction, which only grows, and
// the event's number within it:
//
//     position = base + transaction * 4096 + n
//
// A reader of the log sees an event only once every transaction with a smaller number has ended
// (`pg_snapshot_xmin`): below that nothing will ever be added. A writer that stalls in mid-commit makes
// no reader skip its events; it holds up the readers of the log (not those of one stream) until it goes
// on, or its session is ended after five seconds. So does any other transaction on that server that has
// written something and stays open; reading ones, such as a backup, do not.
//
// Within a stream, too, positions increase: a commit whose transaction began before the one that wrote
// the stream's last event is put off to a later one (see commit.ts).
//
// 2^53 / 4096 is 2^41 transactions: 69 years at 1,000 a second, each of up to 256 writes.
import { sql } from 'kysely'

/** Events of one transaction; no more are given a position. */
export const EVENTS_OF_TRANSACTION_MAX = 4096

const PER_TRANSACTION = sql.lit(EVENTS_OF_TRANSACTION_MAX)
const BASE = sql`(select base from log_base)`
const THIS_TRANSACTION = sql`pg_current_xact_id()::text::bigint`

/** The position of the nth event of this transaction. */
export function positionOf(n: number) {
  return sql<number>`${BASE} + ${THIS_TRANSACTION} * ${PER_TRANSACTION} + ${n}::bigint`
}

/** All positions of this transaction, and of those before it, are smaller. */
export const BEYOND_THIS_TRANSACTION = sql<number>`
  (${BASE} + (${THIS_TRANSACTION} + 1) * ${PER_TRANSACTION})`

/** Positions from here on may yet be filled. */
export const SETTLED_BELOW = sql<number>`
  (${BASE} + (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint) * ${PER_TRANSACTION})`

/**
 * Inside a transaction: where the server's transaction numbers are behind the log, because it was
 * restored, or moved over from another server or from SQLite, the base is raised, so that positions only
 * ever increase. Nobody may be writing while it changes: see postgres-epoch.ts.
 */
export const RAISE_BASE = `
  with log as (
    select greatest((select max(position) from events), (select max(goes_on_after) from log_epochs)) as last
  )
  update log_base set base = 1 - ${here()} + log.last from log where base + ${here()} <= log.last`

function here(): string {
  return `pg_current_xact_id()::text::bigint * ${EVENTS_OF_TRANSACTION_MAX}`
}
