// What a service is told about one of its payment requests: signed, kept, then sent.
import type { NostrEvent, PaymentResponseStatus } from 'portal-protocol'
import type { Clock } from 'portal-relay'
import type { AnswerKey, AnswerRecord, AnswerStore } from './answer-store.ts'
import type { Answers } from './answers.ts'
import type { Outbox } from './outbox.ts'
import { type OnStep, stepOf } from './steps.ts'

export interface Replies {
  write(key: AnswerKey, status: PaymentResponseStatus): NostrEvent
  /** Sends what `write` made, once it is kept. */
  send(key: AnswerKey, status: PaymentResponseStatus, answer: NostrEvent): void
  /** Keeps and sends `rejected`. */
  reject(key: AnswerKey, reason: string, keepUntil: number): Promise<void>
  /** A record of this moment, of a request that is not paid. */
  closed(key: AnswerKey, answer: NostrEvent | null, keepUntil: number): AnswerRecord
}

export function createReplies(deps: {
  readonly answers: Answers
  readonly clock: Clock
  readonly onStep: OnStep
  readonly outbox: Outbox
  readonly store: AnswerStore
}): Replies {
  const { answers, clock, onStep, outbox, store } = deps
  const replies: Replies = {
    write: (key, status) => answers.payment(key.service, key.id, status),
    send(key, status, answer) {
      outbox.send(answer)
      onStep({ type: 'answered', ...stepOf(key), status: status.type })
    },
    async reject(key, reason, keepUntil) {
      const status = { type: 'rejected', reason } as const
      const answer = replies.write(key, status)
      await store.save(replies.closed(key, answer, keepUntil))
      onStep({ type: 'payment_rejected', ...stepOf(key), reason })
      replies.send(key, status, answer)
    },
    closed({ service, type, id }, answer, keepUntil) {
      const savedAtMs = clock.nowMs()
      return { service, type, id, state: 'closed', payable: null, answer, keepUntil, savedAtMs }
    },
  }
  return replies
}
