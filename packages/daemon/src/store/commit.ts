// One change of one subject, inside a transaction. Whatever stands in its way is found before
// anything is written, so that a refused change leaves no trace in a transaction that it shares.
import { type Change, type CommitResult, StoreError } from '../engine/ports.ts'
import type { LogEvent } from '../log/stream.ts'
import { updateConversation, updatePayment } from './changed-columns.ts'
import { conversationRow } from './conversation-row.ts'
import { CONVERSATION, PAYMENT } from './find.ts'
import type { Written } from './group-commit.ts'
import type { News } from './news.ts'
import { paymentRow } from './payment-row.ts'
import type { Query, Session } from './query.ts'
import type { EventRow, ReceivedEventRow, UserRelaysRow } from './schema.ts'
import { isHandshake, streamOfSubject } from './subject.ts'
import { keepWaitingSubkeys } from './waiting-subkeys.ts'

const USER_RELAYS_MAX = 5

/** Throws StoreError `refused` for a subject never created, or events that leave a gap. */
export async function commitChange(on: Session, change: Change): Promise<Written<CommitResult>> {
  const { subject, events, atMs, receivedEventId, userRelays } = change
  const before = await standing(on, change)
  if (before.version !== subject.version) return { result: 'stale' }
  if (before.eventCount + events.length !== subject.eventCount) {
    throw new StoreError(
      'refused',
      `${before.eventCount} events and ${events.length} more in stream ${subject.streamId} ` +
        `cannot make ${subject.eventCount}; this is a bug in the daemon`,
    )
  }
  if (receivedEventId !== null) {
    const received = { event_id: receivedEventId, received_at_ms: atMs }
    const isNew = (await on.write(INSERT_RECEIVED, received)) === 1
    if (!isNew) return { result: 'duplicate' }
  }
  if (!(await before.update())) {
    throw new StoreError('refused', `${subject.streamId} changed inside its own transaction`)
  }
  const { ended } = streamOfSubject(subject)
  let opened: News['opened'] = []
  if (!before.ended) {
    opened = await keepWaitingSubkeys(on, subject, before.subkeys, ended, atMs)
    if (ended) await on.write(END_STREAM, { id: subject.streamId })
  }
  if (userRelays !== null) {
    const relays = JSON.stringify(userRelays.relays.slice(0, USER_RELAYS_MAX))
    await on.write(SET_USER_RELAYS, { main_key: userRelays.mainKey, relays, named_at_ms: atMs })
  }
  const handshakes = ended && isHandshake(subject)
  const appended = await append(on, change, before.eventCount)
  return { result: 'committed', events: appended, opened, handshakes }
}

type Standing = {
  readonly version: number
  readonly eventCount: number
  readonly ended: boolean
  readonly subkeys: string
  /** Writes the new row; false when the old one is no longer of that version. */
  readonly update: () => Promise<boolean>
}

async function standing(on: Session, { subject, wakeAtMs }: Change): Promise<Standing> {
  const version = subject.version + 1
  if ('type' in subject) {
    const before = await on.first(CONVERSATION, { streamId: subject.streamId })
    if (before === undefined) throw neverCreated(subject.streamId)
    const after = conversationRow({ ...subject, version }, wakeAtMs)
    return {
      version: before.version,
      eventCount: before.event_count,
      ended: before.ended === 1,
      subkeys: before.subkeys ?? '[]',
      update: () => updateConversation(on, before, after),
    }
  }
  const before = await on.first(PAYMENT, { id: subject.id })
  if (before === undefined) throw neverCreated(subject.id)
  const after = paymentRow({ ...subject, version }, wakeAtMs)
  return {
    version: before.version,
    eventCount: before.event_count,
    ended: before.ended_at_ms !== null,
    subkeys: before.subkeys,
    update: () => updatePayment(on, before, after),
  }
}

function neverCreated(id: string): StoreError {
  return new StoreError('refused', `${id} was never created; this is a bug in the daemon`)
}

async function append(on: Session, change: Change, from: number): Promise<readonly LogEvent[]> {
  const stream = streamOfSubject(change.subject)
  const appended: LogEvent[] = []
  for (const [i, data] of change.events.entries()) {
    const index = from + i
    const created_at_ms = change.atMs
    const row = { stream_id: stream.id, idx: index, created_at_ms, data: JSON.stringify(data) }
    const inserted = await on.first(INSERT_EVENT, row)
    if (inserted === undefined) throw new StoreError('refused', 'an event was not inserted')
    const { position } = inserted
    appended.push({ position, stream, index, createdAtMs: change.atMs, data })
  }
  return appended
}

const INSERT_RECEIVED: Query<ReceivedEventRow, unknown> = (db, row) =>
  db
    .insertInto('received_events')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())

const INSERT_EVENT: Query<Omit<EventRow, 'position'>, { position: number }> = (db, row) =>
  db.insertInto('events').values(row).returning('position')

const END_STREAM: Query<{ id: string }, unknown> = (db, { id }) =>
  db.updateTable('streams').set({ ended: 1 }).where('id', '=', id)

const SET_USER_RELAYS: Query<UserRelaysRow, unknown> = (db, row) =>
  db
    .insertInto('user_relays')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('main_key').doUpdateSet({ relays: row.relays, named_at_ms: row.named_at_ms }),
    )
