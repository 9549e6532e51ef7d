// Facts that concern whatever waits for a wallet's word, be it a payment or an authentication.
import type { PublicKey } from 'portal-protocol'
import type { Facts } from './facts.ts'
import type { Due } from './ports.ts'

export type FactOfAny =
  | { readonly type: 'user_reachable' }
  | { readonly type: 'clock_set_back' }
  | { readonly type: 'key_proven'; readonly key: PublicKey }

/** What it is after the fact, or null if it is gone. A key handshake waits for nobody in particular. */
export async function applyToAny(facts: Facts, due: Due, fact: FactOfAny): Promise<Due | null> {
  if (due.type === 'payment') {
    const payment = await facts.payment(due.payment, fact)
    return payment === null ? null : { type: 'payment', payment }
  }
  const { streamId, type } = due.conversation
  if (type === 'key_handshake') return due
  const conversation = await facts.authentication(streamId, fact)
  return conversation === null ? null : { type: 'conversation', conversation }
}
