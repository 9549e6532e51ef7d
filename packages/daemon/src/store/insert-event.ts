// One more event of the log.
import { StoreError } from '../engine/ports.ts'
import { EVENTS_OF_TRANSACTION_MAX, positionOf } from './log-position.ts'
import type { PerDialect, Session } from './query.ts'
import type { EventRow } from './schema.ts'

type NewEvent = Omit<EventRow, 'position'>

/** Inside a transaction; answers the event's position. Throws StoreError. */
export async function insertEvent(on: Session, row: NewEvent): Promise<number> {
  const n = on.count()
  if (n >= EVENTS_OF_TRANSACTION_MAX) {
    throw new StoreError('refused', `more than ${EVENTS_OF_TRANSACTION_MAX} events at once`)
  }
  const inserted = await on.first(INSERT[on.dialect], { ...row, n })
  if (inserted === undefined) throw new StoreError('refused', 'an event was not inserted')
  return inserted.position
}

const INSERT: PerDialect<NewEvent & { n: number }, { position: number }> = {
  sqlite: (db, { n: _n, ...row }) => db.insertInto('events').values(row).returning('position'),
  postgres: (db, { n, ...row }) =>
    db
      .insertInto('events')
      .values({ ...row, position: positionOf(n) })
      .returning('position'),
}
