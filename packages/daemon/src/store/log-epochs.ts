// Which log this is. A store restored from a backup lacks its newest events, which readers were told: a
// reader's cursor then points into what is lost. So that this is found out, and so that no new event
// ever gets a position that a reader has passed already, a restored store begins a new epoch: it notes
// where what it kept ends, and goes on far beyond whatever the lost events can have used.
//
// A copy in one file bears a mark, made with it (see sqlite-backup.ts); a PostgreSQL server is known by
// its system identifier and timeline, which a restore, a failover and an upgrade change.
import { type Kysely, sql } from 'kysely'
import { type LogPlace, StoreError } from '../engine/ports.ts'
import type { Query, Session } from './query.ts'
import type { Database } from './schema.ts'

/** A small value of the store that says: this is a copy of before. */
export const RESTORED_VALUE = 'log_restored'

/** What the lost events can have used: 2^30 transactions in PostgreSQL, 2^42 events in SQLite. */
export const LOST_MAX = 2 ** 42
/**
 * A copy may be restored twice, and does not know of the first time; that one began earlier. This many
 * positions a millisecond last until 2109, and are 500 transactions a second.
 */
export const POSITIONS_PER_MS = 2_048

export async function logAt(on: Session, after: number): Promise<LogPlace> {
  const row = await on.first(LOG_AT, { after })
  if (row === undefined) throw new StoreError('damaged', 'the log has no epoch; restart the daemon')
  const isBeyond = after > (row.last ?? row.goes_on_after)
  const lostSince = row.lost_since ?? (isBeyond ? (row.last ?? 0) : null)
  const logId = `${row.number}-${row.at_ms.toString(36)}`
  return { logId, lostSince, wasRestored: row.number > 1 }
}

/** Begins an epoch where one is due, inside a transaction of SQLite. */
export async function beginSqliteEpoch(tx: Kysely<Database>, atMs: number): Promise<void> {
  const epoch = await tx
    .selectFrom('log_epochs')
    .select('number')
    .orderBy('number', 'desc')
    .executeTakeFirst()
  const mark = await tx
    .selectFrom('store_values')
    .select('value')
    .where('name', '=', RESTORED_VALUE)
    .executeTakeFirst()
  if (epoch !== undefined && mark === undefined) return
  const [sequence] = (
    await sql<{ seq: number }>`
    select seq from sqlite_sequence where name = 'events'`.execute(tx)
  ).rows
  const keptTo = sequence?.seq ?? 0
  const isFirst = epoch === undefined && mark === undefined
  const goesOnAfter = isFirst ? keptTo : Math.max(keptTo + LOST_MAX, atMs * POSITIONS_PER_MS)
  const row = { number: (epoch?.number ?? 0) + 1, server: null, at_ms: atMs }
  await tx
    .insertInto('log_epochs')
    .values({ ...row, kept_to: keptTo, goes_on_after: goesOnAfter })
    .execute()
  await sql`delete from sqlite_sequence where name = 'events'`.execute(tx)
  await sql`insert into sqlite_sequence (name, seq) values ('events', ${goesOnAfter})`.execute(tx)
  await tx.deleteFrom('store_values').where('name', '=', RESTORED_VALUE).execute()
}

type Row = {
  readonly number: number
  readonly at_ms: number
  readonly goes_on_after: number
  readonly last: number | null
  readonly lost_since: number | null
}

const LOG_AT: Query<{ after: number }, Row> = (db, { after }) =>
  db
    .selectFrom('log_epochs')
    .select((eb) => [
      'number',
      'at_ms',
      'goes_on_after',
      eb.selectFrom('events').select('position').orderBy('position', 'desc').limit(1).as('last'),
      eb
        .selectFrom('log_epochs as lost')
        .select((e) => e.fn.min<number | null>('lost.kept_to').as('kept_to'))
        .where('lost.kept_to', '<', after)
        .where('lost.goes_on_after', '>=', after)
        .as('lost_since'),
    ])
    .orderBy('number', 'desc')
    .limit(1)
