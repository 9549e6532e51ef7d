// Nostr keys as NIP-01 writes them (hex) and as NIP-19 shows them to people (npub, nsec).

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { bech32 } from '@scure/base'
import type { Brand } from './brand.ts'
import type { RandomBytes, Secp256k1 } from './secp256k1.ts'

/** 64 lowercase hex characters: a BIP-340 public key, known to be on the curve. */
export type PublicKey = Brand<string, 'PublicKey'>

/** 32 bytes, a valid secp256k1 secret. Never in a log, an error or a URL. */
export type SecretKey = Brand<Uint8Array, 'SecretKey'>

/** A key that cannot be read. The message never repeats what was given: it may be a secret. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
  readonly code: 'invalid_public_key' | 'invalid_secret_key'

  constructor(code: KeyError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Reads a public key given as hex of any case, `npub1…` or `nostr:npub1…`.
 * Throws KeyError `invalid_public_key`.
 */
export function parsePublicKey(text: string, secp: Secp256k1): PublicKey {
  const bytes = HEX_32.test(text) ? hexToBytes(text) : bech32Bytes('npub', text)
  if (bytes === undefined) {
    throw new KeyError(
      'invalid_public_key',
      'a public key must be 64 hex characters or npub1… (NIP-19)',
    )
  }
  if (!secp.isXOnlyPoint(bytes)) {
    throw new KeyError('invalid_public_key', 'the public key is not a point on secp256k1')
  }
  return bytesToHex(bytes) as PublicKey
}

/** Reads a secret key, hex of any case or `nsec1…`. Throws KeyError `invalid_secret_key`. */
export function parseSecretKey(text: string, secp: Secp256k1): SecretKey {
  const bytes = HEX_32.test(text) ? hexToBytes(text) : bech32Bytes('nsec', text)
  if (bytes === undefined) {
    throw new KeyError(
      'invalid_secret_key',
      'a secret key must be 64 hex characters or nsec1… (NIP-19)',
    )
  }
  return secretKeyOf(bytes, secp)
}

/** Takes 32 bytes as a secret key. Throws KeyError `invalid_secret_key` when out of range. */
export function secretKeyOf(bytes: Uint8Array, secp: Secp256k1): SecretKey {
  if (!secp.isSecretKey(bytes)) {
    throw new KeyError(
      'invalid_secret_key',
      'the secret key is not 32 bytes between 1 and the group order of secp256k1',
    )
  }
  return bytes as SecretKey
}

/** A new secret key from `random`. */
export function generateSecretKey(random: RandomBytes, secp: Secp256k1): SecretKey {
  // One draw in 2^128 is out of range, so a second failure means that the source is broken.
  const first = random(32)
  return secretKeyOf(secp.isSecretKey(first) ? first : random(32), secp)
}

export function publicKeyOf(secret: SecretKey, secp: Secp256k1): PublicKey {
  return bytesToHex(secp.xOnlyPublicKey(secret)) as PublicKey
}

/** NIP-19 `npub1…`. */
export function npubOf(key: PublicKey): string {
  return bech32.encode('npub', bech32.toWords(hexToBytes(key)))
}

/** NIP-19 `nsec1…`: a secret in text form. */
export function nsecOf(secret: SecretKey): string {
  return bech32.encode('nsec', bech32.toWords(secret))
}

/** Lowercase hex. */
export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes)
}

/** Bytes of an even number of hex characters of any case. Throws on anything else. */
export function fromHex(hex: string): Uint8Array {
  return hexToBytes(hex)
}

const HEX_32 = /^[0-9a-fA-F]{64}$/

function bech32Bytes(prefix: 'npub' | 'nsec', text: string): Uint8Array | undefined {
  // NIP-21: a nostr: URI carries any NIP-19 word but nsec.
  const word = prefix === 'npub' && text.startsWith('nostr:') ? text.slice(6) : text
  const decoded = bech32.decodeUnsafe(word)
  if (decoded === undefined || decoded.prefix !== prefix) return undefined
  const bytes = bech32.fromWordsUnsafe(decoded.words)
  return bytes?.length === 32 ? Uint8Array.from(bytes) : undefined
}
