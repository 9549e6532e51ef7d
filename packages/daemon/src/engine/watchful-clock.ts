// A clock that notices when it was set back, at the next look at it.
import type { Clock } from './ports.ts'

/** Smaller steps are a clock being disciplined, and cost less than looking at everything again. */
const STEP_MIN_MS = 1_000

/** The same clock; `setBack` is called once for each step back, before the new time is answered. */
export function watchfulClock(clock: Clock, setBack: () => void): Clock {
  let latestMs = Number.NEGATIVE_INFINITY
  return {
    nowMs() {
      const nowMs = clock.nowMs()
      const wasSetBack = nowMs < latestMs - STEP_MIN_MS
      if (wasSetBack || nowMs > latestMs) latestMs = nowMs
      if (wasSetBack) setBack()
      return nowMs
    },
    setTimer: (delayMs, run) => clock.setTimer(delayMs, run),
  }
}
