// Words of the append-only log: what a merchant sees is events in streams, read by index or, over all
// streams, by position.
import type { Json } from './json.ts'

declare const brand: unique symbol
export type StreamId = string & { readonly [brand]: 'StreamId' }

export type StreamType = 'payment' | 'key_handshake' | 'authenticate_key'

export type Stream = {
  readonly id: StreamId
  readonly type: StreamType
  readonly paymentId: string | null
  readonly requestId: string | null
  /** True once its last event was told; only late money may follow. */
  readonly ended: boolean
}

/** One event as it is kept: `index` dense from 0 in its stream, `position` increasing over all. */
export type LogEvent = {
  readonly position: number
  readonly stream: Stream
  readonly index: number
  readonly createdAtMs: number
  /** Exactly what the merchant is told, in the words of the API. */
  readonly data: Json
}
