// Keys and events for tests, made from a seed so that they stay the same.

import {
  createIdentity,
  type EventTemplate,
  type Identity,
  type NostrEvent,
  parseSecretKey,
  type SecretKey,
  secp256k1,
} from 'portal-protocol'

export const secp = secp256k1

/** Not random at all. */
export const evenBytes = (length: number): Uint8Array => new Uint8Array(length).fill(7)

export function secretOf(seed: number): SecretKey {
  return parseSecretKey(seed.toString(16).padStart(64, '0'), secp)
}

export function person(seed: number): Identity {
  return createIdentity(secretOf(seed), { secp, random: evenBytes })
}

export function eventOf(author: Identity, fields: Partial<EventTemplate> = {}): NostrEvent {
  return author.sign({ kind: 28_000, created_at: 1_790_000_000, tags: [], content: '', ...fields })
}

/** The same id, but somebody else's words. */
export function forged(event: NostrEvent): NostrEvent {
  return { ...event, content: `${event.content}!` }
}
