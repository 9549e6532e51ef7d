// Waiting by an injected clock, cut short when nobody waits any more.
import type { Clock } from 'portal-relay'

/** Resolves after `delayMs`, or at once when the signal aborts. Never rejects. */
export function wait(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      timer.cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.setTimer(delayMs, done)
    signal.addEventListener('abort', done)
  })
}
