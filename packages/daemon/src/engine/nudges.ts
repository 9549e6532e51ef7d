// News that users can be reached again, gathered: whoever subscribes in a loop costs a few look-ups a
// second, not one each.
import type { PublicKey } from 'portal-protocol'
import type { Clock, Timer } from './ports.ts'

const GATHER_MS = 250
const KEYS_MAX = 5_000

export interface Nudges {
  /** These users (null: everybody) can be reached: the first at once, more within a quarter second. */
  add(keys: readonly PublicKey[] | null): void
  /** Forgets what was gathered, and takes no more. */
  stop(): void
}

/** `run` is called with what was gathered, never twice within a quarter of a second. */
export function createNudges(
  clock: Clock,
  run: (keys: readonly PublicKey[] | null) => void,
): Nudges {
  let gathered = new Set<PublicKey>()
  let everybody = false
  let pause: Timer | null = null
  let stopped = false

  function flush(): void {
    pause = null
    if (!everybody && gathered.size === 0) return
    const keys = everybody ? null : [...gathered]
    everybody = false
    gathered = new Set()
    pause = clock.setTimer(GATHER_MS, flush)
    run(keys)
  }

  return {
    add(keys) {
      if (stopped) return
      if (keys === null || gathered.size > KEYS_MAX) everybody = true
      else for (const key of keys) gathered.add(key)
      if (pause === null) flush()
    },
    stop() {
      stopped = true
      pause?.cancel()
    },
  }
}
