import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import captured from '../vectors/captured-exchange.json' with { type: 'json' }
import encrypted from '../vectors/encrypted-events.json' with { type: 'json' }
import { parseEvent, verifyEvent } from './event.ts'
import { createIdentity, type Identity } from './identity.ts'
import { parsePublicKey, parseSecretKey, toHex } from './keys.ts'
import { nip44ConversationKey } from './nip44.ts'
import type { Secp256k1 } from './secp256k1.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'
import { verifySessionToken } from './session-token.ts'
import { verifySubkeyProof } from './subkey.ts'

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const identity = (secretHex: string) =>
  createIdentity(parseSecretKey(secretHex, secp), { secp, random })
const alice = identity('01'.repeat(32))
const bob = identity('02'.repeat(32))

test('events of another implementation verify and decrypt to their plaintext', () => {
  assert.equal(encrypted.events.length, 22)
  const service = identity(encrypted.service_secret)
  const user = identity(encrypted.user_secret)
  for (const { name, event, from, plaintext } of encrypted.events) {
    const parsed = parseEvent(event) ?? assert.fail(name)
    assert.equal(verifyEvent(parsed, secp), true, name)
    const reader = from === 'user' ? service : user
    assert.equal(reader.decrypt(parsed.content, parsed.pubkey), plaintext, name)
  }
  const shared = secp.sharedX(
    parseSecretKey(encrypted.user_secret, secp),
    secp.xOnlyPublicKey(parseSecretKey(encrypted.service_secret, secp)),
  )
  assert.equal(toHex(nip44ConversationKey(shared)), encrypted.conversation_key)
})

test('a captured exchange, NIP-04 and NIP-44, verifies and decrypts at its receiver', () => {
  const parties: Record<string, Identity> = {}
  for (const [name, { secret }] of Object.entries(captured.keys)) parties[name] = identity(secret)
  const exchange = [...captured.single_payment, ...captured.one_event_of_each_kind]
  assert.equal(exchange.length, 24)
  for (const { event, to, encryption, plaintext } of exchange) {
    const parsed = parseEvent(event) ?? assert.fail()
    const receiver = parties[to] ?? assert.fail()
    assert.equal(verifyEvent(parsed, secp), true)
    const decrypt = encryption === 'nip04' ? receiver.decryptNip04 : receiver.decrypt
    assert.equal(decrypt(parsed.content, parsed.pubkey), plaintext)
  }
})

test('what one identity encrypts the other decrypts, and nobody else', () => {
  const eve = identity('03'.repeat(32))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const payload = alice.encrypt(text, bob.publicKey)
      assert.equal(bob.decrypt(payload, alice.publicKey), text)
      assert.equal(alice.decrypt(payload, bob.publicKey), text)
      assert.throws(() => eve.decrypt(payload, alice.publicKey), { code: 'invalid_payload' })
      const old = alice.encryptNip04(text, bob.publicKey)
      assert.equal(bob.decryptNip04(old, alice.publicKey), text)
    }),
  )
})

test('two encryptions of one text differ', () => {
  assert.notEqual(alice.encrypt('text', bob.publicKey), alice.encrypt('text', bob.publicKey))
})

test('a peer that is no point on the curve is refused by name', () => {
  const offCurve = parseEvent({
    ...alice.sign({ kind: 1, created_at: 1, tags: [], content: '' }),
    pubkey: 'eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34',
  })
  const peer = offCurve?.pubkey ?? assert.fail()
  assert.throws(() => alice.encrypt('text', peer), { code: 'invalid_peer_key' })
  assert.throws(() => alice.decryptNip04('', peer), { code: 'invalid_peer_key' })
})

test('ECDH is done once per peer while the peer is remembered, and the memory is bounded', () => {
  const peers = ['04', '05', '06'].map((byte) => identity(byte.repeat(32)).publicKey)
  const [first, second, third] = peers
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  const { counting, count } = countEcdh()
  const secret = parseSecretKey('01'.repeat(32), secp)
  const small = createIdentity(secret, { secp: counting, random, conversationKeysMax: 2 })
  for (const peer of [first, first, second, first]) small.encrypt('text', peer)
  assert.equal(count(), 2)
  small.encryptNip04('text', first)
  assert.equal(count(), 2)
  // The third pushes out the second, which was used least recently; the first stays.
  for (const peer of [third, first]) small.encrypt('text', peer)
  assert.equal(count(), 3)
  small.encrypt('text', second)
  assert.equal(count(), 4)
})

test('a session token is issued by the identity for the target', () => {
  const token = alice.issueSessionToken(bob.publicKey, { issuedAt: 10, expiresAt: 20 })
  const expected = { issuer: alice.publicKey, targetKey: bob.publicKey, now: 15 }
  assert.equal(verifySessionToken(token, expected, secp).valid, true)
})

test('a subkey signs and decrypts for itself, and its proof leads back to the main key', () => {
  const { identity: subkey, proof } = alice.deriveSubkey({
    version: 2,
    name: 'phone',
    nonce: '07'.repeat(32),
    validFrom: 0n,
    expiresAt: 100n,
    permissions: ['payment'],
  })
  assert.equal(proof.mainKey, alice.publicKey)
  assert.equal(verifySubkeyProof(proof, subkey.publicKey, 50, secp), true)
  const event = subkey.sign({ kind: 1, created_at: 1, tags: [], content: '' })
  assert.equal(event.pubkey, subkey.publicKey)
  assert.equal(verifyEvent(event, secp), true)
  const payload = bob.encrypt('text', subkey.publicKey)
  assert.equal(subkey.decrypt(payload, bob.publicKey), 'text')
})

test('the secret is not to be found in the identity', () => {
  const secretHex = '01'.repeat(32)
  const shown = JSON.stringify(alice) + Object.values(alice).map(String).join()
  assert.equal(shown.includes(secretHex), false)
  assert.equal(parsePublicKey(alice.publicKey, secp), alice.publicKey)
})

function countEcdh(): { counting: Secp256k1; count: () => number } {
  let calls = 0
  const counting: Secp256k1 = {
    ...secp,
    sharedX: (secret, peer) => {
      calls += 1
      return secp.sharedX(secret, peer)
    },
  }
  return { counting, count: () => calls }
}
