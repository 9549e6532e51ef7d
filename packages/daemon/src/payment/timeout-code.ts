// Why a payment timed out, as far as we can know.
import type { Payment, TimeoutCode } from './payment.ts'

/** `no_relay` says that nobody can have seen the request; a wallet's answer is proof that it did. */
export function timeoutCode(p: Payment): TimeoutCode {
  const taken = p.delivery.some((relay) => relay.acceptedAtMs !== null)
  if (p.answeredAtMs === null && !taken) return 'no_relay'
  if (!p.ownInvoice) return 'unproven'
  return p.answeredAtMs === null ? 'unanswered' : 'unpaid'
}

/** What a merchant reads beside the code. */
export const TIMEOUT_REASONS: Record<TimeoutCode, string> = {
  no_relay: 'no relay took the request',
  unanswered: 'the wallet did not answer in time',
  unpaid: 'the wallet answered but no money arrived in time',
  unproven: 'no proof of payment came in time; the user may have paid all the same',
}
