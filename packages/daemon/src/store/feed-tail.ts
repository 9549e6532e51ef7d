// The end of the log, read as it grows, whoever writes it. Readers of one stream are told whatever is
// committed, at once; readers of the feed are told in order of position what is settled.
import type { Clock, Timer } from '../engine/ports.ts'
import type { LogEvent } from '../log/stream.ts'

export type TailPage = {
  /** Events with position > `after`, in order, settled or not. */
  readonly events: readonly LogEvent[]
  /** Nothing will ever be committed below this position that is not there now. */
  readonly settledBelow: number
}

export type FeedTailDeps = {
  readonly read: (after: number, limit: number) => Promise<TailPage>
  /** Each event at least once, in no order. */
  readonly committed: (events: readonly LogEvent[]) => void
  /** Each event once, in order of position. */
  readonly settled: (events: readonly LogEvent[]) => void
  readonly clock: Clock
}

export interface FeedTail {
  /** There may be more. Never rejects: what cannot be read now is read at the next look. */
  look(): void
  /** Those of our own events that it has not told as committed, and now will not. */
  untold(events: readonly LogEvent[]): readonly LogEvent[]
  close(): Promise<void>
}

const PAGE = 500
/** What one look reads at most beyond what is settled; a stalled writer holds up no more memory. */
const UNSETTLED_MAX = 5_000
const AGAIN_MIN_MS = 2
const AGAIN_MAX_MS = 100

/** `from`: the position up to which nobody is told anything; all below it is settled. */
export function createFeedTail(from: number, deps: FeedTailDeps): FeedTail {
  let seen = from
  /** Committed events beyond `seen` that were told as such. */
  const told = new Set<number>()
  let looking: Promise<void> | null = null
  let more = false
  let closed = false
  let timer: Timer | null = null
  let againMs = AGAIN_MIN_MS

  // True while something that is committed is not settled.
  async function readOn(): Promise<boolean> {
    let after = seen
    for (;;) {
      const { events, settledBelow } = await deps.read(after, PAGE)
      if (closed) return false
      tellCommitted(events)
      // Beyond what is not settled nothing is, however long ago this page was read.
      if (after === seen) tellSettled(events.filter(({ position }) => position < settledBelow))
      after = events.at(-1)?.position ?? after
      if (events.length < PAGE) return after > seen
      if (told.size >= UNSETTLED_MAX) return true
    }
  }

  function tellCommitted(events: readonly LogEvent[]): void {
    const fresh = events.filter(({ position }) => !told.has(position))
    for (const { position } of fresh) told.add(position)
    if (fresh.length > 0) deps.committed(fresh)
  }

  function tellSettled(events: readonly LogEvent[]): void {
    const last = events.at(-1)
    if (last === undefined) return
    seen = last.position
    for (const position of told) if (position <= seen) told.delete(position)
    deps.settled(events)
  }

  async function run(): Promise<void> {
    let unsettled = false
    while (more && !closed) {
      more = false
      unsettled = await readOn().catch(() => false)
    }
    looking = null
    againMs = unsettled ? Math.min(againMs * 2, AGAIN_MAX_MS) : AGAIN_MIN_MS
    if (unsettled && !closed) timer ??= deps.clock.setTimer(againMs, again)
  }

  function again(): void {
    timer = null
    look()
  }

  function look(): void {
    more = true
    if (!closed) looking ??= run()
  }

  return {
    look,
    untold(events) {
      const fresh = events.filter(({ position }) => position > seen && !told.has(position))
      for (const { position } of fresh) told.add(position)
      return fresh
    },
    async close() {
      closed = true
      timer?.cancel()
      await looking
    },
  }
}
