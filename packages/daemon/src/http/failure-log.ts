// Our own failures in the log, few enough that nobody can flood it by causing them.
import type { Logger } from '../engine/logger.ts'
import type { Clock } from '../engine/ports.ts'

const LINES_MAX = 10
const WINDOW_MS = 60_000

export interface FailureLog {
  note(route: string, error: unknown): void
}

export function createFailureLog(log: Logger, clock: Clock): FailureLog {
  let fromMs = 0
  let lines = 0
  let untold = 0
  return {
    note(route, error) {
      const nowMs = clock.nowMs()
      if (nowMs - fromMs >= WINDOW_MS) {
        fromMs = nowMs
        lines = 0
      }
      if (lines >= LINES_MAX) {
        untold += 1
        return
      }
      lines += 1
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
      log.error('http_failed', { route, error: what, untold })
      untold = 0
    },
  }
}
