// Nostr events and filters (NIP-01). Shape, id and signature; nothing about what they say.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { PublicKey } from './keys.ts'
import type { Secp256k1 } from './secp256k1.ts'

export type NostrEvent = {
  readonly id: string
  /** Its shape is checked by parseEvent; that it is on the curve, only by verifyEvent. */
  readonly pubkey: PublicKey
  /** Unix seconds. */
  readonly created_at: number
  readonly kind: number
  readonly tags: readonly (readonly string[])[]
  readonly content: string
  readonly sig: string
}

export type EventTemplate = {
  readonly kind: number
  /** Unix seconds. */
  readonly created_at: number
  readonly tags: readonly (readonly string[])[]
  readonly content: string
}

export type Filter = {
  ids?: string[]
  authors?: string[]
  kinds?: number[]
  since?: number
  until?: number
  limit?: number
  [tag: `#${string}`]: string[] | undefined
}

/** The event in `value`, without any further properties, or undefined. No cryptography here. */
export function parseEvent(value: unknown): NostrEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, pubkey, created_at, kind, tags, content, sig } = value as Record<string, unknown>
  if (typeof id !== 'string' || !HEX_32.test(id)) return undefined
  if (typeof pubkey !== 'string' || !HEX_32.test(pubkey)) return undefined
  if (typeof sig !== 'string' || !HEX_64.test(sig)) return undefined
  if (!isIntegerUpTo(created_at, Number.MAX_SAFE_INTEGER)) return undefined
  if (!isIntegerUpTo(kind, KIND_MAX)) return undefined
  if (typeof content !== 'string' || !isTags(tags)) return undefined
  return { id, pubkey: pubkey as PublicKey, created_at, kind, tags, content, sig }
}

/** SHA-256 of the canonical serialisation of NIP-01, 32 bytes: the id, and what is signed. */
export function eventHash(template: EventTemplate, pubkey: PublicKey): Uint8Array {
  const { created_at, kind, tags, content } = template
  return sha256(utf8ToBytes(JSON.stringify([0, pubkey, created_at, kind, tags, content])))
}

/** True when the id is the event's hash and the signature (BIP-340) is the author's. */
export function verifyEvent(event: NostrEvent, secp: Secp256k1): boolean {
  const hash = eventHash(event, event.pubkey)
  if (bytesToHex(hash) !== event.id) return false
  return secp.verifySchnorr(hexToBytes(event.sig), hash, hexToBytes(event.pubkey))
}

/** True when the event fulfils every condition of the filter; `limit` is not one. */
export function matchesFilter(filter: Filter, event: NostrEvent): boolean {
  if (filter.kinds !== undefined && !filter.kinds.includes(event.kind)) return false
  if (filter.authors !== undefined && !filter.authors.includes(event.pubkey)) return false
  if (filter.ids !== undefined && !filter.ids.includes(event.id)) return false
  if (filter.since !== undefined && event.created_at < filter.since) return false
  if (filter.until !== undefined && event.created_at > filter.until) return false
  for (const key in filter) {
    if (key.charCodeAt(0) !== HASH_SIGN) continue
    const wanted = filter[key as `#${string}`]
    if (wanted !== undefined && !hasTag(event, key.slice(1), wanted)) return false
  }
  return true
}

/** True when at least one of the filters matches. */
export function matchesAnyFilter(filters: readonly Filter[], event: NostrEvent): boolean {
  return filters.some((filter) => matchesFilter(filter, event))
}

/** The values of the event's "p" tags, in order, as they stand there. */
export function taggedKeys(event: NostrEvent): string[] {
  const keys: string[] = []
  for (const [name, value] of event.tags) {
    if (name === 'p' && value !== undefined) keys.push(value)
  }
  return keys
}

const HEX_32 = /^[0-9a-f]{64}$/
const HEX_64 = /^[0-9a-f]{128}$/
const KIND_MAX = 65_535
const HASH_SIGN = 0x23

function isIntegerUpTo(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
}

function isTags(value: unknown): value is string[][] {
  if (!Array.isArray(value)) return false
  return value.every((tag) => Array.isArray(tag) && tag.every((item) => typeof item === 'string'))
}

function hasTag(event: NostrEvent, name: string, wanted: readonly string[]): boolean {
  return event.tags.some(
    ([tagName, value]) => tagName === name && value !== undefined && wanted.includes(value),
  )
}
