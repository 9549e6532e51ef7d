// All that is open, looked at without regard to the moment that was noted for it: after the clock was set
// back that moment may be long in coming.
import { applyToAny } from './fact-of-any.ts'
import type { Facts } from './facts.ts'
import type { Logger } from './logger.ts'
import type { Clock, Due, Store, Timer } from './ports.ts'

const OPEN_MAX = 10_000
const AFTER_TROUBLE_MS = 1_000

export interface OpenOnes {
  /** Takes up all that is open, with its moments judged anew; again until the store was there for it. */
  lookAgain(): void
  /**
   * The same once, at the start of a store's only daemon, of what may have been noted by a clock that
   * ran ahead. Throws StoreError.
   */
  lookAtLeft(): Promise<void>
  stop(): void
}

export type OpenOnesDeps = {
  readonly store: Store
  readonly facts: Facts
  readonly clock: Clock
  readonly log: Logger
  readonly takeUp: (due: Due) => void
  /** Something is due then (ms). */
  readonly wake: (atMs: number) => void
}

export function createOpenOnes(deps: OpenOnesDeps): OpenOnes {
  const { store, facts, clock, log, takeUp, wake } = deps
  let timer: Timer | null = null
  let stopped = false

  async function judgeAnew(isMeant: (due: Due) => boolean): Promise<void> {
    for (const due of (await store.awaitingAnswer(null, OPEN_MAX)).filter(isMeant)) {
      const after = await applyToAny(facts, due, { type: 'clock_set_back' })
      if (after !== null) takeUp(after)
    }
  }

  async function lookAtAll(): Promise<void> {
    // A claim of ours whose work broke would last as long as the step; another daemon's is its own.
    if (!store.shared) await store.dropClaims(clock.nowMs())
    await judgeAnew(() => true)
    wake(clock.nowMs())
  }

  function lookAgain(): void {
    timer?.cancel()
    timer = null
    if (stopped) return
    lookAtAll().catch((error: unknown) => {
      log.error('look_again_failed', { error: String(error) })
      if (!stopped) timer ??= clock.setTimer(AFTER_TROUBLE_MS, lookAgain)
    })
  }

  return {
    lookAgain,
    async lookAtLeft() {
      const nowMs = clock.nowMs()
      await store.dropClaims(nowMs)
      await judgeAnew((due) => mayBeAhead(due, nowMs))
    },
    stop() {
      stopped = true
      timer?.cancel()
    },
  }
}

/**
 * Whether a moment of this may have been noted by a clock that ran ahead of `nowMs`. Only a request that
 * was sent is put off for long, and its sending tells by which clock; all else is due at once, or has
 * failed, and is as well tried again.
 */
function mayBeAhead(due: Due, nowMs: number): boolean {
  if (due.type === 'payment') {
    const { state, attempts, lastSentAtMs, taskAtMs } = due.payment
    if (taskAtMs <= nowMs) return false
    return state !== 'asked' || attempts > 0 || (lastSentAtMs ?? 0) > nowMs
  }
  const { conversation } = due
  return conversation.type === 'authenticate_key' && (conversation.lastSentAtMs ?? 0) > nowMs
}
