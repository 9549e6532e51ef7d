// What happened, in one word: the type of a stream and the status its event tells.
import type { Json } from './json.ts'
import type { StreamType } from './stream.ts'

/** Every type there is. */
export const EVENT_TYPES = [
  'payment.user_approved',
  'payment.user_failed',
  'payment.held',
  'payment.paid',
  'payment.user_rejected',
  'payment.timeout',
  'payment.error',
  'key_handshake.scanned',
  'key_handshake.timeout',
  'key_handshake.closed',
  'authenticate_key.approved',
  'authenticate_key.declined',
  'authenticate_key.timeout',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

/** `payment.paid`; a scan of a key handshake has no status and is `key_handshake.scanned`. */
export function eventType(stream: StreamType, data: Json): string {
  const told = typeof data === 'object' && data !== null && 'status' in data ? data.status : null
  return `${stream}.${typeof told === 'string' ? told : 'scanned'}`
}

/** Whether an event is among those chosen; null: all are. */
export function isChosen(
  stream: StreamType,
  data: Json,
  chosen: readonly EventType[] | null,
): boolean {
  return chosen === null || chosen.some((type) => type === eventType(stream, data))
}

export function isEventType(text: string): text is EventType {
  return EVENT_TYPES.some((type) => type === text)
}
