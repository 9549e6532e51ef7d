// Callers that wait for their invoice: answered as soon as it exists, or the payment has ended, or without
// it after 10 s or when the daemon stops, while the work goes on. Where another daemon may do that work
// nobody tells of it, so the store is looked into now and then.
import type { Payment, PaymentId } from '../payment/payment.ts'
import type { Clock, Timer } from './ports.ts'

const PATIENCE_MS = 10_000

export interface InvoiceWaits {
  /**
   * The payment once it has left `requested`, or as `latest` finds it when patience ends. One that was
   * read (not `isNew`) may have been invoiced since: it is looked for at once. `lookAfterMs`: when to
   * look by ourselves, and then again after twice as long each time; null: never.
   */
  invoiced(
    payment: Payment,
    isNew: boolean,
    latest: () => Promise<Payment | null>,
    lookAfterMs: number | null,
  ): Promise<Payment>
  changed(payment: Payment): void
  /** Nobody waits any more, now or later. */
  endAll(): void
}

export function createInvoiceWaits(clock: Clock): InvoiceWaits {
  const waiting = new Map<PaymentId, Set<(payment: Payment | null) => void>>()
  let ended = false

  function changed(payment: Payment): void {
    if (payment.state === 'requested') return
    for (const finish of [...(waiting.get(payment.id) ?? [])]) finish(payment)
  }

  /** Looks after ever longer times; answers how to stop it. */
  function keepLooking(look: () => Promise<void>, firstMs: number): () => void {
    let stopped = false
    let timer: Timer | null = null
    const later = (delayMs: number) => {
      if (stopped) return
      timer = clock.setTimer(delayMs, () => {
        // What cannot be read now is looked for the next time, or when patience ends.
        look()
          .catch(() => {})
          .then(() => later(delayMs * 2))
      })
    }
    later(firstMs)
    return () => {
      stopped = true
      timer?.cancel()
    }
  }

  return {
    changed,
    endAll() {
      ended = true
      for (const waits of [...waiting.values()]) for (const finish of [...waits]) finish(null)
    },
    async invoiced(payment, isNew, latest, lookAfterMs) {
      if (payment.state !== 'requested' || ended) return payment
      const look = async () => {
        const found = await latest()
        if (found !== null) changed(found)
      }
      const news = new Promise<Payment | null>((resolve) => {
        const waits = waiting.get(payment.id) ?? new Set()
        waiting.set(payment.id, waits)
        const timer = clock.setTimer(PATIENCE_MS, () => finish(null))
        const stopLooking = lookAfterMs === null ? () => {} : keepLooking(look, lookAfterMs)
        const finish = (found: Payment | null) => {
          timer.cancel()
          stopLooking()
          waits.delete(finish)
          if (waits.size === 0) waiting.delete(payment.id)
          resolve(found)
        }
        waits.add(finish)
      })
      if (!isNew) await look()
      return (await news) ?? (await latest()) ?? payment
    },
  }
}
