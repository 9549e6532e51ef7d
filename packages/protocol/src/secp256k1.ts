// The elliptic-curve operations that Nostr and Lightning need, as a port. Everything in this
// package takes it as an argument; secp256k1-wasm.ts is the implementation in use.

/** Fresh random bytes, from a cryptographically secure source. */
export type RandomBytes = (length: number) => Uint8Array

export type RecoveryId = 0 | 1 | 2 | 3

/**
 * Operations on secp256k1. Predicates and verifications answer false for malformed input and
 * never throw; the others throw on arguments of a wrong length or off the curve. Null means that
 * the result does not exist (a tweak at or above the group order, the point at infinity).
 */
export interface Secp256k1 {
  isXOnlyPoint(x: Uint8Array): boolean
  isSecretKey(secret: Uint8Array): boolean
  /** BIP-340 public key: 32 bytes. */
  xOnlyPublicKey(secret: Uint8Array): Uint8Array
  /** Compressed public key: 33 bytes. */
  publicKey(secret: Uint8Array): Uint8Array
  /** BIP-340 signature: 64 bytes. `auxRandom` is 32 bytes. */
  signSchnorr(hash: Uint8Array, secret: Uint8Array, auxRandom: Uint8Array): Uint8Array
  verifySchnorr(signature: Uint8Array, hash: Uint8Array, xOnly: Uint8Array): boolean
  /** ECDH as NIP-04 and NIP-44 have it: the bare x coordinate, 32 bytes. */
  sharedX(secret: Uint8Array, xOnlyPeer: Uint8Array): Uint8Array
  /** ECDSA with the nonce of RFC 6979: 64 bytes r‖s, low S. */
  signEcdsa(hash: Uint8Array, secret: Uint8Array): Uint8Array
  signEcdsaRecoverable(
    hash: Uint8Array,
    secret: Uint8Array,
  ): { signature: Uint8Array; recoveryId: RecoveryId }
  /** High S is accepted as well as low S. */
  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean
  /** The compressed public key (33 bytes) that signed, or null. */
  recoverEcdsa(signature: Uint8Array, hash: Uint8Array, recoveryId: RecoveryId): Uint8Array | null
  addTweakToSecret(secret: Uint8Array, tweak: Uint8Array): Uint8Array | null
  negateSecret(secret: Uint8Array): Uint8Array
  /** x coordinate of lift_x(xOnly) + tweak·G, 32 bytes. */
  addTweakToPoint(xOnly: Uint8Array, tweak: Uint8Array): Uint8Array | null
}
