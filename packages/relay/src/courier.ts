// Frames between parties in one process: in order, never inside the call that sent them, and never so
// many in a row that the rest of the program (sockets, timers) has to wait for them.

import type { Clock } from './clock.ts'

/** Returns `post`, which runs what it is given soon and in order. */
export function createCourier(clock: Clock): (run: () => void) => void {
  let queue: (() => void)[] = []
  let delivered = 0
  let budget = RUNS_PER_TURN
  let scheduled = false

  function post(run: () => void): void {
    queue.push(run)
    schedule()
  }

  function schedule(): void {
    if (scheduled || budget === 0) return
    scheduled = true
    queueMicrotask(flush)
  }

  function flush(): void {
    // A timer is how the next turn of the event loop is noticed without any Node API.
    if (budget === RUNS_PER_TURN && delivered < queue.length) clock.setTimer(0, nextTurn)
    try {
      for (let run = next(); run !== undefined; run = next()) run()
    } finally {
      // Should a receiver throw, what is left comes with the next turn.
      scheduled = false
    }
  }

  function next(): (() => void) | undefined {
    if (budget === 0) return undefined
    const run = queue[delivered]
    if (run === undefined) {
      queue = []
      delivered = 0
      return undefined
    }
    budget -= 1
    delivered += 1
    if (delivered === COMPACT_AT) {
      queue = queue.slice(delivered)
      delivered = 0
    }
    return run
  }

  function nextTurn(): void {
    budget = RUNS_PER_TURN
    schedule()
  }

  return post
}

const RUNS_PER_TURN = 32
const COMPACT_AT = 1_024
