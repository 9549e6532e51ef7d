// Auth response, kind 27001, wallet → merchant. `status` is tagged inside, by its own "status".

import type { Secp256k1 } from './secp256k1.ts'
import { readOptionalSubkeyProof, type SubkeyProof, subkeyProofFields } from './subkey-proof.ts'
import {
  canonicalJson,
  type Fields,
  MalformedMessage,
  optionalString,
  readMessage,
  requiredObject,
  requiredString,
  requiredStrings,
} from './wire-json.ts'

export type AuthStatus =
  | {
      readonly status: 'approved'
      readonly grantedPermissions: readonly string[]
      /** Real wallets send a JWT: see session-token.ts. */
      readonly sessionToken: string
    }
  | { readonly status: 'declined'; readonly reason: string | null }

export type AuthResponse = {
  readonly challenge: string
  readonly status: AuthStatus
  /** Set when the wallet answers on a subkey. */
  readonly subkeyProof: SubkeyProof | null
}

/** The plaintext of the message. */
export function encodeAuthResponse(message: AuthResponse): string {
  return canonicalJson({
    challenge: message.challenge,
    status: statusFields(message.status),
    subkey_proof: message.subkeyProof && subkeyProofFields(message.subkeyProof),
  })
}

/** The message in a decrypted plaintext, or undefined. The proof in it is not verified here. */
export function parseAuthResponse(plaintext: string, secp: Secp256k1): AuthResponse | undefined {
  return readMessage(plaintext, (fields) => ({
    challenge: requiredString(fields, 'challenge'),
    status: readStatus(requiredObject(fields, 'status')),
    subkeyProof: readOptionalSubkeyProof(fields, 'subkey_proof', secp),
  }))
}

function statusFields(status: AuthStatus): Fields {
  switch (status.status) {
    case 'approved':
      return {
        granted_permissions: status.grantedPermissions,
        session_token: status.sessionToken,
        status: 'approved',
      }
    case 'declined':
      return { reason: status.reason, status: 'declined' }
  }
}

function readStatus(fields: Fields): AuthStatus {
  const status = requiredString(fields, 'status')
  if (status === 'approved') {
    return {
      status,
      grantedPermissions: requiredStrings(fields, 'granted_permissions'),
      sessionToken: requiredString(fields, 'session_token'),
    }
  }
  if (status === 'declined') return { status, reason: optionalString(fields, 'reason') }
  throw new MalformedMessage('"status" must be "approved" or "declined"')
}
