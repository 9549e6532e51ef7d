// Everybody who is being kept waiting for events, by long poll or SSE: bounded in number, and told to
// come back when the daemon stops.
import { Refusal } from '../engine/refusal.ts'

export interface Readers {
  readonly count: number
  /** Enters a reader; `end` is called when the daemon stops. Throws Refusal. Returns the way out. */
  enter(end: () => void): () => void
  endAll(): void
}

export function createReaders(max: number): Readers {
  const open = new Set<() => void>()
  let stopping = false
  return {
    get count() {
      return open.size
    },
    enter(end) {
      if (stopping) {
        throw new Refusal('unavailable', 'the daemon is stopping; come back', { retryAfterS: 1 })
      }
      if (open.size >= max) {
        const detail = `${max} readers are waiting for events already; try again`
        throw new Refusal('rate_limited', detail, { retryAfterS: 1 })
      }
      open.add(end)
      return () => open.delete(end)
    },
    endAll() {
      stopping = true
      for (const end of [...open]) end()
    },
  }
}
