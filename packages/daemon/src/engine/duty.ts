// What one daemon does for all that share a store: looking through the node's settlements now and then. On
// a store of one daemon it is that one's duty always.
import { createLeaseKeeper, KEEP_EVERY_MS, type LeaseKeeperDeps } from './lease-keeper.ts'
import type { Logger } from './logger.ts'
import type { Timer } from './ports.ts'

const DUTY = 'duty'
const PASS_MS = 10_000

export interface Duty {
  readonly isOurs: boolean
  /** Calls back as soon as it is ours. */
  start(): void
  /** Another daemon may be better placed: gives it up for a while. */
  pass(): void
  stop(): Promise<void>
}

export type DutyDeps = LeaseKeeperDeps & {
  readonly leases: { readonly shared: boolean }
  readonly log: Logger
  /** It has become ours, from nobody or from another. */
  readonly began: () => void
}

export function createDuty(deps: DutyDeps): Duty {
  const { leases, clock, log, began } = deps
  const keeper = createLeaseKeeper(deps)
  let timer: Timer | null = null
  let keeping: Promise<void> = Promise.resolve()
  let passedAtMs = Number.NEGATIVE_INFINITY
  let wasOurs = false
  let stopped = true

  async function keep(): Promise<void> {
    const mayHave = clock.nowMs() - passedAtMs >= PASS_MS
    try {
      const isOurs = (await keeper.keep(mayHave ? [DUTY] : [])).has(DUTY)
      if (isOurs && !wasOurs) began()
      wasOurs = isOurs
    } catch (error) {
      log.warn('duty_not_kept', { error: String(error) })
    }
    if (!stopped) timer = clock.setTimer(KEEP_EVERY_MS, tick)
  }

  function tick(): void {
    keeping = keep()
  }

  return {
    get isOurs() {
      return !leases.shared || keeper.holds(DUTY)
    },
    start() {
      stopped = false
      if (leases.shared) tick()
      else began()
    },
    pass() {
      passedAtMs = clock.nowMs()
    },
    async stop() {
      stopped = true
      timer?.cancel()
      await keeping
      if (leases.shared) await keeper.release([DUTY]).catch(() => {})
    },
  }
}
