// The id of an event outside the daemon: the same for every receiver, over retries and restarts.
import type { LogEvent, StreamId } from './stream.ts'

/** `evt_` with stream and index. */
export function eventId({ stream, index }: Pick<LogEvent, 'stream' | 'index'>): string {
  return `evt_${stream.id}_${index}`
}

/** Null for anything that `eventId` did not make. */
export function readEventId(id: string): { stream: StreamId; index: number } | null {
  const [, stream, index] = /^evt_([A-Za-z0-9_-]{1,64})_(0|[1-9]\d{0,14})$/.exec(id) ?? []
  return stream === undefined ? null : { stream: stream as StreamId, index: Number(index) }
}
