// The Secp256k1 port on tiny-secp256k1 (libsecp256k1 compiled to WebAssembly). In Node the package
// reads and compiles its .wasm synchronously when this file is imported. A browser bundle gets it
// by the package's "browser" field, which imports `secp256k1.wasm` as a module: the bundler must
// support WebAssembly ES modules (webpack `asyncWebAssembly`, a wasm plugin for Vite or esbuild).

import * as tiny from 'tiny-secp256k1'
import type { Secp256k1 } from './secp256k1.ts'

export const secp256k1: Secp256k1 = {
  isXOnlyPoint: (x) => tiny.isXOnlyPoint(x),
  isSecretKey: (secret) => tiny.isPrivate(secret),
  xOnlyPublicKey: (secret) => tiny.xOnlyPointFromScalar(secret),
  publicKey: (secret) => required(tiny.pointFromScalar(secret, true)),
  signSchnorr: (hash, secret, auxRandom) => tiny.signSchnorr(hash, secret, auxRandom),
  verifySchnorr: (signature, hash, xOnly) =>
    orElse(false, () => tiny.verifySchnorr(hash, xOnly, signature)),
  // lift_x takes the even point, prefix 02; the sign does not change the x of a product.
  // A known limit: this multiplication is not constant-time in the secret.
  sharedX: (secret, xOnlyPeer) =>
    required(tiny.pointMultiply(evenPoint(xOnlyPeer), secret, true)).slice(1),
  signEcdsa: (hash, secret) => tiny.sign(hash, secret),
  signEcdsaRecoverable: (hash, secret) => tiny.signRecoverable(hash, secret),
  verifyEcdsa: (signature, hash, publicKey) =>
    orElse(false, () => tiny.verify(hash, publicKey, signature, false)),
  recoverEcdsa: (signature, hash, recoveryId) =>
    orElse(null, () => tiny.recover(hash, signature, recoveryId, true)),
  addTweakToSecret: (secret, tweak) => orElse(null, () => tiny.privateAdd(secret, tweak)),
  negateSecret: (secret) => tiny.privateNegate(secret),
  addTweakToPoint: (xOnly, tweak) =>
    orElse(null, () => tiny.xOnlyPointAddTweak(xOnly, tweak)?.xOnlyPubkey ?? null),
}

// The library throws on malformed input; for a stranger's input that is an answer, not an accident.
function orElse<T>(answer: T, run: () => T): T {
  try {
    return run()
  } catch {
    return answer
  }
}

function required(bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) throw new RangeError('the result is the point at infinity')
  return bytes
}

function evenPoint(xOnly: Uint8Array): Uint8Array {
  const point = new Uint8Array(33)
  point[0] = 2
  point.set(xOnly, 1)
  return point
}
