// The worker: one timer on the earliest `wake_at`, then whatever is due. The store is the queue; here is
// only when to look into it.
import type { Logger } from './logger.ts'
import type { Clock, Due, Store, Timer } from './ports.ts'

const BATCH = 200
// A clock that steps is caught up with in this time: a promise is due within 10 s.
const CLOCK_LOOK_MS = 5_000
const IDLE_MAX_MS = 60_000
// Others put down what they had in hand by dying.
const IDLE_MAX_SHARED_MS = 5_000
const AFTER_TROUBLE_MS = 1_000
const CROWDED_MS = 50

export interface Worker {
  start(): void
  /** Look again no later than this moment (ms). */
  wakeBy(atMs: number): void
  /** Begins nothing new; resolves when the look in progress is over. */
  stop(): Promise<void>
}

export type WorkerDeps = {
  readonly store: Pick<Store, 'shared' | 'claimDue' | 'nextWakeAtMs'>
  readonly clock: Clock
  readonly log: Logger
  readonly leaseMs: number
  /** How many more subjects may be taken in hand now; a hanging node must not hold up the rest. */
  readonly room: () => number
  /** Takes a subject in hand; returns at once. */
  readonly takeUp: (due: Due) => void
}

export function createWorker({ store, clock, log, leaseMs, room, takeUp }: WorkerDeps): Worker {
  let timer: Timer | null = null
  let dueAtMs = Number.POSITIVE_INFINITY
  let looking: Promise<void> | null = null
  let stopped = true
  const idleMaxMs = store.shared ? IDLE_MAX_SHARED_MS : IDLE_MAX_MS

  function arm(atMs: number): void {
    if (stopped || atMs >= dueAtMs) return
    dueAtMs = atMs
    sleep(atMs - clock.nowMs())
  }

  function sleep(forMs: number): void {
    timer?.cancel()
    timer = clock.setTimer(Math.min(Math.max(0, forMs), CLOCK_LOOK_MS), tick)
  }

  function tick(): void {
    timer = null
    if (stopped) return
    const leftMs = dueAtMs - clock.nowMs()
    // More than was ever waited for: the clock was set back.
    if (leftMs > 0 && leftMs <= idleMaxMs) {
      sleep(leftMs)
      return
    }
    dueAtMs = Number.POSITIVE_INFINITY
    looking ??= look().then((nextAtMs) => {
      looking = null
      arm(nextAtMs)
    })
  }

  async function look(): Promise<number> {
    try {
      for (;;) {
        const limit = Math.min(BATCH, room())
        if (limit <= 0) return clock.nowMs() + CROWDED_MS
        const due = await store.claimDue(clock.nowMs(), limit, leaseMs)
        due.forEach(takeUp)
        if (stopped || due.length < limit) break
      }
      const idleUntilMs = clock.nowMs() + idleMaxMs
      return Math.min((await store.nextWakeAtMs()) ?? idleUntilMs, idleUntilMs)
    } catch (error) {
      log.error('worker_failed', { error: String(error) })
      return clock.nowMs() + AFTER_TROUBLE_MS
    }
  }

  return {
    start() {
      stopped = false
      arm(clock.nowMs())
    },
    wakeBy: arm,
    async stop() {
      stopped = true
      timer?.cancel()
      await looking
    },
  }
}
