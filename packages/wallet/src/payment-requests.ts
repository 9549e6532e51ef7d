// Payment requests as they come in: checked, put before whoever decides, answered once.
import type { PaymentRequest, PublicKey, Secp256k1 } from 'portal-protocol'
import type { Clock } from 'portal-relay'
import { type AnswerKey, type AnswerStore, ID_CHARS_MAX } from './answer-store.ts'
import type { ApprovedPayments } from './approved-payments.ts'
import { askUser } from './ask-user.ts'
import type { Behaviour } from './behaviour.ts'
import { checkRequest, type PassedCheck } from './check-request.ts'
import type { Once } from './once.ts'
import type { Payer } from './payer.ts'
import type { Replies } from './replies.ts'
import { type OnStep, stepOf } from './steps.ts'

export interface PaymentRequests {
  received(service: PublicKey, request: PaymentRequest): Promise<void>
  /** Goes on with every payment that an earlier run began and did not see the end of. */
  resume(): Promise<void>
}

export function createPaymentRequests(deps: {
  readonly approvedPayments: ApprovedPayments
  readonly behaviour: Behaviour
  readonly clock: Clock
  readonly isConnected: (service: PublicKey) => boolean
  readonly onStep: OnStep
  readonly once: Once
  readonly payer: Payer
  readonly replies: Replies
  readonly secp: Secp256k1
  readonly stopped: AbortSignal
  readonly store: AnswerStore
}): PaymentRequests {
  const { approvedPayments, behaviour, clock, onStep, once, replies, stopped, store } = deps

  async function takeUp(key: AnswerKey, request: PaymentRequest): Promise<void> {
    const network = await deps.payer.network()
    const now = Math.floor(clock.nowMs() / 1_000)
    const check = checkRequest(request, { now, network }, deps.secp)
    switch (check.verdict) {
      case 'ignore':
        return ignored(key, check.reason)
      case 'reject':
        return replies.reject(key, check.reason, request.expiresAt)
      case 'ask':
        return ask(key, request, check)
    }
  }

  async function ask(key: AnswerKey, request: PaymentRequest, passed: PassedCheck): Promise<void> {
    const { description, requestId, subscriptionId } = request
    const { amountMsat, invoice } = passed.payable
    const { deadline, keepUntil } = passed
    const { service } = key
    const connected = deps.isConnected(service)
    const asked = { service, requestId, amountMsat, description, connected }
    onStep({ type: 'payment_asked', ...asked })
    const prompt = { type: 'payment', ...asked, subscriptionId, invoice, deadline } as const
    switch (await askUser(prompt, { decide: behaviour.decide, clock, stopped })) {
      case 'approve':
        return approvedPayments.approve(key, passed)
      case 'reject':
        return replies.reject(key, 'User rejected', keepUntil)
      case 'ignore':
        await store.save(replies.closed(key, null, keepUntil))
        return ignored(key, 'it is left unanswered')
      case 'late':
        return ignored(key, 'it expired before it was decided')
    }
  }

  function ignored(key: AnswerKey, reason: string): void {
    onStep({ type: 'request_ignored', ...stepOf(key), reason })
  }

  return {
    async received(service, request) {
      const key: AnswerKey = { service, type: 'payment', id: request.requestId }
      if (key.id.length > ID_CHARS_MAX) return
      const repeated = () => onStep({ type: 'request_repeated', ...stepOf(key) })
      const taken = await once.run(key, () => takeUp(key, request), repeated)
      if (!taken) ignored(key, 'too many requests are waiting')
    },
    async resume() {
      const records = await store.paying()
      await Promise.all(
        records.map((record) => once.resume(record, () => approvedPayments.goOn(record))),
      )
    },
  }
}
