// Events as the daemon of version 0.4 posted them, for receivers that were written for it: its
// event, the fields flat beside `type`, with the stream's id.
import type { Authentication } from '../authentication/authentication.ts'
import type { Json, JsonObject } from '../log/json.ts'
import type { LogEvent } from '../log/stream.ts'

export function olderBody(event: LogEvent, authentication: Authentication | null): JsonObject {
  const { stream, index, createdAtMs } = event
  const data = isObject(event.data) ? event.data : {}
  const head = { stream_id: stream.id, index, timestamp: timestamp(createdAtMs) }
  switch (stream.type) {
    case 'payment':
      return { ...head, type: 'payment_status_update', status: paymentStatus(data) }
    case 'key_handshake':
      return { ...head, ...keyHandshake(data) }
    case 'authenticate_key':
      return { ...head, ...authenticateKey(data, authentication) }
  }
}

export function olderTestBody(atMs: number): JsonObject {
  // It had no type for this, and a receiver may refuse what it does not know. No stream has this id.
  const reason = 'This is a test of the webhook: nothing happened'
  return { stream_id: 'test', index: 0, timestamp: timestamp(atMs), type: 'error', reason }
}

// Its unions knew fewer fields, and receivers may be strict about them.
function paymentStatus(data: JsonObject): JsonObject {
  const { status = null, preimage = null, reason = null } = data
  switch (status) {
    case 'paid':
      // The one word it did not know: without it late money would look like any other.
      return data.late === true ? { status, preimage, late: true } : { status, preimage }
    case 'error':
    case 'user_failed':
    case 'user_rejected':
      return { status, reason }
    case 'timeout':
      return { status }
    case 'user_approved':
    case 'held':
      // It did not know `held`: the wallet said yes, the money is not here yet.
      return { status: 'user_approved' }
  }
  return data
}

function keyHandshake(data: JsonObject): JsonObject {
  if ('status' in data) return { type: 'error', reason: `Key handshake: ${String(data.status)}` }
  const { main_key = null, preferred_relays = [] } = data
  return { type: 'key_handshake', main_key, preferred_relays }
}

function authenticateKey(data: JsonObject, authentication: Authentication | null): JsonObject {
  const { status = null, session_token = null, reason = null } = data
  if (status === 'timeout') return { type: 'error', reason: 'Failed to authenticate key: Timeout' }
  const user_key: Json = data.user_key ?? authentication?.mainKey ?? ''
  const challenge = authentication?.challenge ?? ''
  const answer =
    status === 'approved' ? { status, granted_permissions: [], session_token } : { status, reason }
  return { type: 'authenticate_key', user_key, recipient: user_key, challenge, status: answer }
}

// RFC 3339 with the offset written out.
function timestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+00:00')
}

function isObject(data: Json): data is JsonObject {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}
