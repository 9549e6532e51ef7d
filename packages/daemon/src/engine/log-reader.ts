// Readers of the log: what is stored, and news as it is committed.
import type { LogEvent, Stream, StreamId } from '../log/stream.ts'
import type { LogPlace, Store } from './ports.ts'

export interface LogReader {
  stream(id: StreamId): Promise<Stream | null>
  /** Events of one stream with index ≥ `from`. */
  events(id: StreamId, from: number, limit: number): Promise<readonly LogEvent[]>
  /** Events of all streams with position > `after`. */
  feed(after: number, limit: number): Promise<readonly LogEvent[]>
  /** Which log this is, for a reader of all streams who has read up to `after`. */
  at(after: number): Promise<LogPlace>
  /** The position behind which only what happens from now on comes. */
  end(): Promise<number>
  /**
   * Calls `listener` for each event of all streams (null) in order, or soon after its commit for each of
   * this stream, as Store.onCommitted does; returns the end of it. Subscribe first, then read, then skip
   * what was read.
   */
  subscribe(id: StreamId | null, listener: (event: LogEvent) => void): () => void
}

type Listener = (event: LogEvent) => void

export function createLogReader(store: Store): LogReader {
  const byStream = new Map<StreamId, Set<Listener>>()
  const all = new Set<Listener>()
  store.onCommitted((events) => {
    for (const event of events) {
      for (const listener of byStream.get(event.stream.id) ?? []) listener(event)
    }
  })
  store.onFeed((events) => {
    for (const event of events) for (const listener of all) listener(event)
  })
  return {
    stream: (id) => store.stream(id),
    events: (id, from, limit) => store.events(id, from, limit),
    feed: (after, limit) => store.feed(after, limit),
    at: (after) => store.logAt(after),
    end: () => store.logEnd(),
    subscribe(id, listener) {
      if (id === null) {
        all.add(listener)
        return () => all.delete(listener)
      }
      const listeners = byStream.get(id) ?? new Set()
      byStream.set(id, listeners.add(listener))
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0 && byStream.get(id) === listeners) byStream.delete(id)
      }
    },
  }
}
