import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { v2 as nostrTools } from 'nostr-tools/nip44'
import vectors from '../vectors/nip44.json' with { type: 'json' }
import { fromHex, toHex } from './keys.ts'
import { nip44ConversationKey, nip44Decrypt, nip44Encrypt } from './nip44.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'

const { valid, invalid } = vectors.v2
const key = fromHex('c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d')
const nonce = fromHex('01'.repeat(32))

test('NIP-44 vectors: conversation keys', () => {
  for (const { sec1, pub2, conversation_key } of valid.get_conversation_key) {
    assert.equal(conversationKey(sec1, pub2), conversation_key)
  }
  for (const { sec1, pub2, note } of invalid.get_conversation_key) {
    assert.throws(() => conversationKey(sec1, pub2), note)
  }
})

test('NIP-44 vectors: encrypt and decrypt', () => {
  for (const vector of valid.encrypt_decrypt) {
    const theirs = toHex(secp.xOnlyPublicKey(fromHex(vector.sec2)))
    assert.equal(conversationKey(vector.sec1, theirs), vector.conversation_key)
    const conversation = fromHex(vector.conversation_key)
    const payload = nip44Encrypt(vector.plaintext, conversation, fromHex(vector.nonce))
    assert.equal(payload, vector.ciphertext)
    assert.equal(nip44Decrypt(payload, conversation), vector.plaintext)
  }
})

test('NIP-44 vectors: padding hides the length', () => {
  for (const [length, padded] of valid.calc_padded_len) {
    if (length === undefined || padded === undefined || length > 65_408) continue
    const payload = nip44Encrypt('x'.repeat(length), key, nonce)
    const bytes = Buffer.from(payload, 'base64').length
    assert.equal(bytes, 1 + 32 + 2 + padded + 32)
  }
})

test('NIP-44 vectors: invalid payloads are refused', () => {
  for (const { conversation_key, ciphertext, note } of invalid.decrypt) {
    refuses(() => nip44Decrypt(ciphertext, fromHex(conversation_key)), 'invalid_payload', note)
  }
  for (const length of invalid.decrypt_msg_lengths) {
    refuses(() => nip44Decrypt('A'.repeat(length), key), 'invalid_payload')
  }
})

test('1 to 65,408 bytes are encrypted; nothing and more are refused', () => {
  refuses(() => nip44Encrypt('', key, nonce), 'plaintext_empty')
  const longest = 'x'.repeat(65_408)
  assert.equal(nip44Decrypt(nip44Encrypt(longest, key, nonce), key), longest)
  refuses(() => nip44Encrypt(`${longest}x`, key, nonce), 'plaintext_too_long')
  // Bytes count, not characters.
  refuses(() => nip44Encrypt('ü'.repeat(32_705), key, nonce), 'plaintext_too_long')
  for (const length of invalid.encrypt_msg_lengths) {
    assert.throws(() => nip44Encrypt('x'.repeat(length), key, nonce), { name: 'EncryptionError' })
  }
})

test('a peer may send up to the 65,535 bytes of NIP-44', () => {
  const longest = 'x'.repeat(65_535)
  assert.equal(nip44Decrypt(nostrTools.encrypt(longest, key, nonce), key), longest)
})

test('a payload longer than NIP-44 allows is refused before it is decoded', () => {
  const payload = nostrTools.encrypt('x'.repeat(65_536), key, nonce)
  refuses(() => nip44Decrypt(payload, key), 'invalid_payload')
})

test('plain JSON, and any other text, is never taken for a plaintext', () => {
  refuses(() => nip44Decrypt('{"request_id":"r","status":"approved"}', key), 'invalid_payload')
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      refuses(() => nip44Decrypt(text, key), 'invalid_payload')
    }),
  )
})

test('any text comes back; a changed payload never does', () => {
  const payloadOf = (text: string) => nip44Encrypt(text, key, nonce)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), (text, at) => {
      const payload = payloadOf(text)
      assert.equal(nip44Decrypt(payload, key), text)
      const bytes = Buffer.from(payload, 'base64')
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1
      refuses(() => nip44Decrypt(bytes.toString('base64'), key), 'invalid_payload')
    }),
  )
})

function conversationKey(secret: string, peer: string): string {
  const bytes = fromHex(secret)
  assert.ok(secp.isSecretKey(bytes), 'not a secret key')
  return toHex(nip44ConversationKey(secp.sharedX(bytes, fromHex(peer))))
}

function refuses(run: () => unknown, code: string, message?: string): void {
  assert.throws(run, { name: 'EncryptionError', code }, message)
}
