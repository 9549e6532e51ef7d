// What waits for a wallet's word, and whose word that would be.
import { sql } from 'kysely'
import type { PublicKey } from 'portal-protocol'
import type { Due } from '../engine/ports.ts'
import { conversationOf } from './conversation-row.ts'
import { publicKey, publicKeys, texts } from './decode.ts'
import { CONVERSATION, PAYMENT } from './find.ts'
import { paymentOf } from './payment-row.ts'
import type { Query, Session } from './query.ts'
import type { ConversationRow, PaymentRow } from './schema.ts'

/** Unended payments and authentications one of these keys may answer (null: all), oldest first. */
export async function awaitingAnswer(
  on: Session,
  keys: readonly PublicKey[] | null,
  limit: number,
): Promise<readonly Due[]> {
  const payments = new Map<string, PaymentRow>()
  const conversations = new Map<string, ConversationRow>()
  const take = (rows: readonly PaymentRow[], others: readonly ConversationRow[]) => {
    for (const row of rows) payments.set(row.id, row)
    for (const row of others) conversations.set(row.stream_id, row)
  }
  if (keys === null) {
    take(await on.all(OPEN_PAYMENTS, { limit }), await on.all(OPEN_AUTHENTICATIONS, { limit }))
  }
  for (const key of new Set(keys)) {
    if (payments.size + conversations.size >= limit) break
    take(
      await on.all(OPEN_PAYMENTS_OF_KEY, { key, limit }),
      await on.all(OPEN_AUTHENTICATIONS_OF_KEY, { key, limit }),
    )
    for (const { subject } of await on.all(SUBJECTS_OF_SUBKEY, { key, limit })) {
      take(
        await on.all(PAYMENT, { id: subject }),
        await on.all(CONVERSATION, { streamId: subject }),
      )
    }
  }
  return [
    ...[...payments.values()].map(paymentDue),
    ...[...conversations.values()].map(conversationDue),
  ]
    .sort((a, b) => createdAtMs(a) - createdAtMs(b))
    .slice(0, limit)
}

/**
 * Keys that may answer. `open`: one entry for each key of each subject that waits, all of them: an
 * answer from any other is not heard. `recent`: each key once, of whatever was created since, newest
 * first, at most `limit`.
 */
export async function answerKeys(
  on: Session,
  sinceMs: number,
  limit: number,
): Promise<{ readonly open: readonly PublicKey[]; readonly recent: readonly PublicKey[] }> {
  const open = [
    ...(await on.all(OPEN_PAYMENT_KEYS, {})),
    ...(await on.all(OPEN_AUTHENTICATION_KEYS, {})),
    ...(await on.all(WAITING_SUBKEYS, {})),
  ]
  const recent = [
    ...(await on.all(RECENT_PAYMENT_KEYS, { sinceMs, limit })),
    ...(await on.all(RECENT_AUTHENTICATION_KEYS, { sinceMs, limit })),
  ]
  recent.sort((a, b) => b.created_at_ms - a.created_at_ms)
  const recentKeys = recent.flatMap(({ key, subkeys }) => [
    ...keyOf(key),
    ...publicKeys(subkeys ?? '[]', 'subkeys'),
  ])
  return {
    open: open.flatMap(({ key }) => keyOf(key)),
    recent: [...new Set(recentKeys)].slice(0, limit),
  }
}

/** Keys that may answer what was created or widened since, some more than once. */
export async function openedSince(on: Session, sinceMs: number): Promise<readonly PublicKey[]> {
  const since = { sinceMs, limit: OPENED_MAX }
  const rows = [
    ...(await on.all(RECENT_PAYMENT_KEYS, since)),
    ...(await on.all(RECENT_AUTHENTICATION_KEYS, since)),
    ...(await on.all(SUBKEYS_SINCE, since)),
  ]
  return rows.flatMap(({ key }) => keyOf(key))
}

/** Relays of users with something unended, the most recently named first, each once. */
export async function relaysInUse(on: Session, limit: number): Promise<readonly string[]> {
  const rows = await on.all(RELAYS_IN_USE, { limit })
  const relays = rows.flatMap((row) => texts(row.relays, 'user_relays.relays'))
  return [...new Set(relays)].slice(0, limit)
}

function paymentDue(row: PaymentRow): Due {
  return { type: 'payment', payment: paymentOf(row) }
}

function conversationDue(row: ConversationRow): Due {
  return { type: 'conversation', conversation: conversationOf(row) }
}

function createdAtMs(due: Due): number {
  return due.type === 'payment' ? due.payment.createdAtMs : due.conversation.createdAtMs
}

function keyOf(key: string | null): readonly PublicKey[] {
  return key === null ? [] : [publicKey(key, 'main_key')]
}

const OPENED_MAX = 20_000

type KeyRow = { readonly key: string | null }
type RecentRow = KeyRow & { readonly subkeys: string | null; readonly created_at_ms: number }
type Limit = { readonly limit: number }
type OfKey = Limit & { readonly key: string }
type Since = Limit & { readonly sinceMs: number }

const OPEN_PAYMENTS: Query<Limit, PaymentRow> = (db, { limit }) =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('ended_at_ms', 'is', null)
    .orderBy('created_at_ms')
    .orderBy('id')
    .limit(limit)

const OPEN_PAYMENTS_OF_KEY: Query<OfKey, PaymentRow> = (db, { key, limit }) =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('main_key', '=', key)
    .where('ended_at_ms', 'is', null)
    .orderBy('created_at_ms')
    .orderBy('id')
    .limit(limit)

const OPEN_AUTHENTICATIONS: Query<Limit, ConversationRow> = (db, { limit }) =>
  db
    .selectFrom('conversations')
    .selectAll()
    .where('main_key', 'is not', null)
    .where('ended', '=', sql.lit(0))
    .orderBy('created_at_ms')
    .limit(limit)

const OPEN_AUTHENTICATIONS_OF_KEY: Query<OfKey, ConversationRow> = (db, { key, limit }) =>
  db
    .selectFrom('conversations')
    .selectAll()
    .where('main_key', '=', key)
    .where('ended', '=', sql.lit(0))
    .orderBy('created_at_ms')
    .limit(limit)

const SUBJECTS_OF_SUBKEY: Query<OfKey, { subject: string }> = (db, { key, limit }) =>
  db.selectFrom('waiting_subkeys').select('subject').where('key', '=', key).limit(limit)

const OPEN_PAYMENT_KEYS: Query<Record<never, never>, KeyRow> = (db) =>
  db.selectFrom('payments').select('main_key as key').where('ended_at_ms', 'is', null)

const OPEN_AUTHENTICATION_KEYS: Query<Record<never, never>, KeyRow> = (db) =>
  db
    .selectFrom('conversations')
    .select('main_key as key')
    .where('main_key', 'is not', null)
    .where('ended', '=', sql.lit(0))

const WAITING_SUBKEYS: Query<Record<never, never>, KeyRow> = (db) =>
  db.selectFrom('waiting_subkeys').select('key')

const RECENT_PAYMENT_KEYS: Query<Since, RecentRow> = (db, { sinceMs, limit }) =>
  db
    .selectFrom('payments')
    .select(['main_key as key', 'subkeys', 'created_at_ms'])
    .where('created_at_ms', '>=', sinceMs)
    .orderBy('created_at_ms', 'desc')
    .limit(limit)

const RECENT_AUTHENTICATION_KEYS: Query<Since, RecentRow> = (db, { sinceMs, limit }) =>
  db
    .selectFrom('conversations')
    .select(['main_key as key', 'subkeys', 'created_at_ms'])
    .where('main_key', 'is not', null)
    .where('created_at_ms', '>=', sinceMs)
    .orderBy('created_at_ms', 'desc')
    .limit(limit)

const SUBKEYS_SINCE: Query<Since, KeyRow> = (db, { sinceMs, limit }) =>
  db
    .selectFrom('waiting_subkeys')
    .select('key')
    .where('added_at_ms', '>=', sinceMs)
    .orderBy('added_at_ms', 'desc')
    .limit(limit)

const RELAYS_IN_USE: Query<Limit, { relays: string }> = (db, { limit }) =>
  db
    .selectFrom((from) =>
      from
        .selectFrom('payments')
        .select('main_key as key')
        .where('ended_at_ms', 'is', null)
        .union(
          from
            .selectFrom('conversations')
            .select((eb) => eb.ref('main_key').$notNull().as('key'))
            .where('main_key', 'is not', null)
            .where('ended', '=', sql.lit(0)),
        )
        .as('waiting'),
    )
    .innerJoin('user_relays', 'user_relays.main_key', 'waiting.key')
    .select('relays')
    .orderBy('named_at_ms', 'desc')
    .limit(limit)
