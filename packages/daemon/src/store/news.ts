// What a transaction brought that others wait for, and how daemons tell each other of it.
import type { PublicKey } from 'portal-protocol'
import type { LogEvent } from '../log/stream.ts'

export type News = {
  readonly events: readonly LogEvent[]
  /** Keys that may answer what was created or widened. */
  readonly opened: readonly PublicKey[]
  /** A handshake began or ended. */
  readonly handshakes: boolean
}

/** News in a message: whoever needs the events reads them. */
export type Word = {
  /** Who says it, so that it can pass over its own. */
  readonly from: string
  readonly events: boolean
  /** Null: too many to name. */
  readonly opened: readonly PublicKey[] | null
  readonly handshakes: boolean
  /** Marks of Nostr events about which nothing more is to be done. */
  readonly handled: readonly string[]
}

/** PostgreSQL takes messages of less than 8,000 bytes: a key takes 67 of them, a mark 19. */
const KEYS_MAX = 80
export const HANDLED_MAX = 120

/** `handled`: at most HANDLED_MAX. */
export function wordText({ from, events, opened, handshakes, handled }: Word): string {
  const keys = opened === null || opened.length > KEYS_MAX ? null : opened
  return JSON.stringify([from, events ? 1 : 0, handshakes ? 1 : 0, keys, handled])
}

/** Null for what no daemon of this version says. */
export function readWord(text: string): Word | null {
  const parts = parsed(text)
  if (!Array.isArray(parts)) return null
  const [from, events, handshakes, keys, marks]: unknown[] = parts
  if (typeof from !== 'string') return null
  const opened = Array.isArray(keys) ? keys.filter(isKey) : null
  const handled = Array.isArray(marks) ? marks.filter((mark) => typeof mark === 'string') : []
  return { from, events: events !== 0, opened, handshakes: handshakes !== 0, handled }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isKey(key: unknown): key is PublicKey {
  return typeof key === 'string' && /^[0-9a-f]{64}$/.test(key)
}
