// Reading the log: by stream and index, or over all streams by position.
import type { LogEventRow } from './log-row.ts'
import type { Query } from './query.ts'
import type { StreamRow } from './schema.ts'

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

// One transaction at a time writes, so positions are committed in their order and none is skipped.
export const FEED: Query<{ after: number; limit: number }, LogEventRow> = (db, { after, limit }) =>
  db
    .selectFrom('events')
    .innerJoin('streams', 'streams.id', 'events.stream_id')
    .select(LOG_EVENT)
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit)

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
