// A place in the log that moves on: first through what is stored, then with what is committed. Bounded:
// a reader that falls behind goes back to the store.
import type { LogEvent, StreamId } from '../log/stream.ts'
import type { LogReader } from './log-reader.ts'

export interface LogCursor {
  /** The `after` that continues from here. */
  readonly next: number
  /** What lies beyond, at most a page; none when there is nothing (yet). Moves on. */
  read(): Promise<readonly LogEvent[]>
  /** The next read asks the store, whatever was told. */
  recheck(): void
  close(): void
}

export type Source = {
  subscribe(listener: (event: LogEvent) => void): () => void
  read(from: number, limit: number): Promise<readonly LogEvent[]>
  /** Where a reader stands who has read this event. */
  after(event: LogEvent): number
  /** Whether nothing can lie between this place and that later event. */
  isNext(event: LogEvent, place: number): boolean
}

/** Of one stream: the cursor is the index of the next event. */
export function streamSource(log: LogReader, id: StreamId): Source {
  return {
    subscribe: (listener) => log.subscribe(id, listener),
    read: (from, limit) => log.events(id, from, limit),
    after: (event) => event.index + 1,
    // Events that other daemons committed may be told later than those that follow them.
    isNext: (event, place) => event.index === place,
  }
}

/** Of all streams: the cursor is the position of the last event. */
export function feedSource(log: LogReader): Source {
  return {
    subscribe: (listener) => log.subscribe(null, listener),
    read: (from, limit) => log.feed(from, limit),
    after: (event) => event.position,
    isNext: () => true,
  }
}

const NEWS_MAX = 100

/**
 * `changed` is called when read() may find something it did not find before. A read that goes to the
 * store gives at most `pageMax` events.
 */
export function openLogCursor(
  source: Source,
  from: number,
  changed: () => void,
  pageMax: number,
): LogCursor {
  let next = from
  let news: LogEvent[] = []
  // True while the store may hold events beyond `next` that `news` lacks.
  let gap = true

  const unsubscribe = source.subscribe((event) => {
    if (news.length < NEWS_MAX) news.push(event)
    else {
      news = []
      gap = true
    }
    changed()
  })

  function take(events: readonly LogEvent[]): readonly LogEvent[] {
    const beyond = events.filter((event) => source.after(event) > next)
    const last = beyond.at(-1)
    if (last !== undefined) next = source.after(last)
    return beyond
  }

  // What is told in order; from a gap on it is read from the store.
  function takeNews(): readonly LogEvent[] {
    const told = news
    news = []
    const taken: LogEvent[] = []
    for (const event of told) {
      if (source.after(event) <= next) continue
      gap = !source.isNext(event, next)
      if (gap) break
      taken.push(...take([event]))
    }
    return taken
  }

  return {
    get next() {
      return next
    },
    async read() {
      if (!gap) {
        const told = takeNews()
        if (told.length > 0 || !gap) return told
      }
      // What was told before this read began is in it; what is told meanwhile is kept.
      news = []
      gap = false
      try {
        const page = take(await source.read(next, pageMax))
        if (page.length === pageMax) gap = true
        return page.length === 0 && !gap ? takeNews() : page
      } catch (error) {
        gap = true
        throw error
      }
    },
    recheck() {
      gap = true
    },
    close: unsubscribe,
  }
}
