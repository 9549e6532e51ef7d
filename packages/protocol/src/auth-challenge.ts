// Auth challenge, kind 27000, merchant → wallet.

import type { Secp256k1 } from './secp256k1.ts'
import { readOptionalSubkeyProof, type SubkeyProof, subkeyProofFields } from './subkey-proof.ts'
import {
  canonicalJson,
  readMessage,
  requiredString,
  requiredStrings,
  requiredTimestamp,
  timestampText,
} from './wire-json.ts'

export type AuthChallenge = {
  /** Echoed by the answer. */
  readonly challenge: string
  /** Unix seconds; a wallet ignores the challenge after it. */
  readonly expiresAt: number
  readonly requiredPermissions: readonly string[]
  /** Set when the merchant runs on a subkey. */
  readonly subkeyProof: SubkeyProof | null
}

/** The plaintext of the message. */
export function encodeAuthChallenge(message: AuthChallenge): string {
  return canonicalJson({
    challenge: message.challenge,
    expires_at: timestampText(message.expiresAt),
    required_permissions: message.requiredPermissions,
    subkey_proof: message.subkeyProof && subkeyProofFields(message.subkeyProof),
  })
}

/** The message in a decrypted plaintext, or undefined. The proof in it is not verified here. */
export function parseAuthChallenge(plaintext: string, secp: Secp256k1): AuthChallenge | undefined {
  return readMessage(plaintext, (fields) => ({
    challenge: requiredString(fields, 'challenge'),
    expiresAt: requiredTimestamp(fields, 'expires_at'),
    requiredPermissions: requiredStrings(fields, 'required_permissions'),
    subkeyProof: readOptionalSubkeyProof(fields, 'subkey_proof', secp),
  }))
}
