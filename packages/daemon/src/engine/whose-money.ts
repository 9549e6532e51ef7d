// One invoice may be asked of one user after another. It is paid once, so its money is told once: of
// those still open, else of the latest that ended.
import type { PaymentHash } from 'portal-protocol'
import { hasEnded } from '../payment/decide.ts'
import type { Payment } from '../payment/payment.ts'
import type { Store } from './ports.ts'

const SAME_HASH_MAX = 1_000

/**
 * The payments that our node's word about this hash is for. Someone else's invoice (`ownInvoice`
 * false) is never settled by our node's word.
 */
export async function paymentsOfMoney(
  store: Store,
  paymentHash: PaymentHash,
): Promise<readonly Payment[]> {
  const all = await store.paymentsByHash(paymentHash, SAME_HASH_MAX)
  if (all.some(hasMoney)) return []
  const own = all.filter((payment) => payment.ownInvoice)
  const open = own.filter((payment) => !hasEnded(payment))
  return open.length > 0 ? open : own.slice(0, 1)
}

/** Whether the money on this payment's invoice has been told of another payment. */
export async function isAnothersMoney(store: Store, payment: Payment): Promise<boolean> {
  if (payment.paymentHash === null) return false
  const all = await store.paymentsByHash(payment.paymentHash, SAME_HASH_MAX)
  return all.some((other) => other.id !== payment.id && hasMoney(other))
}

function hasMoney(payment: Payment): boolean {
  return payment.state === 'paid' || payment.late
}
