// Streams and events as rows, and back.
import type { Json } from '../log/json.ts'
import type { LogEvent, Stream, StreamId, StreamType } from '../log/stream.ts'
import { flag, json, word } from './decode.ts'
import type { EventRow, StreamRow } from './schema.ts'

/** An event joined with its stream. */
export type LogEventRow = Omit<EventRow, 'stream_id'> & StreamRow

export function streamRow(stream: Stream): StreamRow {
  return {
    id: stream.id,
    type: stream.type,
    payment_id: stream.paymentId,
    request_id: stream.requestId,
    ended: stream.ended ? 1 : 0,
  }
}

/** Throws StoreError `damaged`. */
export function streamOf(row: StreamRow): Stream {
  return {
    id: row.id as StreamId,
    type: word(TYPE, row.type, 'streams.type'),
    paymentId: row.payment_id,
    requestId: row.request_id,
    ended: flag(row.ended, 'streams.ended'),
  }
}

/** Throws StoreError `damaged`. */
export function logEventOf(row: LogEventRow): LogEvent {
  return {
    position: row.position,
    stream: streamOf(row),
    index: row.idx,
    createdAtMs: row.created_at_ms,
    data: json(row.data, 'events.data') as Json,
  }
}

const TYPE: { readonly [T in StreamType]: T } = {
  payment: 'payment',
  key_handshake: 'key_handshake',
  authenticate_key: 'authenticate_key',
}
