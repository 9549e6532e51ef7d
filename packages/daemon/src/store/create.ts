// New payments and conversations, inside a transaction that also finds out whether they may be
// made.
import {
  type Conversation,
  type Created,
  type IdempotencyKey,
  StoreError,
  type Subject,
} from '../engine/ports.ts'
import { isSameHandshake } from '../handshake/handshake.ts'
import type { Payment } from '../payment/payment.ts'
import { conversationOf, conversationRow } from './conversation-row.ts'
import type { Written } from './entry.ts'
import { CONVERSATION, OPEN_HANDSHAKE, PAYMENT, PAYMENT_OF_REQUEST } from './find.ts'
import { lockHash } from './lock-hash.ts'
import { streamRow } from './log-row.ts'
import { paymentOf, paymentRow } from './payment-row.ts'
import type { Query, Session } from './query.ts'
import type { ConversationRow, IdempotencyKeyRow, PaymentRow, StreamRow } from './schema.ts'
import { isHandshake, keysOfSubject, streamOfSubject } from './subject.ts'
import { keepWaitingSubkeys } from './waiting-subkeys.ts'

/** The idempotency key is judged first: a repeated request is answered, come what may. */
export async function createPayment(
  on: Session,
  payment: Payment,
  key: IdempotencyKey | null,
  wakeAtMs: number | null,
): Promise<Created<Payment>> {
  const { mainKey, requestId, paymentHash } = payment
  const [usedAtFirst, asked, taken] = await Promise.all([
    key === null ? null : usedBefore(on, key),
    on.first(PAYMENT_OF_REQUEST, { mainKey, requestId }),
    paymentHash === null ? undefined : takenBy(on, paymentHash),
  ])
  const stands = asked !== undefined || taken !== undefined
  // Another daemon may have made it in between, with this very key.
  const used = stands && key !== null ? await usedBefore(on, key) : usedAtFirst
  if (used !== null) {
    if (used === 'mismatch' || 'type' in used) return { result: 'key_mismatch' }
    return { result: 'repeated', subject: used }
  }
  if (asked !== undefined) return { result: 'request_id_used' }
  if (taken !== undefined) return { result: 'payment_hash_taken' }
  await Promise.all([
    on.write(INSERT_STREAM, streamRow(streamOfSubject(payment))),
    on.write(INSERT_PAYMENT, paymentRow(payment, wakeAtMs)),
    remember(on, payment, key),
  ])
  return { result: 'created', subject: payment }
}

/**
 * The same for a handshake, of which only one may be open with its token, or an authentication. The handshake
 * that is open is what a key made that asks for it.
 */
export async function createConversation(
  on: Session,
  conversation: Conversation,
  key: IdempotencyKey | null,
  wakeAtMs: number | null,
): Promise<Created<Conversation>> {
  const [used, open] = await Promise.all([
    key === null ? null : usedBefore(on, key),
    conversation.type === 'key_handshake'
      ? on.first(OPEN_HANDSHAKE, { token: conversation.token })
      : undefined,
  ])
  if (used !== null) {
    if (used === 'mismatch' || !('type' in used)) return { result: 'key_mismatch' }
    return { result: 'repeated', subject: used }
  }
  if (open !== undefined) {
    const there = conversationOf(open)
    if (!isAskedFor(there, conversation)) return { result: 'token_open' }
    await rememberKey(on, key, there.streamId, conversation.createdAtMs)
    return { result: 'repeated', subject: there }
  }
  await Promise.all([
    on.write(INSERT_STREAM, streamRow(streamOfSubject(conversation))),
    on.write(INSERT_CONVERSATION, conversationRow(conversation, wakeAtMs)),
    remember(on, conversation, key),
  ])
  return { result: 'created', subject: conversation }
}

function isAskedFor(there: Conversation, asked: Conversation): boolean {
  if (there.type !== 'key_handshake' || asked.type !== 'key_handshake') return false
  return isSameHandshake(there, asked)
}

async function takenBy(on: Session, paymentHash: string): Promise<{ id: string } | undefined> {
  await lockHash(on, paymentHash)
  return on.first(TAKEN_HASH, { paymentHash })
}

// What the key made, as it is now.
async function usedBefore(
  on: Session,
  { key, fingerprint }: IdempotencyKey,
): Promise<Subject | 'mismatch' | null> {
  const [used, ofWebhook] = await Promise.all([
    on.first(USE_OF_KEY, { key }),
    on.first(KEY_OF_WEBHOOK, { key }),
  ])
  if (ofWebhook !== undefined) return 'mismatch'
  if (used === undefined) return null
  if (used.fingerprint !== fingerprint) return 'mismatch'
  const payment =
    used.payment_id === null ? undefined : await on.first(PAYMENT, { id: used.payment_id })
  if (payment !== undefined) return paymentOf(payment)
  const conversation = await on.first(CONVERSATION, { streamId: used.stream_id })
  if (conversation !== undefined) return conversationOf(conversation)
  throw new StoreError('damaged', `what the idempotency key of ${used.stream_id} made is missing`)
}

/** What equal requests are about, so that of those that come at once the first makes it. */
export function createdAbout(subject: Subject, key: IdempotencyKey | null): string {
  if (key !== null) return `key ${key.key}`
  if ('type' in subject) return subject.type === 'key_handshake' ? subject.token : subject.streamId
  return subject.paymentHash ?? subject.requestId
}

/** What others hear of it. */
export function createdNews<T extends Subject>(created: Created<T>): Written<Created<T>> {
  if (created.result !== 'created') return { result: created }
  const { subject } = created
  return { result: created, opened: keysOfSubject(subject), handshakes: isHandshake(subject) }
}

async function remember(on: Session, subject: Subject, key: IdempotencyKey | null): Promise<void> {
  const { streamId, createdAtMs } = subject
  await Promise.all([
    keepWaitingSubkeys(on, subject, '[]', false, createdAtMs),
    rememberKey(on, key, streamId, createdAtMs),
  ])
}

async function rememberKey(
  on: Session,
  key: IdempotencyKey | null,
  stream_id: string,
  created_at_ms: number,
): Promise<void> {
  if (key !== null) await on.write(INSERT_KEY, { ...key, stream_id, created_at_ms })
}

const USE_OF_KEY: Query<
  { key: string },
  Omit<IdempotencyKeyRow, 'key' | 'created_at_ms'> & Pick<StreamRow, 'payment_id'>
> = (db, { key }) =>
  db
    .selectFrom('idempotency_keys')
    .innerJoin('streams', 'streams.id', 'idempotency_keys.stream_id')
    .select(['fingerprint', 'stream_id', 'payment_id'])
    .where('key', '=', key)

const KEY_OF_WEBHOOK: Query<{ key: string }, { id: string }> = (db, { key }) =>
  db.selectFrom('webhook_endpoints').select('id').where('idempotency_key', '=', key)

const TAKEN_HASH: Query<{ paymentHash: string }, { id: string }> = (db, { paymentHash }) =>
  db
    .selectFrom('payments')
    .select('id')
    .where('payment_hash', '=', paymentHash)
    .where((eb) => eb.or([eb('ended_at_ms', 'is', null), eb('paid_at_ms', 'is not', null)]))
    .limit(1)

const INSERT_STREAM: Query<StreamRow, unknown> = (db, row) => db.insertInto('streams').values(row)

const INSERT_PAYMENT: Query<PaymentRow, unknown> = (db, row) =>
  db.insertInto('payments').values(row)

const INSERT_CONVERSATION: Query<ConversationRow, unknown> = (db, row) =>
  db.insertInto('conversations').values(row)

const INSERT_KEY: Query<IdempotencyKeyRow, unknown> = (db, row) =>
  db.insertInto('idempotency_keys').values(row)
