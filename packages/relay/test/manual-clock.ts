// A clock that stands still until a test turns it.

import type { Clock } from '../src/clock.ts'

export interface ManualClock extends Clock {
  /** Runs every timer that is due within `ms`, in order, with the promises they settle. */
  advance(ms: number): Promise<void>
  /** Sets the time of day without letting any time pass. */
  step(ms: number): void
  readonly timers: number
}

export function createManualClock(startMs = 1_790_000_000_000): ManualClock {
  const timers = new Set<{ readonly dueMs: number; readonly run: () => void }>()
  let elapsedMs = 0
  let offsetMs = startMs

  function nextDue(untilMs: number) {
    let next: { readonly dueMs: number; readonly run: () => void } | undefined
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer
    }
    return next
  }

  return {
    nowMs: () => offsetMs + elapsedMs,
    setTimer(delayMs, run) {
      const timer = { dueMs: elapsedMs + delayMs, run }
      timers.add(timer)
      return { cancel: () => timers.delete(timer) }
    },
    async advance(ms) {
      const untilMs = elapsedMs + ms
      await settled()
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer)
        elapsedMs = Math.max(elapsedMs, timer.dueMs)
        timer.run()
        await settled()
      }
      elapsedMs = untilMs
    },
    step(ms) {
      offsetMs += ms
    },
    get timers() {
      return timers.size
    },
  }
}

/** Everything that waits for promises alone has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}
