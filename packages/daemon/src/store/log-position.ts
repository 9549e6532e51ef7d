// Where an event stands in the log of all streams, when several daemons write it.
//
// A counter will not do: PostgreSQL hands its numbers out before the commits, so that a reader who has
// seen 8 may find 7 appear later; and a row that all commits lock would let them commit one by one. So
// a position is made of what PostgreSQL has anyway: the number of the transaction, which only grows,
// and the event's number within it,
//
//     position = base + transaction * 4096 + n
//
// and a reader sees an event only when every transaction with a smaller number has ended
// (`pg_snapshot_xmin`): below that nothing will ever be added. A writer that stalls in mid-commit holds
// up the readers of the log of all streams (not of one stream) until it goes on or its session is ended
// (see SESSION in postgres-session.ts); it makes none of them skip. Any other transaction on the same
// server that writes holds them up as well, as long as it is open: a long one is a dump with writes, or
// a forgotten `begin`.
//
// 2^53 / 4096 is 2^41 transactions: at 10,000 a second, 7 years... (see docs/scaling.md)
import { sql } from 'kysely'

/** Events of one transaction; more are refused. */
export const EVENTS_OF_TRANSACTION_MAX = 4096

/** Positions from here on may yet be filled. */
export const SETTLED_BELOW = sql<number>`(
  select base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint * 4096 from log_base
)`
