// One change of one subject, inside a transaction. Whatever stands in its way is found before
// anything is written, so that a refused change leaves no trace in a transaction that it shares.
import { type Change, type CommitResult, StoreError } from '../engine/ports.ts'
import type { LogEvent } from '../log/stream.ts'
import { Again } from './again.ts'
import { updateConversation, updatePayment } from './changed-columns.ts'
import { conversationRow } from './conversation-row.ts'
import type { Written } from './entry.ts'
import { insertEvent } from './insert-event.ts'
import { lockHash } from './lock-hash.ts'
import { lockConversation, lockPayment } from './lock-subject.ts'
import { paymentRow } from './payment-row.ts'
import type { Query, Session } from './query.ts'
import { receivedAmong } from './received-events.ts'
import type { ReceivedEventRow, UserRelaysRow } from './schema.ts'
import { isHandshake, streamOfSubject } from './subject.ts'
import { keepWaitingSubkeys } from './waiting-subkeys.ts'

const USER_RELAYS_MAX = 5

/**
 * Throws StoreError `refused` for a subject never created, or events that leave a gap; Again where
 * another daemon is changing the subject.
 */
export async function commitChange(on: Session, change: Change): Promise<Written<CommitResult>> {
  const { subject, events, atMs } = change
  const before = await standing(on, change)
  if (before.version !== subject.version) return { result: 'stale' }
  if (before.eventCount + events.length !== subject.eventCount) {
    throw new StoreError(
      'refused',
      `${before.eventCount} events and ${events.length} more in stream ${subject.streamId} ` +
        `cannot make ${subject.eventCount}; this is a bug in the daemon`,
    )
  }
  if (!(await countReceived(on, change))) return { result: 'duplicate' }
  // Before all else that is written; an invoice does not come by a wallet's event.
  if (before.newHash !== null) {
    await lockHash(on, before.newHash)
    if (!(await before.update())) return { result: 'payment_hash_taken' }
  }
  const { ended } = streamOfSubject(subject)
  // Asked all at once: none looks at what another wrote.
  const [updated, opened, appended] = await Promise.all([
    before.newHash !== null || before.update(),
    before.ended ? [] : keepWaitingSubkeys(on, subject, before.subkeys, ended, atMs),
    append(on, change, before.eventCount),
    ended && !before.ended ? on.write(END_STREAM, { id: subject.streamId }) : 0,
    nameRelays(on, change),
  ])
  if (!updated) {
    throw new StoreError('refused', `${subject.streamId} changed inside its own transaction`)
  }
  const handshakes = ended && isHandshake(subject)
  return { result: 'committed', events: appended, opened, handshakes }
}

// False, and nothing written, when one of them has counted before.
async function countReceived(on: Session, change: Change): Promise<boolean> {
  const ids = broughtBy(change).flatMap(({ receivedEventId }) => receivedEventId ?? [])
  if (ids.length > 1 && (await receivedAmong(on, ids)).length > 0) return false
  const inserted = await Promise.all(
    ids.map((event_id) => on.write(INSERT_RECEIVED, { event_id, received_at_ms: change.atMs })),
  )
  const isNew = inserted.every((rows) => rows === 1)
  // Another daemon committed it meanwhile; the others are written, so the transaction must be undone.
  if (!isNew && ids.length > 1) throw new Again('conflict')
  return isNew
}

async function nameRelays(on: Session, change: Change): Promise<void> {
  await Promise.all(
    broughtBy(change).map(async ({ userRelays }) => {
      if (userRelays === null) return
      const relays = JSON.stringify(userRelays.relays.slice(0, USER_RELAYS_MAX))
      const row = { main_key: userRelays.mainKey, relays, named_at_ms: change.atMs }
      await on.write(SET_USER_RELAYS, row)
    }),
  )
}

function broughtBy(change: Change): NonNullable<Change['more']> {
  return [change, ...(change.more ?? [])]
}

type Standing = {
  readonly version: number
  readonly eventCount: number
  readonly ended: boolean
  readonly subkeys: string
  /** Of the invoice that the change brings. */
  readonly newHash: string | null
  /** Writes the new row; false when the old one is no longer of that version. */
  readonly update: () => Promise<boolean>
}

async function standing(on: Session, { subject, wakeAtMs }: Change): Promise<Standing> {
  const version = subject.version + 1
  if ('type' in subject) {
    const before = await lockConversation(on, subject.streamId)
    const after = conversationRow({ ...subject, version }, wakeAtMs)
    return {
      version: before.version,
      eventCount: before.event_count,
      ended: before.ended === 1,
      subkeys: before.subkeys ?? '[]',
      newHash: null,
      update: () => updateConversation(on, before, after),
    }
  }
  const before = await lockPayment(on, subject.id)
  const after = paymentRow({ ...subject, version }, wakeAtMs)
  return {
    version: before.version,
    eventCount: before.event_count,
    ended: before.ended_at_ms !== null,
    subkeys: before.subkeys,
    newHash: before.payment_hash === null ? after.payment_hash : null,
    update: () => updatePayment(on, before, after),
  }
}

async function append(on: Session, change: Change, from: number): Promise<readonly LogEvent[]> {
  const stream = streamOfSubject(change.subject)
  const { atMs: createdAtMs } = change
  return Promise.all(
    change.events.map(async (data, i) => {
      const index = from + i
      const json = JSON.stringify(data)
      const row = { stream_id: stream.id, idx: index, created_at_ms: createdAtMs, data: json }
      const position = await insertEvent(on, row)
      return { position, stream, index, createdAtMs, data }
    }),
  )
}

const INSERT_RECEIVED: Query<ReceivedEventRow, unknown> = (db, row) =>
  db
    .insertInto('received_events')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())

const END_STREAM: Query<{ id: string }, unknown> = (db, { id }) =>
  db.updateTable('streams').set({ ended: 1 }).where('id', '=', id)

const SET_USER_RELAYS: Query<UserRelaysRow, unknown> = (db, row) =>
  db
    .insertInto('user_relays')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('main_key').doUpdateSet({ relays: row.relays, named_at_ms: row.named_at_ms }),
    )
