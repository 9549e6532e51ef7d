// Ids of received events are kept so that each counts once, and forgotten when nobody sends them
// any more.
import type { Clock } from '../engine/ports.ts'
import type { Query, Session } from './query.ts'

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
