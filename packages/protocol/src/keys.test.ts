import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  fromHex,
  generateSecretKey,
  KeyError,
  npubOf,
  nsecOf,
  parsePublicKey,
  parseSecretKey,
  publicKeyOf,
  secretKeyOf,
  toHex,
} from './keys.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'

// The examples of NIP-19.
const HEX = '7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e'
const NPUB = 'npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg'
const SECRET_HEX = '67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa'
const NSEC = 'nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5'

test('a public key is read as hex of any case, npub and nostr: URI, and told in lowercase', () => {
  const spellings = [HEX, HEX.toUpperCase(), NPUB, NPUB.toUpperCase(), `nostr:${NPUB}`]
  for (const spelling of spellings) assert.equal(parsePublicKey(spelling, secp), HEX)
  assert.equal(npubOf(parsePublicKey(HEX, secp)), NPUB)
})

test('a secret key is read as hex and nsec, and written as nsec', () => {
  for (const spelling of [SECRET_HEX, SECRET_HEX.toUpperCase(), NSEC]) {
    assert.equal(toHex(parseSecretKey(spelling, secp)), SECRET_HEX)
  }
  assert.equal(nsecOf(parseSecretKey(SECRET_HEX, secp)), NSEC)
  assert.equal(publicKeyOf(parseSecretKey(NSEC, secp), secp), HEX)
})

test('what is no public key is refused', () => {
  const refused = [
    '',
    HEX.slice(1),
    `${HEX}00`,
    `0x${HEX}`,
    `02${HEX}`,
    ` ${HEX}`,
    `${HEX}\n`,
    HEX.replace('7', 'g'),
    NSEC,
    `${NPUB.slice(0, -1)}q`,
    NPUB.replace('npub', 'Npub'),
    'nostr:',
    // Not on the curve, and above the field's prime: BIP-340 vectors 5 and 14.
    'eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34',
    'fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30',
  ]
  for (const text of refused) {
    assert.throws(() => parsePublicKey(text, secp), {
      name: 'KeyError',
      code: 'invalid_public_key',
    })
  }
})

test('what is no secret key is refused, without repeating it', () => {
  const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'
  const refused = ['', SECRET_HEX.slice(2), '0'.repeat(64), order, NPUB, `nostr:${NSEC}`]
  for (const text of refused) {
    const error = thrown(() => parseSecretKey(text, secp))
    assert.ok(error instanceof KeyError)
    assert.equal(error.code, 'invalid_secret_key')
    assert.ok(text === '' || !error.message.includes(text))
  }
  assert.throws(() => secretKeyOf(new Uint8Array(31).fill(1), secp), { code: 'invalid_secret_key' })
})

test('a new secret key is the random bytes, drawn again once when out of range', () => {
  const good = fromHex(SECRET_HEX)
  assert.equal(
    generateSecretKey(() => good, secp),
    good,
  )
  const draws = [new Uint8Array(32), good]
  assert.equal(
    generateSecretKey(() => draws.shift() ?? assert.fail(), secp),
    good,
  )
  assert.throws(() => generateSecretKey(() => new Uint8Array(32), secp), KeyError)
})

test('hex goes both ways, and what is not hex throws', () => {
  assert.equal(toHex(fromHex('00FFab')), '00ffab')
  for (const text of ['0', 'zz', '0x', ' 0']) assert.throws(() => fromHex(text))
})

function thrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  assert.fail('did not throw')
}
