// Waiting with an end.
import type { Clock } from './ports.ts'

/** Resolves when `work` does, at the latest after `ms`; what is late may go on. Rejects as `work` does. */
export async function atMost(ms: number, work: Promise<unknown>, clock: Clock): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = clock.setTimer(ms, resolve)
  try {
    await Promise.race([work, over])
  } finally {
    timer.cancel()
  }
}
