// A stand-in for secp256k1 that costs a hash at most: deterministic, and as far as the daemon can see
// with the same properties (a signature fits its key and hash, both sides share one secret, tweaked
// keys and secrets stay together). Worthless against anybody who would look for the secret.
import { hash } from 'node:crypto'
import type { Secp256k1 } from 'portal-protocol'

const ORDER = 2n ** 256n
// Public key and secret differ by this, so that nobody takes the one for the other.
const OFFSET = BigInt(`0x${'5a'.repeat(32)}`)

export const standInSecp256k1: Secp256k1 = {
  isXOnlyPoint: (x) => x.length === 32 && !isZero(x),
  isSecretKey: (secret) => secret.length === 32 && !isZero(secret),
  xOnlyPublicKey,
  publicKey: (secret) => even(xOnlyPublicKey(secret)),
  signSchnorr: (message, secret) => signature('schnorr', xOnlyPublicKey(secret), message),
  verifySchnorr: (given, message, xOnly) => equal(given, signature('schnorr', xOnly, message)),
  sharedX(secret, xOnlyPeer) {
    const own = xOnlyPublicKey(secret)
    return digest(
      'shared',
      own.map((byte, i) => byte ^ (xOnlyPeer[i] ?? 0)),
      xOnlyPeer.slice(0, 0),
    )
  },
  signEcdsa: (message, secret) => ecdsa(xOnlyPublicKey(secret), message),
  signEcdsaRecoverable: (message, secret) => ({
    signature: ecdsa(xOnlyPublicKey(secret), message),
    recoveryId: 0,
  }),
  verifyEcdsa: (given, message, publicKey) => equal(given, ecdsa(publicKey.slice(1), message)),
  recoverEcdsa(given, message) {
    const signer = given.slice(0, 32)
    return equal(given, ecdsa(signer, message)) ? even(signer) : null
  },
  addTweakToSecret: (secret, tweak) => bytesOf(integerOf(secret) + integerOf(tweak)),
  negateSecret: (secret) => bytesOf(ORDER - integerOf(secret)),
  addTweakToPoint: (xOnly, tweak) => bytesOf(integerOf(xOnly) + integerOf(tweak)),
}

function xOnlyPublicKey(secret: Uint8Array): Uint8Array {
  return bytesOf(integerOf(secret) + OFFSET)
}

function signature(kind: string, signer: Uint8Array, message: Uint8Array): Uint8Array {
  const half = digest(kind, signer, message)
  return Buffer.concat([half, half])
}

// The signer stands in it, as it can be found in a real one.
function ecdsa(signer: Uint8Array, message: Uint8Array): Uint8Array {
  return Buffer.concat([signer, digest('ecdsa', signer, message)])
}

function digest(kind: string, a: Uint8Array, b: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([Buffer.from(kind), a, b]), 'buffer')
}

function even(xOnly: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(2), xOnly])
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function integerOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`)
}

function bytesOf(integer: bigint): Uint8Array {
  return Buffer.from((integer % ORDER).toString(16).padStart(64, '0'), 'hex')
}
