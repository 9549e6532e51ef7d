// NIP-04, for wallet services that know nothing newer. It hides less than NIP-44 and proves nothing
// about who wrote the ciphertext: only a signed event around it does.

import { cbc } from '@noble/ciphers/aes.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { base64 } from '@scure/base'
import { EncryptionError } from './encryption-error.ts'

/** Longest plaintext in bytes that is encrypted here. */
export const NIP04_PLAINTEXT_BYTES_MAX = 131_072

/**
 * AES-256-CBC under the bare ECDH x coordinate; `iv` is 16 random bytes.
 * Throws EncryptionError `plaintext_too_long`.
 */
export function nip04Encrypt(plaintext: string, sharedX: Uint8Array, iv: Uint8Array): string {
  const bytes = utf8ToBytes(plaintext)
  if (bytes.length > NIP04_PLAINTEXT_BYTES_MAX) {
    throw new EncryptionError(
      'plaintext_too_long',
      `the plaintext must be at most ${NIP04_PLAINTEXT_BYTES_MAX} bytes, got ${bytes.length}`,
    )
  }
  return `${base64.encode(cbc(sharedX, iv).encrypt(bytes))}?iv=${base64.encode(iv)}`
}

/** The plaintext of `<base64>?iv=<base64>`. Throws EncryptionError `invalid_payload`. */
export function nip04Decrypt(payload: string, sharedX: Uint8Array): string {
  if (payload.length > PAYLOAD_CHARS_MAX) {
    throw new EncryptionError(
      'invalid_payload',
      `a NIP-04 payload must be at most ${PAYLOAD_CHARS_MAX} characters, got ${payload.length}`,
    )
  }
  const [ciphertext, iv, ...rest] = payload.split('?iv=')
  try {
    if (ciphertext === undefined || iv === undefined || rest.length > 0) throw new Error()
    const bytes = cbc(sharedX, base64.decode(iv)).decrypt(base64.decode(ciphertext))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new EncryptionError('invalid_payload', 'not a NIP-04 payload for this conversation')
  }
}

const PAYLOAD_CHARS_MAX = 176_000
