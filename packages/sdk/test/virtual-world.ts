// A world without waiting: as soon as nothing else can happen, the next timer is due.
import type { World } from '../src/world.ts'

export type VirtualWorld = World & {
  /** Every timer that ran to its end, in milliseconds as it was set. */
  readonly waited: number[]
}

/** `fetch` must answer without real sockets. Time begins at 0; `random` is always 1/2. */
export function createVirtualWorld(fetch: World['fetch']): VirtualWorld {
  type Timer = { readonly atMs: number; readonly ms: number; readonly fire: () => void }
  let timers: Timer[] = []
  let nowMs = 0
  let running = false
  const waited: number[] = []

  function run(): void {
    const due = timers.reduce<Timer | null>(
      (a, b) => (a !== null && a.atMs <= b.atMs ? a : b),
      null,
    )
    running = due !== null
    if (due === null) return
    timers = timers.filter((timer) => timer !== due)
    nowMs = due.atMs
    waited.push(due.ms)
    due.fire()
    setImmediate(run)
  }

  return {
    fetch,
    nowMs: () => nowMs,
    timer(ms, fire) {
      const timer = { atMs: nowMs + ms, ms, fire }
      timers.push(timer)
      if (!running) setImmediate(run)
      running = true
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    random: () => 0.5,
    waited,
  }
}

/** The real world with time that runs `factor` times as fast, for tests over real sockets. */
export function hurry(world: World, factor: number): World {
  const startMs = world.nowMs()
  return {
    ...world,
    nowMs: () => startMs + (world.nowMs() - startMs) * factor,
    timer: (ms, fire) => world.timer(ms / factor, fire),
  }
}
