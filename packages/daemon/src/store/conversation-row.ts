// A key handshake or an authentication as a row, and back.
import type { Authentication } from '../authentication/authentication.ts'
import type { Conversation } from '../engine/ports.ts'
import type { Handshake } from '../handshake/handshake.ts'
import type { StreamId } from '../log/stream.ts'
import { damaged, flag, present, publicKey, publicKeys } from './decode.ts'
import type { ConversationRow } from './schema.ts'

export function conversationRow(c: Conversation, wakeAtMs: number | null): ConversationRow {
  const common = {
    stream_id: c.streamId,
    type: c.type,
    version: c.version,
    created_at_ms: c.createdAtMs,
    expires_at: c.expiresAt,
    ended: c.ended ? 1 : 0,
    event_count: c.eventCount,
    wake_at_ms: wakeAtMs,
  }
  switch (c.type) {
    case 'key_handshake':
      return {
        ...common,
        ...NO_AUTHENTICATION,
        token: c.token,
        url: c.url,
        reusable: c.reusable ? 1 : 0,
      }
    case 'authenticate_key':
      return {
        ...common,
        ...NO_HANDSHAKE,
        main_key: c.mainKey,
        subkeys: JSON.stringify(c.subkeys),
        challenge: c.challenge,
        first_sent_at_ms: c.firstSentAtMs,
        last_sent_at_ms: c.lastSentAtMs,
        task_at_ms: c.taskAtMs,
      }
  }
}

/** Throws StoreError `damaged`. */
export function conversationOf(row: ConversationRow): Conversation {
  switch (row.type) {
    case 'key_handshake':
      return handshakeOf(row)
    case 'authenticate_key':
      return authenticationOf(row)
    default:
      throw damaged('conversations.type')
  }
}

const NO_HANDSHAKE = { token: null, url: null, reusable: null } as const
const NO_AUTHENTICATION = {
  main_key: null,
  subkeys: null,
  challenge: null,
  first_sent_at_ms: null,
  last_sent_at_ms: null,
  task_at_ms: null,
} as const

function handshakeOf(row: ConversationRow): Handshake {
  return {
    type: 'key_handshake',
    streamId: row.stream_id as StreamId,
    version: row.version,
    token: present(row.token, 'conversations.token'),
    url: present(row.url, 'conversations.url'),
    reusable: flag(present(row.reusable, 'conversations.reusable'), 'conversations.reusable'),
    createdAtMs: row.created_at_ms,
    expiresAt: row.expires_at,
    ended: flag(row.ended, 'conversations.ended'),
    eventCount: row.event_count,
  }
}

function authenticationOf(row: ConversationRow): Authentication {
  return {
    type: 'authenticate_key',
    streamId: row.stream_id as StreamId,
    version: row.version,
    mainKey: publicKey(present(row.main_key, 'conversations.main_key'), 'conversations.main_key'),
    subkeys: publicKeys(present(row.subkeys, 'conversations.subkeys'), 'conversations.subkeys'),
    challenge: present(row.challenge, 'conversations.challenge'),
    createdAtMs: row.created_at_ms,
    expiresAt: present(row.expires_at, 'conversations.expires_at'),
    firstSentAtMs: row.first_sent_at_ms,
    lastSentAtMs: row.last_sent_at_ms,
    taskAtMs: present(row.task_at_ms, 'conversations.task_at_ms'),
    ended: flag(row.ended, 'conversations.ended'),
    eventCount: row.event_count,
  }
}
