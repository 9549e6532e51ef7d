// How many calls of one kind are under way at a time. A node asked for a thousand invoices at once would
// answer all of them too late, and every repeat would make it slower still.

import { PortError } from './port-error.ts'
import type { Clock } from './ports.ts'

export interface Turnstile {
  /** Runs `work` when it is its turn. Throws PortError `rate_limited` when none came in time. */
  pass<T>(work: () => Promise<T>): Promise<T>
}

export function createTurnstile(
  clock: Clock,
  { atOnce, patienceMs }: { readonly atOnce: number; readonly patienceMs: number },
): Turnstile {
  const waiting = new Set<() => void>()
  let underWay = 0

  // A place is taken before anything is awaited, and handed over rather than given back.
  function place(): Promise<void> {
    if (underWay < atOnce) {
      underWay += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(patienceMs, () => {
        waiting.delete(take)
        reject(new PortError('rate_limited', `${atOnce} calls are under way already`))
      })
      const take = () => {
        timer.cancel()
        waiting.delete(take)
        resolve()
      }
      waiting.add(take)
    })
  }

  function leave(): void {
    const [next] = waiting
    if (next === undefined) underWay -= 1
    else next()
  }

  return {
    async pass(work) {
      await place()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
