// Ids of received events are kept so that each counts once, and forgotten when nobody sends them
// any more.
import { sql } from 'kysely'
import type { Clock } from '../engine/ports.ts'
import type { PerDialect, Query, Session } from './query.ts'
import type { ReceivedEventRow } from './schema.ts'

// Far longer than any relay or wallet repeats an event.
const KEPT_MS = 7 * 86_400_000
const EVERY_MS = 60_000
const AT_ONCE = 500

/** A function to call whenever an event is received; now and then it forgets some old ones. */
export function forgetsOldEvents(
  clock: Clock,
  write: (run: (tx: Session) => Promise<number>) => Promise<number>,
): () => void {
  let dueAtMs = 0
  return () => {
    const nowMs = clock.nowMs()
    if (nowMs < dueAtMs) return
    dueAtMs = nowMs + EVERY_MS
    const old = { beforeMs: nowMs - KEPT_MS, limit: AT_ONCE }
    write((tx) => tx.write(FORGET, old)).then(
      (forgotten) => {
        if (forgotten === AT_ONCE) dueAtMs = nowMs
      },
      // Whatever failed, the commits beside it have told their callers; the next round forgets
      // more.
      () => {},
    )
  }
}

/** Which of these events are kept. */
export async function receivedAmong(
  on: Session,
  eventIds: readonly string[],
): Promise<readonly string[]> {
  const ids = JSON.stringify(eventIds)
  return (await on.all(AMONG[on.dialect], { ids })).map(({ event_id }) => event_id)
}

type Among = { readonly ids: string }

// One parameter, so that it is one query however many are asked about.
const AMONG: PerDialect<Among, Pick<ReceivedEventRow, 'event_id'>> = {
  sqlite: (db, { ids }) =>
    db
      .selectFrom('received_events')
      .select('event_id')
      .where('event_id', 'in', sql<string>`(select value from json_each(${ids}))`),
  postgres: (db, { ids }) =>
    db
      .selectFrom('received_events')
      .select('event_id')
      .where('event_id', 'in', sql<string>`(select json_array_elements_text(${ids}::json))`),
}

const FORGET: Query<{ beforeMs: number; limit: number }, unknown> = (db, { beforeMs, limit }) =>
  db
    .deleteFrom('received_events')
    .where(
      'event_id',
      'in',
      db
        .selectFrom('received_events')
        .select('event_id')
        .where('received_at_ms', '<', beforeMs)
        .orderBy('received_at_ms')
        .limit(limit),
    )
