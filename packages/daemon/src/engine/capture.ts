// A merchant takes what is held: the node is told, and its word is what counts.
import type { Payment, PaymentId } from '../payment/payment.ts'
import type { Facts } from './facts.ts'
import { PortError } from './ports.ts'
import { Refusal } from './refusal.ts'
import { captureThenLookUp, type TaskDeps } from './tasks.ts'

/** Throws Refusal: not_found, conflict, payment_ended, unavailable. */
export async function capturePayment(
  id: PaymentId,
  deps: TaskDeps & { readonly facts: Facts },
): Promise<Payment> {
  const before = await deps.store.payment(id)
  if (before === null) throw new Refusal('not_found', 'there is no payment with this payment_id')
  if (before.capture !== 'manual') {
    throw new Refusal('conflict', 'this payment was not asked for with "capture": "manual"')
  }
  const after = before.state === 'held' ? await captureHeld(before, deps) : before
  switch (after.state) {
    case 'paid':
      return after
    case 'unpaid':
      throw new Refusal('payment_ended', `the payment has ended with "${after.status}"`)
    case 'closing':
      throw new Refusal('conflict', 'its time is over, and what was held is being let go')
    case 'held': {
      const detail = 'the Lightning node was told to take it and has not yet; try again'
      throw new Refusal('unavailable', detail, { retryAfterS: 2 })
    }
    case 'requested':
    case 'invoiced':
    case 'asked':
    case 'answered':
      throw new Refusal('conflict', `nothing is held for it: it is "${after.status}"`)
  }
}

async function captureHeld(
  payment: Payment,
  deps: TaskDeps & { readonly facts: Facts },
): Promise<Payment> {
  try {
    return (await deps.facts.payment(payment, await captureThenLookUp(payment, deps))) ?? payment
  } catch (error) {
    if (!(error instanceof PortError)) throw error
    const now = (await deps.store.payment(payment.id)) ?? payment
    if (now.state !== 'held') return now
    const detail = `the Lightning node did not say that it took it (${error.message}); try again`
    throw new Refusal('unavailable', detail, { retryAfterS: 2 })
  }
}
