// Subjects being worked on by this process: each by one runner at a time, which goes on as long as the
// next task is due. This is an economy, not a lock: the store's versions keep two runners harmless, of one
// process or of two that share the store. What a user is sent is only ever what was committed.
import type { PublicKey } from 'portal-protocol'
import { type Authentication, nextAuthenticationTask } from '../authentication/authentication.ts'
import { type Handshake, handshakeDueAtMs } from '../handshake/handshake.ts'
import { nextTask } from '../payment/next-task.ts'
import { keysOf, type Payment } from '../payment/payment.ts'
import { keysOfConversation } from './due.ts'
import type { Facts } from './facts.ts'
import type { Clock, Due } from './ports.ts'
import { performTask, sendChallenge, type TaskDeps } from './tasks.ts'
import { createTurnstile } from './turnstile.ts'

const IN_HAND_MAX = 5_000
const INVOICES = { atOnce: 100, patienceMs: 3_000 }

export interface InHand {
  /** Does the subject's due tasks, one after another, until the next one lies in the future. */
  takeUp(due: Due): void
  room(): number
  /** Begins nothing new from now on. Resolves once nothing is in hand. */
  drain(): Promise<void>
}

export type InHandDeps = TaskDeps & {
  readonly clock: Clock
  readonly facts: Facts
  /** The next task of a subject that these keys may answer is due then (ms). */
  readonly dueLater: (keys: readonly PublicKey[], atMs: number) => void
}

export function createInHand(deps: InHandDeps): InHand {
  const { clock, facts, log } = deps
  // The newest state that arrived for a subject while its runner was busy; null: none did.
  const runners = new Map<string, Due | null>()
  const invoiceTurns = createTurnstile(clock, INVOICES)
  let stopped = false
  let idle: (() => void) | null = null

  function takeUp(due: Due): void {
    const id = idOf(due)
    if (runners.has(id)) {
      runners.set(id, due)
      return
    }
    if (stopped) return
    runners.set(id, null)
    run(id, due).catch((error: unknown) =>
      log.error('task_broke', { subject: id, error: String(error) }),
    )
  }

  async function run(id: string, first: Due): Promise<void> {
    try {
      let due: Due | null = first
      while (due !== null && !stopped) {
        const after: Due | null = await step(due)
        const changed = after !== null && versionOf(after) > versionOf(due) ? after : null
        // A newer state may have been handed over meanwhile; the later version is the truer one. What
        // changed nothing is not tried again at once: the lease brings it back.
        due = newer(changed, runners.get(id) ?? null)
        runners.set(id, null)
      }
    } finally {
      runners.delete(id)
      if (runners.size === 0) idle?.()
    }
  }

  // One task, or null when nothing is due now.
  async function step(due: Due): Promise<Due | null> {
    if (due.type === 'payment') return payment(due.payment)
    if (due.conversation.type === 'key_handshake') return handshake(due.conversation)
    return authentication(due.conversation)
  }

  async function payment(payment: Payment): Promise<Due | null> {
    const next = nextTask(payment)
    if (!isNow(next, keysOf(payment))) return null
    const fact = await performTask(payment, next.task, { ...deps, invoiceTurns })
    const after = await facts.payment(payment, fact)
    return after === null ? null : { type: 'payment', payment: after }
  }

  async function authentication(a: Authentication): Promise<Due | null> {
    const next = nextAuthenticationTask(a)
    if (!isNow(next, keysOfConversation(a))) return null
    const fact =
      next.task.type === 'expire'
        ? ({ type: 'deadline_passed' } as const)
        : await sendChallenge(a, next.task.fresh, deps)
    const after = await facts.authentication(a.streamId, fact)
    return after === null ? null : { type: 'conversation', conversation: after }
  }

  async function handshake(handshake: Handshake): Promise<Due | null> {
    const atMs = handshakeDueAtMs(handshake)
    if (!isNow(atMs === null ? null : { atMs }, [])) return null
    const after = await facts.handshake(handshake.streamId, { type: 'deadline_passed' })
    return after === null ? null : { type: 'conversation', conversation: after }
  }

  function isNow<T extends { readonly atMs: number }>(
    next: T | null,
    keys: readonly PublicKey[],
  ): next is T {
    if (next === null) return false
    if (next.atMs <= clock.nowMs()) return true
    deps.dueLater(keys, next.atMs)
    return false
  }

  return {
    takeUp,
    room: () => IN_HAND_MAX - runners.size,
    async drain() {
      stopped = true
      if (runners.size === 0) return
      await new Promise<void>((resolve) => {
        idle = resolve
      })
    },
  }
}

function idOf(due: Due): string {
  return due.type === 'payment' ? due.payment.id : due.conversation.streamId
}

function newer(a: Due | null, b: Due | null): Due | null {
  if (a === null || b === null) return a ?? b
  return versionOf(b) > versionOf(a) ? b : a
}

function versionOf(due: Due): number {
  return due.type === 'payment' ? due.payment.version : due.conversation.version
}
