// Whether the parts the daemon needs are there, found by round trips in the background: a request to
// /ready causes none.
import type { Clock, Lightning, Messenger, RelayHealth, Store, Timer } from './ports.ts'

const EVERY_MS = 5_000
const TIMEOUT_MS = 5_000

export type Readiness = {
  readonly ready: boolean
  readonly store: boolean
  readonly lightning: boolean
  readonly relays: readonly RelayHealth[]
}

export interface ReadinessWatch {
  start(): void
  now(): Readiness
  stop(): Promise<void>
}

export function watchReadiness(deps: {
  readonly store: Store
  readonly lightning: Lightning
  readonly messenger: Messenger
  readonly clock: Clock
}): ReadinessWatch {
  let store = false
  let lightning = false
  let timer: Timer | null = null
  let stopped = false
  let checking: Promise<void> = Promise.resolve()

  async function check(): Promise<void> {
    const parts = await Promise.all([deps.store.ping(), deps.lightning.ping(TIMEOUT_MS)])
    store = parts[0]
    lightning = parts[1]
    if (!stopped) timer = deps.clock.setTimer(EVERY_MS, begin)
  }

  function begin(): void {
    checking = check()
  }

  return {
    start: begin,
    now() {
      const relays = deps.messenger.health()
      const ready = store && lightning && relays.some((relay) => relay.ok)
      return { ready, store, lightning, relays }
    },
    async stop() {
      stopped = true
      timer?.cancel()
      await checking
    },
  }
}
