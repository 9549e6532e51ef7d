// Why a text could not be encrypted or decrypted.

export type EncryptionErrorCode =
  | 'invalid_payload'
  | 'invalid_peer_key'
  | 'plaintext_empty'
  | 'plaintext_too_long'

/** Carries no part of the plaintext, the payload or a key. */
export class EncryptionError extends Error {
  override readonly name = 'EncryptionError'
  readonly code: EncryptionErrorCode

  constructor(code: EncryptionErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
