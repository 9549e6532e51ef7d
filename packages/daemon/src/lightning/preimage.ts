import { createHmac } from 'node:crypto'
import { type Preimage, parsePreimage } from 'portal-protocol'
import type { PaymentId } from '../payment/payment.ts'

/** The preimage of a payment's invoice: the same one whenever it is asked for. */
export function preimageFor(paymentId: PaymentId, secret: Uint8Array): Preimage {
  const text = createHmac('sha256', secret).update(`invoice preimage:${paymentId}`).digest('hex')
  const preimage = parsePreimage(text)
  if (preimage === undefined) throw new Error('a SHA-256 is always a preimage')
  return preimage
}
