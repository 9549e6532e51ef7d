// Reading the log: by stream and index, or over all streams by position.
import { sql } from 'kysely'
import type { TailPage } from './feed-tail.ts'
import { SETTLED_BELOW } from './log-position.ts'
import { type LogEventRow, logEventOf } from './log-row.ts'
import type { PerDialect, Query, Session } from './query.ts'
import type { StreamRow } from './schema.ts'

/** What is committed beyond a position, settled or not, and where what is settled ends. */
export async function readTail(on: Session, after: number, limit: number): Promise<TailPage> {
  const rows = await on.all(TAIL[on.dialect], { after, limit })
  return { events: rows.map(logEventOf), settledBelow: rows[0]?.settled_below ?? 0 }
}

/** The position of the last settled event; 0 when there is none. */
export async function endOfLog(on: Session): Promise<number> {
  return (await on.first(END_OF_LOG[on.dialect], {}))?.position ?? 0
}

export const STREAM: Query<{ id: string }, StreamRow> = (db, { id }) =>
  db.selectFrom('streams').selectAll().where('id', '=', id)

export const EVENTS_OF_STREAM: Query<{ id: string; from: number; limit: number }, LogEventRow> = (
  db,
  { id, from, limit },
) =>
  db
    .selectFrom('events')
    .innerJoin('streams', 'streams.id', 'events.stream_id')
    .select(LOG_EVENT)
    .where('events.stream_id', '=', id)
    .where('idx', '>=', from)
    .orderBy('idx')
    .limit(limit)

type Beyond = { readonly after: number; readonly limit: number }

const beyond = (db: Parameters<Query<Beyond, unknown>>[0], { after, limit }: Beyond) =>
  db
    .selectFrom('events')
    .innerJoin('streams', 'streams.id', 'events.stream_id')
    .select(LOG_EVENT)
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit)

export const FEED: PerDialect<Beyond, LogEventRow> = {
  // One transaction at a time writes, so positions are committed in their order and all is settled.
  sqlite: beyond,
  postgres: (db, values) => beyond(db, values).where('position', '<', SETTLED_BELOW),
}

type TailRow = LogEventRow & { readonly settled_below: number }

const TAIL: PerDialect<Beyond, TailRow> = {
  sqlite: (db, values) =>
    beyond(db, values).select(sql.lit(Number.MAX_SAFE_INTEGER).as('settled_below')),
  postgres: (db, values) => beyond(db, values).select(SETTLED_BELOW.as('settled_below')),
}

const END_OF_LOG: PerDialect<Record<never, never>, { position: number }> = {
  sqlite: (db) => db.selectFrom('events').select('position').orderBy('position', 'desc').limit(1),
  postgres: (db) =>
    db
      .selectFrom('events')
      .select('position')
      .where('position', '<', SETTLED_BELOW)
      .orderBy('position', 'desc')
      .limit(1),
}

const LOG_EVENT = [
  'position',
  'idx',
  'created_at_ms',
  'data',
  'streams.id',
  'streams.type',
  'streams.payment_id',
  'streams.request_id',
  'streams.ended',
] as const
