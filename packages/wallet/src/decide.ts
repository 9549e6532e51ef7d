// The wallet's decisions, apart from the user's. Pure.
import type { PaymentResponseStatus, Preimage } from 'portal-protocol'
import type { AnswerRecord } from './answer-store.ts'
import type { Behaviour } from './behaviour.ts'
import type { PaymentLookUp } from './payer.ts'

/** How an attempt to pay ended; `unclear`: nobody can say. */
export type PayOutcome =
  | { readonly type: 'paid'; readonly preimage: Preimage | null }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'unclear' }

/**
 * What a copy of a request gets, by what is known of that request:
 *
 * | record | in hand | |
 * |---|---|---|
 * | with an answer | any | `repeat`: the same signed event again |
 * | without | any | `stay_silent`: ignored, or paid by a wallet that says nothing |
 * | none | yes | `stay_silent`: the user is being asked |
 * | none | no | `take_up` |
 */
export function onCopy(
  record: AnswerRecord | null,
  inHand: boolean,
): 'take_up' | 'stay_silent' | 'repeat' {
  if (record !== null) return record.answer === null ? 'stay_silent' : 'repeat'
  return inHand ? 'stay_silent' : 'take_up'
}

/** The final answer to an approved request, null for silence; `outcome` is null when unpaid. */
export function finalStatus(
  sayOutcome: Behaviour['sayOutcome'],
  outcome: PayOutcome | null,
): PaymentResponseStatus | null {
  switch (sayOutcome) {
    case 'nothing':
      return null
    case 'failed':
      return { type: 'failed', reason: 'payment failed' }
    case 'lie':
      return { type: 'success', preimage: '0'.repeat(64) }
    case 'truth':
      return outcome && truth(outcome)
  }
}

/**
 * What a look-up says of a payment that was begun `ageMs` ago; null: ask again later. A payer that
 * knows nothing of it is believed only when a request that is still on its way would have arrived.
 */
export function judgeLookUp(lookUp: PaymentLookUp, ageMs: number): PayOutcome | null {
  switch (lookUp.state) {
    case 'settled':
      return { type: 'paid', preimage: lookUp.preimage }
    case 'failed':
      return { type: 'failed', reason: 'the payment failed' }
    case 'not_found':
      if (ageMs < NOT_FOUND_BELIEVED_AFTER_MS) return null
      return { type: 'failed', reason: 'the payment was never sent' }
    case 'unsupported':
      return { type: 'unclear' }
    case 'pending':
      return null
  }
}

const NOT_FOUND_BELIEVED_AFTER_MS = 10_000

function truth(outcome: PayOutcome): PaymentResponseStatus | null {
  switch (outcome.type) {
    case 'paid':
      return { type: 'success', preimage: outcome.preimage }
    case 'failed':
      return { type: 'failed', reason: outcome.reason }
    case 'unclear':
      return null
  }
}
