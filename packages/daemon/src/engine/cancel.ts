// A merchant cancels: the node is asked first, so that money already here is told as money.
import { type Fact, hasEnded } from '../payment/decide.ts'
import type { Payment, PaymentId } from '../payment/payment.ts'
import { atMost } from './at-most.ts'
import type { Facts } from './facts.ts'
import { PortError } from './ports.ts'
import { Refusal } from './refusal.ts'
import { cancelThenLookUp, type TaskDeps } from './tasks.ts'

/** For the cancel and the look-up together. */
const NODE_TIMEOUT_MS = 5_000

/** Throws Refusal: not_found, payment_ended. */
export async function cancelPayment(
  id: PaymentId,
  deps: TaskDeps & { readonly facts: Facts },
): Promise<{ payment: Payment; invoiceCancelled: boolean }> {
  const before = await deps.store.payment(id)
  if (before === null) throw new Refusal('not_found', 'there is no payment with this payment_id')
  const after = hasEnded(before) ? before : await cancelOpen(before, deps)
  if (after.code !== 'cancelled') {
    throw new Refusal('payment_ended', `the payment has ended with "${after.status}"`)
  }
  return { payment: after, invoiceCancelled: after.invoiceState === 'cancelled' }
}

async function cancelOpen(
  payment: Payment,
  deps: TaskDeps & { readonly facts: Facts },
): Promise<Payment> {
  let invoiceCancelled = false
  if (payment.ownInvoice && payment.paymentHash !== null) {
    try {
      const found = await askNode(payment, deps)
      if (found.type === 'invoice_settled') {
        return (await deps.facts.payment(payment, found)) ?? payment
      }
      invoiceCancelled = found.type === 'invoice_unpaid' && found.cancelled
    } catch (error) {
      if (!(error instanceof PortError)) throw error
      // Unreachable: the payment ends now and the worker tells the node later.
    }
  }
  const cancelled = { type: 'merchant_cancelled', invoiceCancelled } as const
  return (await deps.facts.payment(payment, cancelled)) ?? payment
}

/** What the node found; what it does beyond the time is done all the same. Throws PortError. */
async function askNode(payment: Payment, deps: TaskDeps): Promise<Fact> {
  const found = await atMost(NODE_TIMEOUT_MS, cancelThenLookUp(payment, deps), deps.clock)
  if (found === 'late') throw new PortError('timeout', 'the node did not answer in time')
  return found
}
