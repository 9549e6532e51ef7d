// Time that moves only when a test says so.
import type { Clock } from '../engine/ports.ts'

export interface VirtualClock extends Clock {
  /** Moves on by `ms`, running every timer on the way at its own moment. */
  advance(ms: number): Promise<void>
  /** Somebody sets the clock: timers run as if nobody had. */
  step(ms: number): void
  /** Runs whatever is under way until nothing moves without time passing. */
  settle(): Promise<void>
}

const TURNS = 12

export function createVirtualClock(startMs: number): VirtualClock {
  let nowMs = startMs
  let order = 0
  const timers = new Map<number, { readonly atMs: number; readonly run: () => void }>()

  function next(untilMs: number): number | null {
    let found: number | null = null
    let earliestMs = untilMs
    for (const [id, { atMs }] of timers) {
      if (atMs < earliestMs || (atMs === earliestMs && found === null)) {
        earliestMs = atMs
        found = id
      }
    }
    return found
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) {
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  return {
    nowMs: () => nowMs,
    setTimer(delayMs, run) {
      order += 1
      const id = order
      timers.set(id, { atMs: nowMs + Math.max(0, delayMs), run })
      return { cancel: () => timers.delete(id) }
    },
    async advance(ms) {
      const untilMs = nowMs + ms
      await settle()
      for (;;) {
        const id = next(untilMs)
        const timer = id === null ? undefined : timers.get(id)
        if (id === null || timer === undefined) break
        timers.delete(id)
        nowMs = Math.max(nowMs, timer.atMs)
        timer.run()
        await settle()
      }
      nowMs = untilMs
      await settle()
    },
    step(ms) {
      nowMs += ms
      for (const [id, { atMs, run }] of timers) timers.set(id, { atMs: atMs + ms, run })
    },
    settle,
  }
}
