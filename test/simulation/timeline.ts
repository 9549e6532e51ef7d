// True time, which only moves on: from one moment at which something happens to the next. What follows
// from a moment without time passing (promises, streams) is waited for before the next one.
import type { Timer } from 'portal-relay'

export interface Timeline {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number
  /** Runs `run` once, `delayMs` from now. */
  after(delayMs: number, run: () => void): Timer
  sleep(delayMs: number): Promise<void>
  /** Says that something was done by the daemon; `long`: streams may have to turn for it. */
  touched(long: boolean): void
  /** Moves to the next moment and lets it work itself out; false when none is left by then. */
  step(untilMs: number): Promise<boolean>
}

type Entry = { readonly atMs: number; readonly order: number; run: (() => void) | null }

/** Turns of the event loop in which nothing happens, after which nothing will. */
const QUIET_TURNS = 1
const QUIET_TURNS_WITH_STREAMS = 3

/** `failed` is told what a timer threw. */
export function createTimeline(startMs: number, failed: (error: unknown) => void): Timeline {
  const heap = createHeap()
  let nowMs = startMs
  let order = 0
  let touches = 0
  let longTouches = 0

  function after(delayMs: number, run: () => void): Timer {
    order += 1
    const entry: Entry = { atMs: nowMs + Math.max(0, delayMs), order, run }
    heap.push(entry)
    return {
      cancel() {
        entry.run = null
      },
    }
  }

  async function settle(): Promise<void> {
    let quietTurns = QUIET_TURNS
    for (let quiet = 0; quiet < quietTurns; quiet++) {
      const before = [touches, longTouches]
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (longTouches !== before[1]) quietTurns = QUIET_TURNS_WITH_STREAMS
      if (touches !== before[0]) quiet = -1
    }
  }

  return {
    get nowMs() {
      return nowMs
    },
    after,
    sleep: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    touched(long) {
      touches += 1
      if (long) longTouches += 1
    },
    async step(untilMs) {
      const entry = heap.pop(untilMs)
      if (entry === null) {
        nowMs = Math.max(nowMs, untilMs)
        return false
      }
      nowMs = entry.atMs
      const long = longTouches
      try {
        entry.run?.()
      } catch (error) {
        failed(error)
      }
      if (longTouches !== long) touches += 1
      await settle()
      return true
    },
  }
}

type Heap = { push(entry: Entry): void; pop(untilMs: number): Entry | null }

function createHeap(): Heap {
  const entries: Entry[] = []
  const sooner = (a: Entry, b: Entry) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

  function rise(entry: Entry): void {
    let at = entries.push(entry) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      const parent = entries[up]
      if (parent === undefined || sooner(parent, entry)) break
      entries[at] = parent
      at = up
    }
    entries[at] = entry
  }

  function sink(entry: Entry): void {
    let at = 0
    for (;;) {
      const left = entries[2 * at + 1]
      const right = entries[2 * at + 2]
      if (left === undefined) break
      const isRight = right !== undefined && sooner(right, left)
      const child = isRight ? right : left
      if (sooner(entry, child)) break
      entries[at] = child
      at = 2 * at + (isRight ? 2 : 1)
    }
    entries[at] = entry
  }

  return {
    push: rise,
    pop(untilMs) {
      for (;;) {
        const first = entries[0]
        if (first === undefined || (first.run !== null && first.atMs > untilMs)) return null
        const last = entries.pop()
        if (last !== undefined && last !== first) sink(last)
        if (first.run !== null) return first
      }
    },
  }
}
