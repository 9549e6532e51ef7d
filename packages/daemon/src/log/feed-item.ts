// An event of the log as readers of all streams are told it, in the words of the API: the feed, the
// webhooks.
import type { Json } from './json.ts'
import type { LogEvent, StreamType } from './stream.ts'

export type FeedItem = {
  readonly position: number
  readonly type: StreamType
  readonly stream_id: string
  readonly payment_id: string | null
  readonly request_id: string | null
  readonly index: number
  /** Unix seconds. */
  readonly created_at: number
  readonly data: Json
}

export function feedItem(event: LogEvent): FeedItem {
  const { stream } = event
  return {
    position: event.position,
    type: stream.type,
    stream_id: stream.id,
    payment_id: stream.paymentId,
    request_id: stream.requestId,
    index: event.index,
    created_at: Math.floor(event.createdAtMs / 1000),
    data: event.data,
  }
}
