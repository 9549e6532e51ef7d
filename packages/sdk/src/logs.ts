// The daemon's two kinds of log, as follow.ts reads them.
import type { FeedItem, StreamEvent } from './api.ts'
import { ConnectionError } from './errors.ts'
import type { Log } from './follow.ts'
import { type Session, segment } from './session.ts'

/**
 * One stream. Its indexes are dense from 0, so that one left out shows.
 *
 * @param after the first index wanted
 */
export function streamLog<Data>(streamId: string, after = 0): Log<StreamEvent<Data>> {
  const path = `/events/${segment(streamId)}`
  return {
    path,
    after,
    read: (json) => decode<StreamEvent<Data>>(json, 'index', path),
    next({ index }, expected) {
      if (index < expected) return null
      if (index === expected) return index + 1
      throw broken(path, `event ${index} where ${expected} was due`)
    },
  }
}

/**
 * The feed of all streams. Positions increase, with gaps.
 *
 * @param after the last position already handled
 */
export function feedLog(after: number): Log<FeedItem> {
  const path = '/events'
  return {
    path,
    after,
    read: (json) => decode<FeedItem>(json, 'position', path),
    next: ({ position }, handled) => (position > handled ? position : null),
  }
}

export type FeedOptions = {
  /**
   * The `position` of the last event already handled; 0, the beginning, unless given. `'end'`: only
   * what happens once the loop has begun.
   */
  readonly after?: number | 'end'
  /** Ends the loop, which then throws its reason. */
  readonly signal?: AbortSignal
}

/** Follows the feed beyond `after`; from its end, as it is once the loop begins. */
export async function* followFeed(
  session: Session,
  after: number | 'end',
  signal: AbortSignal | undefined,
): AsyncGenerator<FeedItem, void> {
  const from = after === 'end' ? await endOfFeed(session, signal) : after
  yield* session.follower.follow(feedLog(from), signal)
}

/** The position beyond which only what happens from now on comes. */
export async function endOfFeed(
  session: Session,
  signal: AbortSignal | undefined,
): Promise<number> {
  const page = await session.get<{ readonly next: number }>('/events', { after: 'end' }, { signal })
  return page.next
}

/** Checks what following depends on; the rest is as the daemon's schemas say. */
function decode<Item>(json: unknown, cursor: 'index' | 'position', path: string): Item {
  if (
    typeof json === 'object' &&
    json !== null &&
    Number.isSafeInteger(Reflect.get(json, cursor))
  ) {
    return json as Item
  }
  throw broken(path, `an event without ${cursor}`)
}

function broken(path: string, what: string): ConnectionError {
  return new ConnectionError('invalid_answer', `GET ${path} told ${what}`)
}
