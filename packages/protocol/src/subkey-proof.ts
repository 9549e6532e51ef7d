// SubkeyProof, alone (kind 30000) and inside auth messages. Reading and writing only; whether it
// holds for a key is subkey.ts's business.

import { KeyError, type PublicKey, parsePublicKey } from './keys.ts'
import type { Secp256k1 } from './secp256k1.ts'
import {
  canonicalJson,
  type Fields,
  MalformedMessage,
  optionalObject,
  readMessage,
  requiredAmount,
  requiredObject,
  requiredString,
  requiredStrings,
  requiredTimestamp64,
  timestampText,
} from './wire-json.ts'

export type SubkeyPermission = 'auth' | 'payment'

export type SubkeyMetadata = {
  /** 0 to 255; not interpreted. */
  readonly version: number
  readonly name: string
  /** 32 bytes as 64 lowercase hex characters. */
  readonly nonce: string
  /** Unix seconds. */
  readonly validFrom: bigint
  /** Unix seconds. */
  readonly expiresAt: bigint
  readonly permissions: readonly SubkeyPermission[]
}

export type SubkeyProof = { readonly mainKey: PublicKey; readonly metadata: SubkeyMetadata }

/** The plaintext of the message. */
export function encodeSubkeyProof(proof: SubkeyProof): string {
  return canonicalJson(subkeyProofFields(proof))
}

/** The proof in a decrypted plaintext, or undefined when it is malformed; not verified here. */
export function parseSubkeyProof(plaintext: string, secp: Secp256k1): SubkeyProof | undefined {
  return readMessage(plaintext, (fields) => readSubkeyProof(fields, secp))
}

/** The proof as it stands in a message. */
export function subkeyProofFields({ mainKey, metadata }: SubkeyProof): Fields {
  return {
    main_key: mainKey,
    metadata: {
      expires_at: timestampText(metadata.expiresAt),
      name: metadata.name,
      nonce: metadata.nonce,
      permissions: metadata.permissions,
      valid_from: timestampText(metadata.validFrom),
      version: metadata.version,
    },
  }
}

/** The proof under `key`, null when there is none. Throws MalformedMessage. */
export function readOptionalSubkeyProof(
  fields: Fields,
  key: string,
  secp: Secp256k1,
): SubkeyProof | null {
  const proof = optionalObject(fields, key)
  return proof === null ? null : readSubkeyProof(proof, secp)
}

function readSubkeyProof(fields: Fields, secp: Secp256k1): SubkeyProof {
  const metadata = requiredObject(fields, 'metadata')
  return {
    mainKey: readPublicKey(requiredString(fields, 'main_key'), secp),
    metadata: {
      version: readVersion(metadata),
      name: requiredString(metadata, 'name'),
      nonce: readNonce(metadata),
      validFrom: requiredTimestamp64(metadata, 'valid_from'),
      expiresAt: requiredTimestamp64(metadata, 'expires_at'),
      permissions: requiredStrings(metadata, 'permissions').map(readPermission),
    },
  }
}

function readPublicKey(text: string, secp: Secp256k1): PublicKey {
  try {
    return parsePublicKey(text, secp)
  } catch (error) {
    if (error instanceof KeyError) throw new MalformedMessage(error.message)
    throw error
  }
}

function readVersion(metadata: Fields): number {
  const version = requiredAmount(metadata, 'version')
  if (version > 255n) throw new MalformedMessage('"version" must be 0 to 255')
  return Number(version)
}

function readNonce(metadata: Fields): string {
  const nonce = requiredString(metadata, 'nonce')
  if (!/^[0-9a-fA-F]{64}$/.test(nonce)) throw new MalformedMessage('"nonce" must be 64 hex')
  return nonce.toLowerCase()
}

function readPermission(text: string): SubkeyPermission {
  if (text === 'auth' || text === 'payment') return text
  throw new MalformedMessage('"permissions" may hold "auth" and "payment" only')
}
