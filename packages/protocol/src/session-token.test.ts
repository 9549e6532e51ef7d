import assert from 'node:assert/strict'
import { test } from 'node:test'
import { base64urlnopad } from '@scure/base'
import fc from 'fast-check'
import vectors from '../vectors/session-tokens.json' with { type: 'json' }
import { parsePublicKey, parseSecretKey, publicKeyOf } from './keys.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'
import { issueSessionToken, verifySessionToken } from './session-token.ts'

const key = (text: string) => parsePublicKey(text, secp)
const secret = parseSecretKey('01'.repeat(32), secp)
const issuer = publicKeyOf(secret, secp)
const targetKey = publicKeyOf(parseSecretKey('02'.repeat(32), secp), secp)
const lifetime = { issuedAt: 1_790_000_000, expiresAt: 1_790_003_600 }
const token = issueSessionToken(secret, targetKey, lifetime, secp)
const verify = (text: string, now: number | null, target = targetKey) =>
  verifySessionToken(text, { issuer, targetKey: target, now }, secp)

test('tokens are those of another implementation, byte for byte, and verify', () => {
  assert.equal(vectors.vectors.length, 8)
  for (const vector of vectors.vectors) {
    const { iat, exp } = vector.decoded.claims
    const target = key(vector.target_key)
    const times = { issuedAt: iat, expiresAt: exp }
    const issued = issueSessionToken(parseSecretKey(vector.secret, secp), target, times, secp)
    assert.equal(issued, vector.token)
    const expected = { issuer: key(vector.pubkey), targetKey: target, now: iat }
    assert.deepEqual(verifySessionToken(vector.token, expected, secp), {
      valid: true,
      claims: { expiresAt: exp, notBefore: iat, issuedAt: iat, targetKey: target },
    })
    const stranger = verifySessionToken(vector.token, { issuer: target, now: iat }, secp)
    assert.deepEqual(stranger, { valid: false, reason: 'bad_signature' })
  }
})

test('the dates count when a time is given; the issuer may be a minute ahead', () => {
  const { issuedAt, expiresAt } = lifetime
  const reasons = [issuedAt - 61, issuedAt - 60, expiresAt - 1, expiresAt].map((now) => {
    const verdict = verify(token, now)
    return verdict.valid ? 'valid' : verdict.reason
  })
  assert.deepEqual(reasons, ['not_yet_valid', 'valid', 'valid', 'expired'])
  assert.equal(verify(token, null).valid, true)
  assert.equal(verify(token, null, issuer).valid, false)
  assert.deepEqual(verify(token, null, issuer), { valid: false, reason: 'wrong_target' })
  assert.equal(verifySessionToken(token, { issuer, now: null }, secp).valid, true)
})

test('a token of another algorithm, form or content is malformed', () => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const encode = (value: unknown) =>
    base64urlnopad.encode(new TextEncoder().encode(JSON.stringify(value)))
  const malformed = [
    '',
    '..',
    header,
    `${header}.${payload}`,
    `${token}.`,
    `${encode({ alg: 'none' })}.${payload}.${signature}`,
    `${encode({ alg: 'HS256' })}.${payload}.${signature}`,
    `${encode(null)}.${payload}.${signature}`,
    `${header}.${encode({})}.${signature}`,
    `${header}.${encode({ exp: 1, nbf: 1, iat: 1 })}.${signature}`,
    `${header}.${encode({ exp: '1', nbf: 1, iat: 1, target_key: 'k' })}.${signature}`,
    `${token}=`,
    `${token}${'A'.repeat(8_192)}`,
  ]
  for (const text of malformed) {
    assert.deepEqual(verify(text, null), { valid: false, reason: 'malformed' }, text)
  }
  for (const bad of ['', 'AAAA', base64urlnopad.encode(new Uint8Array(64))]) {
    const verdict = verify(`${header}.${payload}.${bad}`, null)
    assert.deepEqual(verdict, { valid: false, reason: 'bad_signature' })
  }
})

test('no text makes the reader throw, and no changed token verifies', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(verify(text, null).valid, false)
    }),
  )
  // Not the last character: its low bits are no part of the signature.
  fc.assert(
    fc.property(fc.nat({ max: token.length - 2 }), fc.base64String(), (at, inserted) => {
      const changed = token.slice(0, at) + inserted + token.slice(at + 1)
      if (changed !== token) assert.equal(verify(changed, null).valid, false)
    }),
  )
})
