// A subject as it is, its row locked up to the end of the transaction. Nobody waits for a row: where
// another daemon is changing it, the write is run again later, and those beside it are not held up.
import { sql } from 'kysely'
import { StoreError } from '../engine/ports.ts'
import { Again } from './again.ts'
import { CONVERSATION, PAYMENT } from './find.ts'
import { BEYOND_THIS_TRANSACTION } from './log-position.ts'
import type { Query, Session } from './query.ts'
import type { ConversationRow, PaymentRow } from './schema.ts'

/** Throws StoreError `refused` where there is none; Again. */
export async function lockPayment(on: Session, id: string): Promise<PaymentRow> {
  if (on.dialect === 'sqlite') return there(await on.first(PAYMENT, { id }), id)
  const row = await on.first(LOCK_PAYMENT, { id })
  if (row === undefined) there(await on.first(PAYMENT, { id }), id)
  return mine(row)
}

/** The same of a conversation. */
export async function lockConversation(on: Session, streamId: string): Promise<ConversationRow> {
  if (on.dialect === 'sqlite') return there(await on.first(CONVERSATION, { streamId }), streamId)
  const row = await on.first(LOCK_CONVERSATION, { streamId })
  if (row === undefined) there(await on.first(CONVERSATION, { streamId }), streamId)
  return mine(row)
}

function there<Row>(row: Row | undefined, id: string): Row {
  if (row !== undefined) return row
  throw new StoreError('refused', `${id} was never created; this is a bug in the daemon`)
}

// Events of one stream must have positions in the order of their indexes. They have not if this
// transaction got its number before the one that wrote the last of them.
function mine<Row extends InOrder>(row: Row | undefined): Row {
  if (row === undefined || !row.in_order) throw new Again('locked')
  return row
}

type InOrder = { readonly in_order: boolean }

// Not visible: it was committed after this statement began.
const LAST_EVENT_IS_BEFORE = sql<boolean>`(event_count = 0 or exists (
  select 1 from events where events.stream_id = subject.stream_id
    and events.idx = subject.event_count - 1 and events.position < ${BEYOND_THIS_TRANSACTION}))`

const LOCK_PAYMENT: Query<{ id: string }, PaymentRow & InOrder> = (db, { id }) =>
  db
    .selectFrom('payments as subject')
    .selectAll()
    .select(LAST_EVENT_IS_BEFORE.as('in_order'))
    .where('id', '=', id)
    .forUpdate()
    .skipLocked()

const LOCK_CONVERSATION: Query<{ streamId: string }, ConversationRow & InOrder> = (
  db,
  { streamId },
) =>
  db
    .selectFrom('conversations as subject')
    .selectAll()
    .select(LAST_EVENT_IS_BEFORE.as('in_order'))
    .where('stream_id', '=', streamId)
    .forUpdate()
    .skipLocked()
