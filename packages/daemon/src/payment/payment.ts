// What a payment is. The record is its whole to-do list: next-task.ts reads it, decide.ts changes it,
// the store keeps it. Nothing here knows a clock, a socket or a database.
import type { Msat, PaymentHash, Preimage, PublicKey } from 'portal-protocol'
import type { JsonObject } from '../log/json.ts'
import type { StreamId } from '../log/stream.ts'

declare const brand: unique symbol
export type PaymentId = string & { readonly [brand]: 'PaymentId' }

/** `manual`: the money is held at our node until the merchant captures or cancels. */
export type Capture = 'automatic' | 'manual'

/** `single`: our own node makes the invoice. `invoice`: the merchant brought someone's invoice. */
export type PaymentKind = 'single' | 'invoice'

/**
 *     requested ─▶ invoiced ─▶ asked ─▶ answered ─▶ (held) ─▶ closing ─▶ paid │ unpaid
 *
 * requested: no invoice yet · invoiced: never sent · asked: sent, no answer · answered: the wallet
 * approved, failed or claims to have paid · held: manual capture only, the money is at our node and
 * the merchant decides until `captureBefore` · closing: past `expiresAt` or `captureBefore`, the
 * node is asked once more.
 * Any state but `requested` can become `paid`; `unpaid` is the end with any other status.
 */
export type PaymentState =
  | 'requested'
  | 'invoiced'
  | 'asked'
  | 'answered'
  | 'held'
  | 'closing'
  | 'paid'
  | 'unpaid'

export type EndStatus = 'paid' | 'user_rejected' | 'timeout' | 'error'
export type Status = 'pending' | 'user_approved' | 'user_failed' | 'held' | EndStatus
export type TimeoutCode = 'no_relay' | 'unanswered' | 'unpaid' | 'unproven'
export type ErrorCode = 'no_invoice' | 'cancelled' | 'capture_expired' | 'internal'

/** What the merchant is told: the `data` of an event in the payment's stream. */
export type PaymentEvent =
  | { readonly status: 'user_approved' }
  | { readonly status: 'user_failed'; readonly reason: string }
  /** Unix seconds, by which it must be captured. */
  | { readonly status: 'held'; readonly capture_before: number }
  | { readonly status: 'user_rejected'; readonly reason: string }
  | { readonly status: 'paid'; readonly preimage: Preimage | null; readonly late?: true }
  | { readonly status: 'timeout'; readonly code: TimeoutCode; readonly reason: string }
  | { readonly status: 'error'; readonly code: ErrorCode; readonly reason: string }

/** What became of the request at one relay; `acceptedAtMs` is the first acceptance. */
export type RelayDelivery = {
  readonly url: string
  readonly acceptedAtMs: number | null
  readonly error: string | null
}

/** What the merchant asked for; never changes, save that proven subkeys join `subkeys`. */
export type PaymentTerms = {
  readonly kind: PaymentKind
  readonly capture: Capture
  readonly requestId: string
  readonly mainKey: PublicKey
  readonly subkeys: readonly PublicKey[]
  readonly amountMsat: Msat
  readonly description: string | null
  readonly subscriptionId: string | null
  readonly authToken: string | null
  readonly metadata: JsonObject | null
  /** Unix seconds. */
  readonly expiresAt: number
}

export type Payment = PaymentTerms & {
  readonly id: PaymentId
  readonly streamId: StreamId
  /** Optimistic lock: the store refuses a change made from an older version. */
  readonly version: number
  readonly createdAtMs: number
  readonly state: PaymentState
  readonly status: Status
  readonly code: TimeoutCode | ErrorCode | null
  readonly reason: string | null
  readonly invoice: string | null
  readonly paymentHash: PaymentHash | null
  /** Whether our own node can settle it: true for `single`, for `invoice` when our node made it. */
  readonly ownInvoice: boolean
  /** `open` at the node, `cancelled` there, or `watched`: it cannot be cancelled any more. */
  readonly invoiceState: 'none' | 'open' | 'cancelled' | 'watched'
  /** Unix seconds: past it what is held is let go. Null until something is held. */
  readonly captureBefore: number | null
  readonly preimage: Preimage | null
  readonly late: boolean
  readonly delivery: readonly RelayDelivery[]
  readonly firstSentAtMs: number | null
  readonly lastSentAtMs: number | null
  readonly answeredAtMs: number | null
  readonly approved: boolean
  readonly failures: number
  /** The wallet says it paid and our node has not been asked about it yet. */
  readonly claimed: boolean
  /** Failed tries of the current task; set back when it succeeds. */
  readonly attempts: number
  /** The current task may be tried from this moment on. */
  readonly taskAtMs: number
  /** Events logged so far: the index of the next one. */
  readonly eventCount: number
  readonly endedAtMs: number | null
  readonly paidAtMs: number | null
  /** When an operator had dealt with the late money (refunded it, say), and what they noted. */
  readonly lateResolvedAtMs: number | null
  readonly lateNote: string | null
}

/** A payment as it begins, from terms that the edge has checked. */
export function newPayment(
  terms: PaymentTerms,
  ids: { readonly id: PaymentId; readonly streamId: StreamId },
  atMs: number,
  given: {
    readonly invoice: string
    readonly paymentHash: PaymentHash
    readonly ownInvoice: boolean
  } | null,
): Payment {
  return {
    ...terms,
    ...ids,
    version: 0,
    createdAtMs: atMs,
    state: given === null ? 'requested' : 'invoiced',
    status: 'pending',
    code: null,
    reason: null,
    invoice: given?.invoice ?? null,
    paymentHash: given?.paymentHash ?? null,
    ownInvoice: given === null || given.ownInvoice,
    invoiceState: given === null ? 'none' : 'open',
    captureBefore: null,
    preimage: null,
    late: false,
    delivery: [],
    firstSentAtMs: null,
    lastSentAtMs: null,
    answeredAtMs: null,
    approved: false,
    failures: 0,
    claimed: false,
    attempts: 0,
    taskAtMs: atMs,
    eventCount: 0,
    endedAtMs: null,
    paidAtMs: null,
    lateResolvedAtMs: null,
    lateNote: null,
  }
}

/** Every key that may answer for the user: the main key, declared and proven subkeys. */
export function keysOf(payment: Payment): readonly PublicKey[] {
  return [payment.mainKey, ...payment.subkeys]
}
