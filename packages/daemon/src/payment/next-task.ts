// What a payment needs done next, and when: a pure function of its state. `wake_at` in the store is
// this function's answer, so the same line of code is queue, timer and crash recovery.
import { signsAfresh } from '../asking/resend.ts'
import type { Payment } from './payment.ts'

/**
 * create_invoice: ask our node for one · send_request: publish to the wallet · check_claim: the wallet
 * says it paid, look once · check_hold: is it held still, and for how long · close: past the deadline; cancel where the node can, then look ·
 * cancel_invoice: ended early, so the invoice must die · expire: the deadline itself is the news.
 */
export type Task =
  | { readonly type: 'create_invoice' }
  | { readonly type: 'send_request'; readonly fresh: boolean }
  | { readonly type: 'check_claim' }
  | { readonly type: 'check_hold' }
  | { readonly type: 'close' }
  | { readonly type: 'cancel_invoice' }
  | { readonly type: 'expire' }

export type DueTask = { readonly task: Task; readonly atMs: number }

/** The next task and the moment it is due (ms), or null when only news from outside can matter. */
export function nextTask(payment: Payment): DueTask | null {
  const expiry: DueTask = { task: { type: 'expire' }, atMs: deadlineMs(payment) }
  switch (payment.state) {
    case 'requested':
      return earlier({ task: { type: 'create_invoice' }, atMs: payment.taskAtMs }, expiry)
    case 'invoiced':
    case 'asked': {
      const fresh = signsAfresh(payment.firstSentAtMs, payment.taskAtMs)
      return earlier({ task: { type: 'send_request', fresh }, atMs: payment.taskAtMs }, expiry)
    }
    case 'answered':
      if (!payment.claimed) return expiry
      return earlier({ task: { type: 'check_claim' }, atMs: payment.taskAtMs }, expiry)
    case 'held':
      return earlier({ task: { type: 'check_hold' }, atMs: payment.taskAtMs }, expiry)
    case 'closing':
      return { task: { type: 'close' }, atMs: payment.taskAtMs }
    case 'unpaid':
      if (!payment.ownInvoice || payment.invoiceState !== 'open') return null
      return { task: { type: 'cancel_invoice' }, atMs: payment.taskAtMs }
    case 'paid':
      return null
  }
}

/** When `expire` is due (ms): the request's end or, while the money is held, the capture's. */
export function deadlineMs({ state, expiresAt, captureBefore }: Payment): number {
  return (state === 'held' ? (captureBefore ?? expiresAt) : expiresAt) * 1000
}

function earlier(task: DueTask, expiry: DueTask): DueTask {
  return task.atMs < expiry.atMs ? task : expiry
}
