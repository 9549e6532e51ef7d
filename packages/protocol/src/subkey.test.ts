import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../vectors/subkeys.json' with { type: 'json' }
import { fromHex, parsePublicKey, parseSecretKey, publicKeyOf, secretKeyOf, toHex } from './keys.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'
import {
  deriveSubkeySecret,
  subkeyCanonicalBytes,
  subkeyTweak,
  verifySubkeyProof,
} from './subkey.ts'
import { parseSubkeyProof, type SubkeyMetadata } from './subkey-proof.ts'

const metadata: SubkeyMetadata = {
  version: 2,
  name: 'test',
  nonce: '07'.repeat(32),
  validFrom: 1_700_000_000n,
  expiresAt: 1_800_000_000n,
  permissions: ['auth', 'payment'],
}
const hex = (bytes: Uint8Array | null) => toHex(bytes ?? assert.fail())

test('every subkey of another implementation is derived and verified', () => {
  assert.equal(vectors.vectors.length, 19)
  for (const vector of vectors.vectors) {
    const proof = parseSubkeyProof(vector.proof_wire, secp) ?? assert.fail()
    assert.equal(hex(subkeyCanonicalBytes(proof.metadata)), vector.canonical_bytes)
    assert.equal(hex(subkeyTweak(proof.metadata)), vector.tweak)
    const main = parseSecretKey(vector.master_secret, secp)
    assert.equal(publicKeyOf(main, secp), proof.mainKey)
    const secret = deriveSubkeySecret(main, proof.metadata, secp)
    assert.equal(toHex(secret), vector.subkey_secret)
    const subkey = publicKeyOf(secret, secp)
    assert.equal(subkey, vector.subkey_pubkey)
    assert.equal(verifySubkeyProof(proof, subkey, null, secp), true)
  }
})

test('changed permissions or another main key do not verify; a past proof does, untimed', () => {
  const [vector] = vectors.vectors.filter(({ metadata }) => metadata.name === 'phone')
  const proof = parseSubkeyProof(vector?.proof_wire ?? '', secp) ?? assert.fail()
  const subkey = parsePublicKey(vector?.subkey_pubkey ?? '', secp)
  const otherMain = publicKeyOf(parseSecretKey('02'.repeat(32), secp), secp)
  const afterExpiry = Number(proof.metadata.expiresAt) + 1
  const answers = {
    'proof already past expires_at still verifies': verifySubkeyProof(proof, subkey, null, secp),
    'changed permissions': verifySubkeyProof(
      { ...proof, metadata: { ...proof.metadata, permissions: ['payment'] } },
      subkey,
      null,
      secp,
    ),
    'other master': verifySubkeyProof({ ...proof, mainKey: otherMain }, subkey, null, secp),
  }
  const expected = Object.fromEntries(vectors.negative.map(({ case: name, ok }) => [name, ok]))
  assert.deepEqual(answers, expected)
  assert.equal(verifySubkeyProof(proof, subkey, afterExpiry, secp), false)
})

test('the dates hold when a time is given, both ends included', () => {
  const main = parseSecretKey('01'.repeat(32), secp)
  const proof = { mainKey: publicKeyOf(main, secp), metadata }
  const subkey = publicKeyOf(deriveSubkeySecret(main, metadata, secp), secp)
  const at = (time: number) => verifySubkeyProof(proof, subkey, time, secp)
  assert.deepEqual([1_699_999_999, 1_700_000_000, 1_800_000_000, 1_800_000_001].map(at), [
    false,
    true,
    true,
    false,
  ])
})

test('a proof of a wallet before the canonical bytes verifies by the rule of its time', () => {
  const json =
    `{"name":"test","nonce":"${'07'.repeat(32)}","valid_from":"1700000000",` +
    `"expires_at":"1800000000","permissions":["auth","payment"],"version":2}`
  const tweak = createHash('sha256').update(json).digest()
  // Main secret 1 has even Y, 6 has odd Y.
  for (const secretHex of ['1', '6']) {
    const main = parseSecretKey(secretHex.padStart(64, '0'), secp)
    const isOdd = secp.publicKey(main)[0] === 3
    const sub = secp.addTweakToSecret(isOdd ? secp.negateSecret(main) : main, tweak)
    const subkey = publicKeyOf(secretKeyOf(sub ?? assert.fail(), secp), secp)
    const proof = { mainKey: publicKeyOf(main, secp), metadata }
    assert.equal(verifySubkeyProof(proof, subkey, null, secp), true)
    const renamed = { ...proof, metadata: { ...metadata, name: 'other' } }
    assert.equal(verifySubkeyProof(renamed, subkey, null, secp), false)
  }
})

test('the secret and the public derivation agree for any main key and metadata', () => {
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const metadatas: fc.Arbitrary<SubkeyMetadata> = fc.record({
    version: fc.nat({ max: 255 }),
    name: fc.string({ unit: 'grapheme' }),
    nonce: bytes32.map(toHex),
    validFrom: u64,
    expiresAt: u64,
    permissions: fc.subarray<'auth' | 'payment'>(['auth', 'payment']),
  })
  fc.assert(
    fc.property(bytes32.filter(secp.isSecretKey), metadatas, (secret, any) => {
      const main = secretKeyOf(secret, secp)
      const proof = { mainKey: publicKeyOf(main, secp), metadata: any }
      const subkey = publicKeyOf(deriveSubkeySecret(main, any, secp), secp)
      assert.equal(verifySubkeyProof(proof, subkey, null, secp), true)
      assert.equal(verifySubkeyProof(proof, proof.mainKey, null, secp), false)
    }),
    { numRuns: 30 },
  )
})

test('metadata that does not fit its fields makes no subkey', () => {
  const main = parseSecretKey('01'.repeat(32), secp)
  const changes: Partial<SubkeyMetadata>[] = [
    { version: 256 },
    { version: -1 },
    { version: 1.5 },
    { nonce: 'ab' },
    { nonce: 'AB'.repeat(32) },
    { name: 'ü'.repeat(32_768) },
    { validFrom: -1n },
    { expiresAt: 2n ** 64n },
  ]
  for (const change of changes) {
    const broken = { ...metadata, ...change }
    assert.equal(subkeyCanonicalBytes(broken), null)
    assert.throws(() => deriveSubkeySecret(main, broken, secp), { code: 'invalid_secret_key' })
    const proof = { mainKey: publicKeyOf(main, secp), metadata: broken }
    assert.equal(verifySubkeyProof(proof, publicKeyOf(main, secp), null, secp), false)
  }
})

test('the empty metadata has the canonical bytes and tweak of the specification', () => {
  const empty: SubkeyMetadata = {
    version: 2,
    name: '',
    nonce: '00'.repeat(32),
    validFrom: 0n,
    expiresAt: 2n ** 64n - 1n,
    permissions: [],
  }
  const bytes = subkeyCanonicalBytes(empty) ?? assert.fail()
  assert.deepEqual(bytes, fromHex(`020000${'00'.repeat(40)}${'ff'.repeat(8)}00`))
  assert.equal(
    hex(subkeyTweak(empty)),
    '72dc0b447339e39594a55e6ea948d200788f3d513183e856c3d1305c59557909',
  )
})

test('the three derivations of the specification', () => {
  const known = [
    ['1', 'd44740e468a115a065e2e521a36ea8aab312a44cace72c3f1d9d1552b8f2b48d'],
    ['3', 'a623d68704fdd10954fc0ac24075598fa1fb65b124e390fc5394a6bc921a215d'],
    ['6', 'f866ae9e2e042335a39a2da517699d7a377470576871a8966503bbf53800f547'],
  ] as const
  for (const [secret, subkey] of known) {
    const main = parseSecretKey(secret.padStart(64, '0'), secp)
    assert.equal(publicKeyOf(deriveSubkeySecret(main, metadata, secp), secp), subkey)
  }
})
