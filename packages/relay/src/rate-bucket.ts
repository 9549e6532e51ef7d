// A token bucket: so much per second, and so much at once.

import type { Clock } from './clock.ts'

export interface RateBucket {
  /** Takes `cost` if it is there; otherwise takes nothing and says false. */
  take(cost: number): boolean
  /** Takes `cost` even if that leaves a debt, which is never deeper than one burst. */
  charge(cost: number): void
}

export function createRateBucket(
  pace: { readonly perSecond: number; readonly burst: number },
  clock: Clock,
): RateBucket {
  let level = pace.burst
  let refilledAtMs = clock.nowMs()

  function refill(): void {
    const nowMs = clock.nowMs()
    // A clock that was set back gives nothing, and takes nothing.
    const elapsedMs = Math.max(0, nowMs - refilledAtMs)
    level = Math.min(pace.burst, level + (elapsedMs * pace.perSecond) / 1000)
    refilledAtMs = nowMs
  }

  return {
    take(cost) {
      refill()
      if (level < cost) return false
      level -= cost
      return true
    },
    charge(cost) {
      refill()
      level = Math.max(-pace.burst, level - cost)
    },
  }
}
