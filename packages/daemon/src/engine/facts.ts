// load ▶ decide ▶ commit: the only place where a payment, handshake or authentication changes. Whoever
// lost a race reloads and decides again, so no lock is held over I/O.
import {
  type Authentication,
  type AuthenticationFact,
  decideAuthentication,
  nextAuthenticationTask,
} from '../authentication/authentication.ts'
import type { Handshake } from '../handshake/handshake.ts'
import type { StreamId } from '../log/stream.ts'
import { decide, type Fact, hasEnded } from '../payment/decide.ts'
import { nextTask } from '../payment/next-task.ts'
import { keysOf, type Payment } from '../payment/payment.ts'
import type { Audience } from './audience.ts'
import { change, type Source, untilSettled } from './change.ts'
import { createHandshakeFacts, type HandshakeFacts } from './handshake-facts.ts'
import type { Clock, Store } from './ports.ts'

/** How long a subject whose task is being done is left alone by every worker. */
export const LEASE_MS = 5_000

/** It would credit one user's money to two orders. */
const GIVEN_BEFORE = 'the node gave an invoice it had given before'

/** Each answers the subject as it is after the fact, or null if there is none of that id. */
export interface Facts {
  /** `known`: the payment as the caller last saw it; where it has moved on, that is found out. */
  payment(known: Payment, fact: Fact, source?: Source): Promise<Payment | null>
  readonly handshake: HandshakeFacts
  authentication(
    id: StreamId,
    fact: AuthenticationFact,
    source?: Source,
  ): Promise<Authentication | null>
}

export type FactsDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly audience: Audience
  /** Called after each change of a payment, once it is committed. */
  readonly changed: (payment: Payment) => void
  readonly conversationChanged: (conversation: Handshake | Authentication) => void
}

export function createFacts(deps: FactsDeps): Facts {
  const { store, clock, audience } = deps
  return {
    payment(known, given, source) {
      // Decided on what the caller knows, which saves a read: if that is old, the commit says so.
      let latest: Payment | null = known
      let fact = given
      return untilSettled(async () => {
        const before = latest ?? (await store.payment(known.id))
        latest = null
        if (before === null) return { done: null }
        // The node was asked about another state, perhaps long ago: it may hold the money by now.
        if (fact.type === 'invoice_unpaid' && before.state !== known.state) return { done: before }
        const atMs = clock.nowMs()
        const { payment, events } = decide(before, fact, atMs)
        // Nothing follows from the fact: believed only of the payment as it is stored.
        if (payment === before) return before === known ? 'again' : { done: before }
        const wakeAtMs = leased(nextTask(payment)?.atMs ?? null, atMs)
        const result = await store.commit({
          ...change(payment, events, wakeAtMs, atMs, source),
          durable: mayBeForgotten(before, fact, events) ? 'with_next' : 'at_once',
        })
        if (result === 'stale') return 'again'
        if (result === 'duplicate') return { done: before }
        if (result === 'payment_hash_taken') {
          fact = { type: 'invoice_refused', reason: GIVEN_BEFORE }
          return 'again'
        }
        const after = { ...payment, version: payment.version + 1 }
        if (!hasEnded(before) && hasEnded(after)) audience.ended(keysOf(before))
        else if (after.subkeys !== before.subkeys) audience.opened(after.subkeys.slice(-1))
        deps.changed(after)
        return { done: after }
      })
    },
    handshake: createHandshakeFacts(deps),
    authentication: (id, fact, source) =>
      untilSettled(async () => {
        const before = await store.conversation(id)
        if (before?.type !== 'authenticate_key') return { done: null }
        const atMs = clock.nowMs()
        const { authentication, events } = decideAuthentication(before, fact, atMs)
        if (authentication === before) return { done: before }
        const wakeAtMs = leased(nextAuthenticationTask(authentication)?.atMs ?? null, atMs)
        const result = await store.commit(change(authentication, events, wakeAtMs, atMs, source))
        if (result === 'stale') return 'again'
        if (result === 'duplicate') return { done: before }
        const after = { ...authentication, version: authentication.version + 1 }
        if (after.ended) audience.ended([before.mainKey, ...before.subkeys])
        else if (after.subkeys !== before.subkeys) audience.opened(after.subkeys.slice(-1))
        deps.conversationChanged(after)
        return { done: after }
      }),
  }
}

// That a user was asked is told to nobody, and who was asked may be asked again. With somebody's invoice,
// though, it decides whether to say in the end that nobody can have paid it.
function mayBeForgotten(before: Payment, fact: Fact, events: readonly unknown[]): boolean {
  return fact.type === 'request_sent' && events.length === 0 && before.ownInvoice
}

/** When a worker must look next: a task due now is being done by whoever commits, so it is leased. */
export function leased(dueAtMs: number | null, atMs: number): number | null {
  if (dueAtMs === null) return null
  return dueAtMs <= atMs ? atMs + LEASE_MS : dueAtMs
}
