// Payments, handshakes and authentications for the store's tests, each different from the others
// unless a test says otherwise.
import { msat, type PaymentHash, type Preimage, type PublicKey } from 'portal-protocol'
import type { Authentication } from '../authentication/authentication.ts'
import type { Change, Subject } from '../engine/ports.ts'
import type { Handshake } from '../handshake/handshake.ts'
import type { StreamId } from '../log/stream.ts'
import { newPayment, type Payment, type PaymentId } from '../payment/payment.ts'

export const NOW_MS = 1_800_000_000_000

/** Some 32 bytes as hex, the same for the same number. */
export function hex(n: number): string {
  return n.toString(16).padStart(64, '0')
}

export const key = (n: number) => hex(n) as PublicKey
export const hash = (n: number) => hex(n) as PaymentHash
export const preimage = (n: number) => hex(n) as Preimage

let made = 0

/** A payment as it begins, with `over` in place of what it would have. */
export function samplePayment(over: Partial<Payment> = {}): Payment {
  made += 1
  const terms = {
    kind: 'single',
    capture: 'automatic',
    requestId: `request-${made}`,
    mainKey: key(made),
    subkeys: [],
    amountMsat: msat(10_000),
    description: 'Premium - 1 month',
    subscriptionId: null,
    authToken: null,
    metadata: null,
    expiresAt: NOW_MS / 1000 + 300,
  } as const
  const ids = { id: `payment-${made}` as PaymentId, streamId: `stream-${made}` as StreamId }
  return { ...newPayment(terms, ids, NOW_MS + made, null), ...over }
}

/** A payment for an invoice that was given, open with this hash. */
export function sampleInvoicePayment(
  paymentHash: PaymentHash,
  over: Partial<Payment> = {},
): Payment {
  return samplePayment({
    kind: 'invoice',
    state: 'invoiced',
    paymentHash,
    ownInvoice: false,
    ...over,
  })
}

export function sampleHandshake(over: Partial<Handshake> = {}): Handshake {
  made += 1
  return {
    type: 'key_handshake',
    streamId: `stream-${made}` as StreamId,
    version: 0,
    token: `token-${made}`,
    url: `portal://handshake-${made}`,
    reusable: false,
    createdAtMs: NOW_MS + made,
    expiresAt: NOW_MS / 1000 + 300,
    ended: false,
    eventCount: 0,
    ...over,
  }
}

export function sampleAuthentication(over: Partial<Authentication> = {}): Authentication {
  made += 1
  return {
    type: 'authenticate_key',
    streamId: `stream-${made}` as StreamId,
    version: 0,
    mainKey: key(made),
    subkeys: [],
    challenge: `challenge-${made}`,
    createdAtMs: NOW_MS + made,
    expiresAt: NOW_MS / 1000 + 300,
    firstSentAtMs: null,
    lastSentAtMs: null,
    taskAtMs: NOW_MS,
    ended: false,
    eventCount: 0,
    ...over,
  }
}

/** A change to this state of a subject, its `eventCount` already counting the events. */
export function change(subject: Subject, over: Partial<Change> = {}): Change {
  return {
    subject,
    events: [],
    wakeAtMs: null,
    atMs: NOW_MS,
    receivedEventId: null,
    userRelays: null,
    ...over,
  }
}

/** The change that tells `user_failed` once more, with this reason. */
export function failure(payment: Payment, reason: string, over: Partial<Change> = {}): Change {
  const failed: Payment = {
    ...payment,
    state: 'answered',
    status: 'user_failed',
    reason,
    eventCount: payment.eventCount + 1,
  }
  return change(failed, { events: [{ status: 'user_failed', reason }], ...over })
}

/** The change by which money arrived: it ends the payment. */
export function paid(payment: Payment, over: Partial<Change> = {}): Change {
  const settled: Payment = {
    ...payment,
    state: 'paid',
    status: 'paid',
    preimage: preimage(7),
    endedAtMs: NOW_MS,
    paidAtMs: NOW_MS,
    eventCount: payment.eventCount + 1,
  }
  return change(settled, { events: [{ status: 'paid', preimage: preimage(7) }], ...over })
}

/** The change by which time ran out. */
export function timedOut(payment: Payment, over: Partial<Change> = {}): Change {
  const event = { status: 'timeout', code: 'unpaid', reason: 'no money came' } as const
  const ended: Payment = {
    ...payment,
    ...event,
    state: 'unpaid',
    endedAtMs: NOW_MS,
    eventCount: payment.eventCount + 1,
  }
  return change(ended, { events: [event], ...over })
}
