// Subkeys: keys derived from a main key and public metadata, so that anybody who knows both can
// check the relation without asking the main key's owner.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { KeyError, type PublicKey, type SecretKey, secretKeyOf } from './keys.ts'
import type { Secp256k1 } from './secp256k1.ts'
import type { SubkeyMetadata, SubkeyProof } from './subkey-proof.ts'
import { U64_MAX } from './wire-json.ts'

/**
 * True when `key` is the subkey of `proof.mainKey` under `proof.metadata`, by today's rule or by
 * the one of wallets before it, and `atUnix` (unix seconds; null: any time) is within its dates.
 */
export function verifySubkeyProof(
  proof: SubkeyProof,
  key: PublicKey,
  atUnix: number | null,
  secp: Secp256k1,
): boolean {
  const { metadata } = proof
  if (atUnix !== null && !isWithinDates(metadata, atUnix)) return false
  const mainKey = hexToBytes(proof.mainKey)
  return TWEAK_RULES.some((tweakOf) => {
    const tweak = tweakOf(metadata)
    const subkey = tweak && secp.addTweakToPoint(mainKey, tweak)
    return subkey !== null && bytesToHex(subkey) === key
  })
}

/** The subkey's secret by today's rule. Throws KeyError when this metadata makes none. */
export function deriveSubkeySecret(
  main: SecretKey,
  metadata: SubkeyMetadata,
  secp: Secp256k1,
): SecretKey {
  const tweak = subkeyTweak(metadata)
  const subkey = tweak && secp.addTweakToSecret(evenYSecret(main, secp), tweak)
  if (subkey === null) {
    throw new KeyError(
      'invalid_secret_key',
      'no subkey: version must be 0..255, nonce 64 lowercase hex, name up to 65,535 bytes, ' +
        'times up to 2^64-1; if they are, change the nonce',
    )
  }
  return secretKeyOf(subkey, secp)
}

/** BIP-340: the secret whose point has even Y, which is the point that an x-only key stands for. */
export function evenYSecret(secret: SecretKey, secp: Secp256k1): SecretKey {
  const isOdd = secp.publicKey(secret)[0] === 3
  return isOdd ? secretKeyOf(secp.negateSecret(secret), secp) : secret
}

/** Metadata as the bytes that are hashed; null when it does not fit its fields. */
export function subkeyCanonicalBytes(metadata: SubkeyMetadata): Uint8Array | null {
  const name = utf8ToBytes(metadata.name)
  if (name.length > 0xffff || !fitsItsFields(metadata)) return null
  const bytes = new Uint8Array(1 + 2 + name.length + 32 + 8 + 8 + 1)
  const view = new DataView(bytes.buffer)
  const nonceAt = 3 + name.length
  view.setUint8(0, metadata.version)
  view.setUint16(1, name.length, true)
  bytes.set(name, 3)
  bytes.set(hexToBytes(metadata.nonce), nonceAt)
  view.setBigUint64(nonceAt + 32, metadata.validFrom, true)
  view.setBigUint64(nonceAt + 40, metadata.expiresAt, true)
  view.setUint8(nonceAt + 48, permissionMask(metadata))
  return bytes
}

/** The tagged hash of the canonical bytes, 32 bytes; null as subkeyCanonicalBytes. */
export function subkeyTweak(metadata: SubkeyMetadata): Uint8Array | null {
  const bytes = subkeyCanonicalBytes(metadata)
  return bytes && sha256(concatBytes(TAG, TAG, bytes))
}

const TAG = sha256(utf8ToBytes('Portal/Subkey'))

// Wallet libraries up to 0.4.16 hashed the metadata's JSON, in the order of its declaration. The
// two rules cannot be told apart by the proof, and a proof by one never holds by the other.
function oldSubkeyTweak(metadata: SubkeyMetadata): Uint8Array {
  const { name, nonce, validFrom, expiresAt, permissions, version } = metadata
  const json = JSON.stringify({
    name,
    nonce,
    valid_from: String(validFrom),
    expires_at: String(expiresAt),
    permissions,
    version,
  })
  return sha256(utf8ToBytes(json))
}

const TWEAK_RULES = [subkeyTweak, oldSubkeyTweak]

function isWithinDates(metadata: SubkeyMetadata, atUnix: number): boolean {
  return metadata.validFrom <= atUnix && atUnix <= metadata.expiresAt
}

function fitsItsFields({ version, nonce, validFrom, expiresAt }: SubkeyMetadata): boolean {
  if (!Number.isInteger(version) || version < 0 || version > 0xff) return false
  if (!/^[0-9a-f]{64}$/.test(nonce)) return false
  return [validFrom, expiresAt].every((time) => time >= 0n && time <= U64_MAX)
}

function permissionMask(metadata: SubkeyMetadata): number {
  const auth = metadata.permissions.includes('auth') ? 0x01 : 0
  const payment = metadata.permissions.includes('payment') ? 0x02 : 0
  return auth | payment
}
