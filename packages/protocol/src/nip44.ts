// NIP-44 version 2. The symmetric part is nostr-tools'; the conversation key is made here, so that
// the elliptic-curve work is done by the injected Secp256k1.

import { extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { v2 } from 'nostr-tools/nip44'
import { EncryptionError } from './encryption-error.ts'

/** Longest plaintext in bytes that existing Portal wallets encrypt and accept: 65,536 − 128. */
export const NIP44_PLAINTEXT_BYTES_MAX = 65_408

/** HKDF-extract of the ECDH x coordinate: the key between two parties, equal for both. */
export function nip44ConversationKey(sharedX: Uint8Array): Uint8Array {
  return extract(sha256, sharedX, SALT)
}

/**
 * Encrypts 1 to 65,408 bytes of text; `nonce` is 32 random bytes, used once.
 * Throws EncryptionError `plaintext_empty` or `plaintext_too_long`.
 */
export function nip44Encrypt(
  plaintext: string,
  conversationKey: Uint8Array,
  nonce: Uint8Array,
): string {
  const length = utf8ToBytes(plaintext).length
  if (length === 0) throw new EncryptionError('plaintext_empty', 'NIP-44 cannot encrypt ""')
  if (length > NIP44_PLAINTEXT_BYTES_MAX) {
    throw new EncryptionError(
      'plaintext_too_long',
      `the plaintext must be at most ${NIP44_PLAINTEXT_BYTES_MAX} bytes, got ${length}`,
    )
  }
  return v2.encrypt(plaintext, conversationKey, nonce)
}

/**
 * The plaintext of a NIP-44 v2 payload, up to the 65,535 bytes of the first edition of NIP-44.
 * Throws EncryptionError `invalid_payload`.
 */
export function nip44Decrypt(payload: string, conversationKey: Uint8Array): string {
  if (payload.length > PAYLOAD_CHARS_MAX) {
    throw new EncryptionError(
      'invalid_payload',
      `a NIP-44 payload must be at most ${PAYLOAD_CHARS_MAX} characters, got ${payload.length}`,
    )
  }
  try {
    return v2.decrypt(payload, conversationKey)
  } catch {
    throw new EncryptionError('invalid_payload', 'not a NIP-44 v2 payload for this conversation')
  }
}

const SALT = utf8ToBytes('nip44-v2')

// Base64 of version, nonce, length, 65,536 padded bytes and MAC. The extended length prefix, which
// nostr-tools also reads, starts just above.
const PAYLOAD_CHARS_MAX = 87_472
