// Money that came after the end is for a person to deal with; this is where they say that they did.
import type { Payment, PaymentId } from '../payment/payment.ts'
import type { Facts } from './facts.ts'
import type { Logger } from './logger.ts'
import type { Store } from './ports.ts'
import { Refusal } from './refusal.ts'

/** Throws Refusal: not_found, conflict (no money came late). */
export async function resolveLate(
  id: PaymentId,
  note: string,
  deps: { readonly store: Store; readonly facts: Facts; readonly log: Logger },
): Promise<Payment> {
  const before = await deps.store.payment(id)
  if (before === null) throw new Refusal('not_found', 'there is no payment with this payment_id')
  const after = (await deps.facts.payment(before, { type: 'late_resolved', note })) ?? before
  if (!after.late) {
    throw new Refusal('conflict', 'no money came after the end of this payment: nothing is open')
  }
  deps.log.info('late_money_resolved', { payment: id })
  return after
}
