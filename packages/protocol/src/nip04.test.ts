import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decrypt as nostrToolsDecrypt } from 'nostr-tools/nip04'
import { fromHex, toHex } from './keys.ts'
import { nip04Decrypt, nip04Encrypt } from './nip04.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'

const ours = fromHex('01'.repeat(32))
const theirs = fromHex('02'.repeat(32))
const shared = secp.sharedX(ours, secp.xOnlyPublicKey(theirs))
const ivs = fc.uint8Array({ minLength: 16, maxLength: 16 })

test('any text comes back, from us and from nostr-tools', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), ivs, (text, iv) => {
      assert.equal(nip04Decrypt(nip04Encrypt(text, shared, iv), shared), text)
    }),
  )
  const payload = nip04Encrypt('{"method":"get_info"}', shared, fromHex('03'.repeat(16)))
  const ourKey = toHex(secp.xOnlyPublicKey(ours))
  assert.equal(nostrToolsDecrypt(theirs, ourKey, payload), '{"method":"get_info"}')
})

test('what is not a NIP-04 payload of this conversation is refused', () => {
  const payload = nip04Encrypt('text', shared, fromHex('03'.repeat(16)))
  const [ciphertext = ''] = payload.split('?iv=')
  const refused = [
    '',
    '{}',
    '?iv=',
    ciphertext,
    `${ciphertext}?iv=`,
    `${ciphertext}?iv=AAAA`,
    `${payload}?iv=AAAA`,
    `AAAA${payload}`,
    payload.replace(/^./, '*'),
    'A'.repeat(200_000),
  ]
  for (const text of refused) refuses(text)
  fc.assert(fc.property(fc.string(), refuses))
})

test('up to 131,072 bytes are encrypted, and read again', () => {
  const iv = new Uint8Array(16)
  const longest = 'x'.repeat(131_072)
  assert.equal(nip04Decrypt(nip04Encrypt(longest, shared, iv), shared), longest)
  assert.throws(() => nip04Encrypt(`${longest}x`, shared, iv), { code: 'plaintext_too_long' })
})

function refuses(text: string): void {
  assert.throws(() => nip04Decrypt(text, shared), {
    name: 'EncryptionError',
    code: 'invalid_payload',
  })
}
