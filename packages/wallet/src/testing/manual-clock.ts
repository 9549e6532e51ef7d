// A clock that a test turns by hand.
import type { Clock } from 'portal-relay'

export interface ManualClock extends Clock {
  /** Runs what falls due on the way, in order, letting promises settle in between. */
  advance(ms: number): Promise<void>
}

export function createManualClock(startMs: number): ManualClock {
  let nowMs = startMs
  const timers = new Set<{ atMs: number; run: () => void }>()

  return {
    nowMs: () => nowMs,
    setTimer(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run }
      timers.add(timer)
      return { cancel: () => timers.delete(timer) }
    },
    async advance(ms) {
      const endMs = nowMs + ms
      for (;;) {
        await settled()
        const [next] = [...timers].sort((a, b) => a.atMs - b.atMs)
        if (next === undefined || next.atMs > endMs) break
        timers.delete(next)
        nowMs = Math.max(nowMs, next.atMs)
        next.run()
      }
      nowMs = endMs
    },
  }
}

/** All promises that wait for nothing outside have settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
