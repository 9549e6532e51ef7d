// The reading half of the store port. Each read is one question to the database; none sees a write
// before it is committed.
import type { Conversation, Store } from '../engine/ports.ts'
import type { Payment } from '../payment/payment.ts'
import { answerKeys, awaitingAnswer, relaysInUse } from './awaiting.ts'
import { conversationOf } from './conversation-row.ts'
import { nextWakeAtMs, oldestOpenMs, oldestUnsettledMs } from './due.ts'
import * as find from './find.ts'
import { freeLeases } from './leases.ts'
import { listPayments } from './list-payments.ts'
import { logAt } from './log-epochs.ts'
import { logEventOf, streamOf } from './log-row.ts'
import { paymentOf } from './payment-row.ts'
import type { Session } from './query.ts'
import { EVENTS_OF_STREAM, endOfLog, FEED, STREAM } from './read-log.ts'
import { receivedAmong } from './received-events.ts'
import type { ConversationRow, PaymentRow } from './schema.ts'
import { relaysOf, value } from './values.ts'

type Reads =
  | 'payment'
  | 'paymentByRequest'
  | 'paymentsByRequestId'
  | 'paymentsByHash'
  | 'listPayments'
  | 'handshakeByToken'
  | 'authenticationByChallenge'
  | 'conversation'
  | 'awaitingAnswer'
  | 'answerKeys'
  | 'openHandshakes'
  | 'oldestUnsettledMs'
  | 'nextWakeAtMs'
  | 'stream'
  | 'events'
  | 'feed'
  | 'logAt'
  | 'logEnd'
  | 'relaysOf'
  | 'relaysInUse'
  | 'receivedAmong'
  | 'freeLeases'
  | 'value'

export function readsOf(on: Session): Pick<Store, Reads> {
  return {
    payment: async (id) => paymentOrNull(await on.first(find.PAYMENT, { id })),
    paymentByRequest: async (mainKey, requestId) =>
      paymentOrNull(await on.first(find.PAYMENT_OF_REQUEST, { mainKey, requestId })),
    paymentsByRequestId: async (requestId, limit) =>
      (await on.all(find.PAYMENTS_OF_REQUEST_ID, { requestId, limit })).map(paymentOf),
    paymentsByHash: async (paymentHash, limit) =>
      (await on.all(find.PAYMENTS_OF_HASH, { paymentHash, limit })).map(paymentOf),
    listPayments: (filter, before, limit) => listPayments(on, filter, before, limit),
    handshakeByToken: async (token) =>
      conversationOrNull(await on.first(find.OPEN_HANDSHAKE, { token }), 'key_handshake'),
    authenticationByChallenge: async (challenge) =>
      conversationOrNull(
        await on.first(find.AUTHENTICATION_OF_CHALLENGE, { challenge }),
        'authenticate_key',
      ),
    async conversation(streamId) {
      const row = await on.first(find.CONVERSATION, { streamId })
      return row === undefined ? null : conversationOf(row)
    },
    awaitingAnswer: (keys, limit) => awaitingAnswer(on, keys, limit),
    answerKeys: (sinceMs, limit) => answerKeys(on, sinceMs, limit),
    openHandshakes: async () => (await on.first(find.OPEN_HANDSHAKES, {}))?.count ?? 0,
    oldestUnsettledMs: (filter) =>
      'open' in filter ? oldestOpenMs(on) : oldestUnsettledMs(on, filter.expiresAfterMs),
    nextWakeAtMs: () => nextWakeAtMs(on),

    async stream(id) {
      const row = await on.first(STREAM, { id })
      return row === undefined ? null : streamOf(row)
    },
    events: async (id, from, limit) =>
      (await on.all(EVENTS_OF_STREAM, { id, from, limit })).map(logEventOf),
    feed: async (after, limit) =>
      (await on.all(FEED[on.dialect], { after, limit })).map(logEventOf),

    logAt: (after) => logAt(on, after),
    logEnd: () => endOfLog(on),

    relaysOf: (mainKey) => relaysOf(on, mainKey),
    relaysInUse: (limit) => relaysInUse(on, limit),

    receivedAmong: (eventIds) => receivedAmong(on, eventIds),
    freeLeases: (names, nowMs) => freeLeases(on, names, nowMs),
    value: (name) => value(on, name),
  }
}

function paymentOrNull(row: PaymentRow | undefined): Payment | null {
  return row === undefined ? null : paymentOf(row)
}

function conversationOrNull<T extends Conversation['type']>(
  row: ConversationRow | undefined,
  type: T,
): Extract<Conversation, { type: T }> | null {
  const conversation = row === undefined ? null : conversationOf(row)
  return isOfType(conversation, type) ? conversation : null
}

function isOfType<T extends Conversation['type']>(
  conversation: Conversation | null,
  type: T,
): conversation is Extract<Conversation, { type: T }> {
  return conversation?.type === type
}
