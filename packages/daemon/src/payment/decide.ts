// The payment machine: a fact comes in, the payment as it is then comes out, with what the merchant is
// told. Pure. Settled beats everything; after an end only late money is news.

import type { PaymentHash, Preimage, PublicKey } from 'portal-protocol'
import { cleanReason } from '../asking/reason.ts'
import { nextSendAtMs, nudgedSendAtMs } from '../asking/resend.ts'
import { retryDelayMs } from '../asking/retry.ts'
import {
  type Decision,
  type EndEvent,
  end,
  hasEnded,
  silently,
  tell,
  unchanged,
} from './decision.ts'
import { mergeDelivery, type SendOutcome } from './delivery.ts'
import { captureExpired, invoiceHeld, noLongerHeld } from './hold.ts'
import { deadlineMs } from './next-task.ts'
import type { Payment } from './payment.ts'
import { TIMEOUT_REASONS, timeoutCode } from './timeout-code.ts'

export { type Decision, hasEnded }

export type Fact =
  | {
      readonly type: 'invoice_created'
      readonly invoice: string
      readonly paymentHash: PaymentHash
    }
  | { readonly type: 'invoice_refused'; readonly reason: string }
  /** The node or a relay could not be asked; the same task is tried again. */
  | { readonly type: 'task_failed'; readonly retryAfterMs: number | null }
  | { readonly type: 'request_sent'; readonly relays: readonly SendOutcome[] }
  | { readonly type: 'user_reachable' }
  /** Moments noted earlier may lie in a future that is long in coming. */
  | { readonly type: 'clock_set_back' }
  | { readonly type: 'key_proven'; readonly key: PublicKey }
  | { readonly type: 'user_approved' }
  | { readonly type: 'user_rejected'; readonly reason: string | null }
  | { readonly type: 'user_failed'; readonly reason: string | null }
  /** The wallet says it paid, without a preimage that proves it. */
  | { readonly type: 'user_claimed' }
  /** Our node says settled, or a preimage came that hashes to the payment hash. */
  | { readonly type: 'invoice_settled'; readonly preimage: Preimage | null }
  /** Our node was asked and says: not settled. `cancelled`: it never will be. */
  | { readonly type: 'invoice_unpaid'; readonly cancelled: boolean }
  /** Our node holds the money; `captureBefore` in unix seconds, as the node's blocks stand now. */
  | { readonly type: 'invoice_held'; readonly captureBefore: number }
  | { readonly type: 'deadline_passed' }
  | { readonly type: 'merchant_cancelled'; readonly invoiceCancelled: boolean }
  | { readonly type: 'internal_error'; readonly reason: string }
  /** An operator has dealt with money that came after the end. */
  | { readonly type: 'late_resolved'; readonly note: string }

const SUBKEYS_MAX = 8
const FAILURES_TOLD_MAX = 3

/** The payment after `fact`, at `atMs`; the very same object when the fact changes nothing. */
export function decide(payment: Payment, fact: Fact, atMs: number): Decision {
  switch (fact.type) {
    case 'invoice_created':
      return invoiceCreated(payment, fact.invoice, fact.paymentHash, atMs)
    case 'invoice_refused':
      if (payment.state !== 'requested') return unchanged(payment)
      return end(payment, noInvoice(cleanReason(fact.reason)), atMs)
    case 'task_failed':
      return taskFailed(payment, fact.retryAfterMs, atMs)
    case 'request_sent':
      return requestSent(payment, fact.relays, atMs)
    case 'user_reachable':
      return userReachable(payment, atMs)
    case 'clock_set_back':
      return clockSetBack(payment, atMs)
    case 'key_proven':
      return keyProven(payment, fact.key, atMs)
    case 'user_approved':
      return isOpen(payment) ? approve(payment, atMs) : unchanged(payment)
    case 'user_rejected':
      if (!isOpen(payment)) return unchanged(payment)
      return end(answer(payment, atMs), rejected(cleanReason(fact.reason)), atMs)
    case 'user_failed':
      return userFailed(payment, cleanReason(fact.reason), atMs)
    case 'user_claimed':
      return userClaimed(payment, atMs)
    case 'invoice_settled':
      return settle(payment, fact.preimage, atMs)
    case 'invoice_unpaid':
      return invoiceUnpaid(payment, fact.cancelled, atMs)
    case 'invoice_held':
      return invoiceHeld(payment, fact.captureBefore, atMs)
    case 'deadline_passed':
      return deadlinePassed(payment, atMs)
    case 'merchant_cancelled':
      return merchantCancelled(payment, fact.invoiceCancelled, atMs)
    case 'late_resolved':
      return lateResolved(payment, fact.note, atMs)
    case 'internal_error':
      if (hasEnded(payment)) return unchanged(payment)
      return end(
        payment,
        { status: 'error', code: 'internal', reason: cleanReason(fact.reason) },
        atMs,
      )
  }
}

// The wallet has been given the invoice, or soon will be, and the deadline has not passed.
function isOpen(payment: Payment): boolean {
  return payment.state === 'invoiced' || payment.state === 'asked' || payment.state === 'answered'
}

function invoiceCreated(
  p: Payment,
  invoice: string,
  paymentHash: PaymentHash,
  atMs: number,
): Decision {
  if (p.state !== 'requested') return unchanged(p)
  return silently({
    ...p,
    state: 'invoiced',
    invoice,
    paymentHash,
    invoiceState: 'open',
    attempts: 0,
    taskAtMs: atMs,
  })
}

function taskFailed(p: Payment, retryAfterMs: number | null, atMs: number): Decision {
  const taskAtMs = atMs + retryDelayMs(p.attempts, retryAfterMs, hasEnded(p))
  return silently({ ...p, attempts: p.attempts + 1, taskAtMs })
}

function requestSent(p: Payment, outcomes: readonly SendOutcome[], atMs: number): Decision {
  if (p.state !== 'invoiced' && p.state !== 'asked') {
    // The answer overtook the relay's OK: only the record of the delivery is news.
    return silently({ ...p, delivery: mergeDelivery(p.delivery, outcomes, atMs) })
  }
  const firstSentAtMs = p.firstSentAtMs ?? atMs
  return silently({
    ...p,
    state: 'asked',
    delivery: mergeDelivery(p.delivery, outcomes, atMs),
    firstSentAtMs,
    lastSentAtMs: atMs,
    attempts: 0,
    taskAtMs: nextSendAtMs(firstSentAtMs, atMs),
  })
}

function userReachable(p: Payment, atMs: number): Decision {
  if (p.state !== 'asked') return unchanged(p)
  const taskAtMs = nudgedSendAtMs(p.lastSentAtMs, atMs)
  if (taskAtMs >= p.taskAtMs) return unchanged(p)
  // Whoever was away may not be listening yet: the schedule of repeats begins again.
  return silently({ ...p, firstSentAtMs: null, taskAtMs })
}

function clockSetBack(p: Payment, atMs: number): Decision {
  if (p.taskAtMs <= atMs || hasEnded(p)) return unchanged(p)
  return silently({ ...p, firstSentAtMs: null, lastSentAtMs: null, taskAtMs: atMs })
}

function keyProven(p: Payment, key: PublicKey, atMs: number): Decision {
  if (hasEnded(p) || p.mainKey === key || p.subkeys.includes(key)) return unchanged(p)
  if (p.subkeys.length >= SUBKEYS_MAX) return unchanged(p)
  const known = { ...p, subkeys: [...p.subkeys, key] }
  return silently(p.state === 'asked' ? { ...known, taskAtMs: atMs } : known)
}

function answer(p: Payment, atMs: number): Payment {
  return {
    ...p,
    state: 'answered',
    answeredAtMs: p.answeredAtMs ?? atMs,
    attempts: 0,
    taskAtMs: atMs,
  }
}

function approve(p: Payment, atMs: number): Decision {
  if (p.approved) return unchanged(p)
  const approved: Payment = { ...answer(p, atMs), approved: true, status: 'user_approved' }
  return tell(approved, { status: 'user_approved' })
}

function userFailed(p: Payment, reason: string, atMs: number): Decision {
  if (!isOpen(p)) return unchanged(p)
  const same = p.status === 'user_failed' && p.reason === reason
  if (same || p.failures >= FAILURES_TOLD_MAX) {
    return p.state === 'answered' ? unchanged(p) : silently(answer(p, atMs))
  }
  const failed: Payment = {
    ...answer(p, atMs),
    status: 'user_failed',
    reason,
    failures: p.failures + 1,
  }
  return tell(failed, { status: 'user_failed', reason })
}

function userClaimed(p: Payment, atMs: number): Decision {
  if (!isOpen(p)) return unchanged(p)
  // A claim implies the yes that some wallets never say; it proves nothing about the money.
  const said = approve(p, atMs)
  if (!p.ownInvoice || p.claimed) return said
  return { ...said, payment: { ...said.payment, claimed: true, taskAtMs: atMs } }
}

function settle(p: Payment, preimage: Preimage | null, atMs: number): Decision {
  if (p.state === 'paid' || p.late || p.state === 'requested') return unchanged(p)
  const money = { preimage, paidAtMs: atMs, claimed: false, attempts: 0 }
  if (p.state === 'unpaid') {
    const late: Payment = { ...p, ...money, late: true, invoiceState: 'watched' }
    return tell(late, { status: 'paid', preimage, late: true })
  }
  const paid: Payment = {
    ...p,
    ...money,
    state: 'paid',
    status: 'paid',
    code: null,
    reason: null,
    endedAtMs: atMs,
  }
  return tell(paid, { status: 'paid', preimage })
}

function invoiceUnpaid(p: Payment, cancelled: boolean, atMs: number): Decision {
  switch (p.state) {
    case 'closing':
      return endUnpaid({ ...p, invoiceState: cancelled ? 'cancelled' : 'watched' }, atMs)
    case 'held':
      return noLongerHeld(p, cancelled, atMs)
    case 'unpaid':
      if (p.invoiceState !== 'open') return unchanged(p)
      return silently({ ...p, invoiceState: cancelled ? 'cancelled' : 'watched', attempts: 0 })
    case 'answered':
      return p.claimed ? silently({ ...p, claimed: false, attempts: 0 }) : unchanged(p)
    case 'requested':
    case 'invoiced':
    case 'asked':
    case 'paid':
      return unchanged(p)
  }
}

function deadlinePassed(p: Payment, atMs: number): Decision {
  if (atMs < deadlineMs(p)) return unchanged(p)
  switch (p.state) {
    case 'requested':
      return end(p, noInvoice('the Lightning node made no invoice in time'), atMs)
    case 'invoiced':
    case 'asked':
    case 'answered':
      // Someone else's invoice: our node knows nothing of it, so there is nobody to ask.
      if (!p.ownInvoice) return endUnpaid(p, atMs)
      return silently({ ...p, state: 'closing', claimed: false, attempts: 0, taskAtMs: atMs })
    case 'held':
      return silently({ ...p, state: 'closing', attempts: 0, taskAtMs: atMs })
    case 'closing':
    case 'paid':
    case 'unpaid':
      return unchanged(p)
  }
}

function endUnpaid(p: Payment, atMs: number): Decision {
  if (p.captureBefore !== null) return end(p, captureExpired(), atMs)
  const code = timeoutCode(p)
  return end(p, { status: 'timeout', code, reason: TIMEOUT_REASONS[code] }, atMs)
}

function merchantCancelled(p: Payment, invoiceCancelled: boolean, atMs: number): Decision {
  if (hasEnded(p)) return unchanged(p)
  const known: Payment = invoiceCancelled ? { ...p, invoiceState: 'cancelled' } : p
  return end(
    known,
    { status: 'error', code: 'cancelled', reason: 'cancelled by the merchant' },
    atMs,
  )
}

function lateResolved(p: Payment, note: string, atMs: number): Decision {
  if (!p.late || (p.lateResolvedAtMs !== null && p.lateNote === note)) return unchanged(p)
  return silently({ ...p, lateResolvedAtMs: p.lateResolvedAtMs ?? atMs, lateNote: note })
}

function noInvoice(reason: string): EndEvent {
  return { status: 'error', code: 'no_invoice', reason }
}

function rejected(reason: string): EndEvent {
  return { status: 'user_rejected', reason }
}
