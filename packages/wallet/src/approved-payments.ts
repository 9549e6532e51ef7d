// Approved requests: what is about to be paid is on record before it is paid, and what is said is
// on record before it is said. A crash at any point leads to a look-up and to the same words, never
// to a second payment.
import type { Clock } from 'portal-relay'
import {
  type AnswerKey,
  type AnswerRecord,
  type AnswerStore,
  isPaying,
  type PayingRecord,
} from './answer-store.ts'
import type { Behaviour } from './behaviour.ts'
import type { PassedCheck } from './check-request.ts'
import { finalStatus, type PayOutcome } from './decide.ts'
import { findOutcome, payOnce } from './pay.ts'
import type { Payer } from './payer.ts'
import type { Replies } from './replies.ts'
import { type OnStep, stepOf } from './steps.ts'

export interface ApprovedPayments {
  /** Says so, pays, and says how it ended, as far as the behaviour has it. */
  approve(key: AnswerKey, passed: PassedCheck): Promise<void>
  /** Looks up a payment that an earlier run began and did not see the end of. */
  goOn(record: AnswerRecord): Promise<void>
}

export function createApprovedPayments(deps: {
  readonly behaviour: Behaviour
  readonly clock: Clock
  readonly onStep: OnStep
  readonly payer: Payer
  readonly replies: Replies
  readonly stopped: AbortSignal
  readonly store: AnswerStore
}): ApprovedPayments {
  const { behaviour, clock, onStep, replies, stopped, store } = deps

  // The end of an approved request; `outcome` is null when it was not to be paid.
  async function finish(record: AnswerRecord, outcome: PayOutcome | null): Promise<void> {
    // On record as being paid it stays: the next start looks it up again.
    if (outcome?.type === 'unclear' || stopped.aborted) return
    const status = finalStatus(behaviour.sayOutcome, outcome)
    const answer = status === null ? record.answer : replies.write(record, status)
    const state = outcome?.type === 'paid' ? 'paid' : 'closed'
    await store.save({ ...record, state, answer, savedAtMs: clock.nowMs() })
    if (outcome?.type === 'paid') {
      onStep({ type: 'payment_sent', ...stepOf(record), preimage: outcome.preimage })
    } else if (outcome?.type === 'failed') {
      onStep({ type: 'payment_failed', ...stepOf(record), reason: outcome.reason })
    }
    if (status !== null && answer !== null) replies.send(record, status, answer)
  }

  function unclear(key: AnswerKey): void {
    onStep({ type: 'payment_unclear', ...stepOf(key) })
  }

  return {
    async approve(key, { payable, deadline, keepUntil }) {
      const status = { type: 'approved' } as const
      const answer = behaviour.sayApproved ? replies.write(key, status) : null
      const record = { ...replies.closed(key, answer, keepUntil), payable }
      const paying: PayingRecord = { ...record, state: 'paying' }
      if (!behaviour.pay) await store.save(record)
      else if (!(await store.begin(paying))) {
        return replies.reject(key, 'this invoice was paid before, or is being paid', keepUntil)
      }
      onStep({ type: 'payment_approved', ...stepOf(key) })
      if (answer !== null) replies.send(key, status, answer)
      if (!behaviour.pay) return finish(record, null)
      await finish(paying, await payOnce(payable, deadline, deps, () => unclear(key)))
    },
    async goOn(record) {
      if (!isPaying(record)) return
      unclear(record)
      const { paymentHash } = record.payable
      await finish(record, await findOutcome(paymentHash, record.savedAtMs, deps))
    },
  }
}
