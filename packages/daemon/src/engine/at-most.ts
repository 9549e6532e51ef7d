// Waiting with an end.
import type { Clock } from './ports.ts'

/** What `work` gives, or `late` after `ms`, when it goes on unheard. Rejects as `work` does. */
export async function atMost<T>(ms: number, work: Promise<T>, clock: Clock): Promise<T | 'late'> {
  const { promise: over, resolve } = Promise.withResolvers<'late'>()
  const timer = clock.setTimer(ms, () => resolve('late'))
  try {
    return await Promise.race([work, over])
  } finally {
    timer.cancel()
  }
}
