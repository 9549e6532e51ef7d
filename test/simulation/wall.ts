// The clock on the wall of the daemon's machine: true time, until somebody sets it.
import type { WallClock } from './mortal.ts'
import type { Timeline } from './timeline.ts'

export interface Wall extends WallClock {
  /** Sets it by that much. */
  step(byMs: number): void
  /** The last true moment at which it went past `wallMs` (Infinity: not yet). */
  passedMs(wallMs: number): number
  /** The latest it ever showed, up to a true moment. */
  latestMs(untilMs: number): number
  /** By how much it was ever set back, in all. */
  readonly setBackMs: number
  /** And forward. */
  readonly setForwardMs: number
}

export function createWall(timeline: Timeline): Wall {
  const startMs = timeline.nowMs
  /** True time and what was added to it from then on. */
  const settings = [{ fromMs: startMs, offsetMs: 0 }]
  let setBackMs = 0
  let setForwardMs = 0
  const current = () => settings.at(-1)?.offsetMs ?? 0

  return {
    nowMs: () => Math.floor(timeline.nowMs + current()),
    step(byMs) {
      settings.push({ fromMs: timeline.nowMs, offsetMs: current() + byMs })
      setBackMs += Math.max(0, -byMs)
      setForwardMs += Math.max(0, byMs)
    },
    passedMs(wallMs) {
      let passedMs = Number.POSITIVE_INFINITY
      settings.forEach(({ fromMs, offsetMs }, i) => {
        const untilMs = settings[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY
        const atMs = Math.max(fromMs, wallMs - offsetMs)
        // Before this setting it showed less, or it was set from before to after that moment.
        const wasBefore = i === 0 || fromMs + (settings[i - 1]?.offsetMs ?? 0) < wallMs
        if (atMs < untilMs && (wasBefore || atMs > fromMs)) passedMs = atMs
      })
      return passedMs
    },
    latestMs(untilMs) {
      let latestMs = startMs
      settings.forEach(({ fromMs, offsetMs }, i) => {
        if (fromMs > untilMs) return
        const endMs = Math.min(untilMs, settings[i + 1]?.fromMs ?? untilMs)
        latestMs = Math.max(latestMs, endMs + offsetMs)
      })
      return latestMs
    },
    get setBackMs() {
      return setBackMs
    },
    get setForwardMs() {
      return setForwardMs
    },
  }
}
