// How far an endpoint has got: events beyond the cursor may be done while earlier ones are still on
// their way, so the cursor is what lies before the earliest of those. Pure bookkeeping.

export interface Window {
  /** Events on their way, or waiting for one of their stream that is. */
  readonly size: number
  /** The cursor; given a position, as it will be once that event is done. */
  cursor(...done: readonly number[]): number
  /** This event has been read and is on its way now. */
  take(position: number): void
  /** This event has been read and there is nothing to do for it. */
  pass(position: number): void
  done(position: number): void
}

export function createWindow(start: number): Window {
  const open = new Set<number>()
  let read = start
  return {
    get size() {
      return open.size
    },
    cursor(...done) {
      // A Set keeps the order of insertion, which is the order of the log.
      for (const position of open) if (!done.includes(position)) return position - 1
      return read
    },
    take(position) {
      open.add(position)
      read = position
    },
    pass(position) {
      read = position
    },
    done(position) {
      open.delete(position)
    },
  }
}
