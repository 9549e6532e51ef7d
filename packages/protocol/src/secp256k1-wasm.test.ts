import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../vectors/bip340.json' with { type: 'json' }
import { fromHex, toHex } from './keys.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const secrets = bytes32.filter((bytes) => secp.isSecretKey(bytes))
const anyBytes = fc.uint8Array({ maxLength: 70 })

test('BIP-340: every vector signs and verifies as it says', () => {
  assert.equal(vectors.vectors.length, 15)
  for (const vector of vectors.vectors) {
    const publicKey = fromHex(vector.public_key)
    if (vector.message === null || vector.signature === null) {
      assert.equal(secp.isXOnlyPoint(publicKey), false, `vector ${vector.index}`)
      continue
    }
    const message = fromHex(vector.message)
    const verifies = secp.verifySchnorr(fromHex(vector.signature), message, publicKey)
    assert.equal(verifies, vector.verifies, `vector ${vector.index}`)
    if (vector.secret_key === null || vector.aux_rand === null) continue
    const secret = fromHex(vector.secret_key)
    assert.equal(toHex(secp.xOnlyPublicKey(secret)), vector.public_key)
    const signature = secp.signSchnorr(message, secret, fromHex(vector.aux_rand))
    assert.equal(toHex(signature), vector.signature)
  }
})

test('predicates and verifications answer for any bytes and never throw', () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, anyBytes, (a, b, c) => {
      assert.equal(secp.verifySchnorr(a, b, c), false)
      assert.equal(secp.verifyEcdsa(a, b, c), false)
      assert.equal(typeof secp.isXOnlyPoint(a), 'boolean')
      assert.equal(typeof secp.isSecretKey(a), 'boolean')
      secp.recoverEcdsa(a, b, 2)
      secp.addTweakToPoint(a, b)
      secp.addTweakToSecret(a, b)
    }),
  )
})

test('two parties find the same ECDH secret, whatever the parity of their points', () => {
  fc.assert(
    fc.property(secrets, secrets, (ours, theirs) => {
      const shared = secp.sharedX(ours, secp.xOnlyPublicKey(theirs))
      assert.deepEqual(secp.sharedX(theirs, secp.xOnlyPublicKey(ours)), shared)
      assert.deepEqual(secp.sharedX(secp.negateSecret(ours), secp.xOnlyPublicKey(theirs)), shared)
    }),
    { numRuns: 20 },
  )
})

test('ECDH with a key that is not on the curve throws', () => {
  // BIP-340 vector 5.
  const offCurve = fromHex('eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34')
  assert.equal(secp.isXOnlyPoint(offCurve), false)
  assert.throws(() => secp.sharedX(fromHex('01'.repeat(32)), offCurve))
})

test('ECDSA signatures have low S; high S is accepted as well; the signer can be recovered', () => {
  fc.assert(
    fc.property(secrets, bytes32, (secret, hash) => {
      const publicKey = secp.publicKey(secret)
      const { signature, recoveryId } = secp.signEcdsaRecoverable(hash, secret)
      assert.deepEqual(signature, secp.signEcdsa(hash, secret))
      assert.ok(BigInt(`0x${toHex(signature.subarray(32))}`) <= ORDER / 2n)
      assert.equal(secp.verifyEcdsa(signature, hash, publicKey), true)
      assert.equal(secp.verifyEcdsa(negateS(signature), hash, publicKey), true)
      assert.deepEqual(secp.recoverEcdsa(signature, hash, recoveryId), publicKey)
    }),
    { numRuns: 20 },
  )
})

test('a tweak moves the secret and the public key to the same place', () => {
  fc.assert(
    fc.property(secrets, secrets, (secret, tweak) => {
      const isOdd = secp.publicKey(secret)[0] === 3
      const moved = secp.addTweakToSecret(isOdd ? secp.negateSecret(secret) : secret, tweak)
      const point = secp.addTweakToPoint(secp.xOnlyPublicKey(secret), tweak)
      assert.ok(moved !== null && point !== null)
      assert.deepEqual(secp.xOnlyPublicKey(moved), point)
    }),
    { numRuns: 20 },
  )
})

test('a tweak that makes no key answers null', () => {
  const secret = fromHex('01'.repeat(32))
  const tooLarge = fromHex('ff'.repeat(32))
  assert.equal(secp.addTweakToSecret(secret, tooLarge), null)
  assert.equal(secp.addTweakToSecret(secret, secp.negateSecret(secret)), null)
  assert.equal(secp.addTweakToPoint(secp.xOnlyPublicKey(secret), tooLarge), null)
})

function negateS(signature: Uint8Array): Uint8Array {
  const s = ORDER - BigInt(`0x${toHex(signature.subarray(32))}`)
  return fromHex(toHex(signature.subarray(0, 32)) + s.toString(16).padStart(64, '0'))
}
