// Callers that wait for their invoice: answered as soon as it exists, or the payment has ended, or after
// 10 s without it, while the work goes on.
import type { Payment, PaymentId } from '../payment/payment.ts'
import type { Clock } from './ports.ts'

const PATIENCE_MS = 10_000

export interface InvoiceWaits {
  /** The payment once it has left `requested`, or as `latest` finds it when patience ends. */
  invoiced(payment: Payment, latest: () => Promise<Payment | null>): Promise<Payment>
  changed(payment: Payment): void
}

export function createInvoiceWaits(clock: Clock): InvoiceWaits {
  const waiting = new Map<PaymentId, Set<(payment: Payment | null) => void>>()
  return {
    async invoiced(payment, latest) {
      if (payment.state !== 'requested') return payment
      const news = new Promise<Payment | null>((resolve) => {
        const waits = waiting.get(payment.id) ?? new Set()
        waiting.set(payment.id, waits)
        const timer = clock.setTimer(PATIENCE_MS, () => finish(null))
        const finish = (found: Payment | null) => {
          timer.cancel()
          waits.delete(finish)
          if (waits.size === 0) waiting.delete(payment.id)
          resolve(found)
        }
        waits.add(finish)
      })
      // It may have been invoiced between the caller's read and the wait above.
      const already = await latest()
      if (already !== null && already.state !== 'requested') {
        this.changed(already)
        return already
      }
      return (await news) ?? (await latest()) ?? payment
    },
    changed(payment) {
      if (payment.state === 'requested') return
      for (const finish of [...(waiting.get(payment.id) ?? [])]) finish(payment)
    },
  }
}
