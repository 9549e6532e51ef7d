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
}

/** PostgreSQL takes messages of less than 8,000 bytes. */
const BYTES_MAX = 7_900
const KEYS_MAX = Math.floor((BYTES_MAX - 200) / 68)

export function wordText({ from, events, opened, handshakes }: Word): string {
  const keys = opened === null || opened.length > KEYS_MAX ? null : opened
  return JSON.stringify([from, events ? 1 : 0, handshakes ? 1 : 0, keys])
}

/** Null for what no daemon of this version says. */
export function readWord(text: string): Word | null {
  const parts = parsed(text)
  if (!Array.isArray(parts)) return null
  const [from, events, handshakes, keys]: unknown[] = parts
  if (typeof from !== 'string') return null
  const opened = Array.isArray(keys) ? keys.filter(isKey) : null
  return { from, events: events !== 0, opened, handshakes: handshakes !== 0 }
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
