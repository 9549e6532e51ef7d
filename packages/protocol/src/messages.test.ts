// Every message against the plaintexts of another implementation, and the rules one by one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import messages from '../vectors/messages.json' with { type: 'json' }
import { encodeAuthChallenge, parseAuthChallenge } from './auth-challenge.ts'
import { encodeAuthResponse, parseAuthResponse } from './auth-response.ts'
import { encodeKeyHandshake, parseKeyHandshake } from './key-handshake.ts'
import { npubOf, parsePublicKey } from './keys.ts'
import { KIND } from './kinds.ts'
import { parseWireCurrency } from './money.ts'
import { encodePaymentRequest, parsePaymentRequest } from './payment-request.ts'
import { encodePaymentResponse, parsePaymentResponse } from './payment-response.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'
import { encodeSubkeyProof, parseSubkeyProof } from './subkey-proof.ts'

const mainKey = parsePublicKey(messages.keys.service_pubkey, secp)

test('every message of another implementation is read, and written byte for byte', () => {
  assert.equal(messages.vectors.length, 11)
  for (const { kind, name, wire, struct_order } of messages.vectors) {
    assert.equal(reencode(kind, wire), wire, name)
    // Readers do not depend on the order of keys.
    assert.equal(reencode(kind, struct_order), wire, name)
  }
})

test('what another implementation accepts and refuses, so do we', () => {
  for (const { type, input, ok, result } of messages.accepts) {
    if (type === 'PaymentResponseContent') {
      assert.equal(reencode(KIND.paymentResponse, input), ok ? result : null, input)
    }
    if (type === 'Currency') {
      assert.deepEqual(parseWireCurrency(JSON.parse(input)), {
        type: 'fiat',
        code: JSON.parse(input),
      })
    }
  }
})

const handshake = JSON.stringify({
  token: 't',
  client_info: { name: 'Portal', version: '0.1.0' },
  preferred_relays: [],
})
const request = {
  amount: 1,
  currency: 'Millisats',
  expires_at: '1790000300',
  invoice: 'lnbc1',
  payment_type: 'Single',
  request_id: 'r',
}
const proof = {
  main_key: mainKey,
  metadata: {
    expires_at: '2',
    name: '',
    nonce: 'AB'.repeat(32),
    permissions: ['payment'],
    valid_from: '+1',
    version: 255,
  },
}

test('optional fields may be absent', () => {
  const parsed = parsePaymentRequest(JSON.stringify(request)) ?? assert.fail()
  assert.deepEqual(parsed, {
    requestId: 'r',
    amount: 1n,
    currency: 'Millisats',
    invoice: 'lnbc1',
    expiresAt: 1_790_000_300,
    description: null,
    subscriptionId: null,
    authToken: null,
    currentExchangeRate: null,
  })
})

test('every required field is required', () => {
  for (const key of Object.keys(request)) {
    assert.equal(
      reencode(KIND.paymentRequest, JSON.stringify({ ...request, [key]: undefined })),
      null,
      key,
    )
    assert.equal(
      reencode(KIND.paymentRequest, JSON.stringify({ ...request, [key]: null })),
      null,
      key,
    )
  }
  for (const key of ['token', 'client_info', 'preferred_relays']) {
    assert.equal(
      parseKeyHandshake(JSON.stringify({ ...JSON.parse(handshake), [key]: null })),
      undefined,
    )
  }
  for (const clientInfo of [{}, { name: 'n' }, { version: 'v' }, { name: 'n', version: 1 }, 'n']) {
    const text = JSON.stringify({ ...JSON.parse(handshake), client_info: clientInfo })
    assert.equal(parseKeyHandshake(text), undefined)
  }
})

test('a recurring request, and a misspelt payment type, is no single payment request', () => {
  for (const payment_type of ['Recurring', 'single', '', 1]) {
    assert.equal(parsePaymentRequest(JSON.stringify({ ...request, payment_type })), undefined)
  }
})

test('an exchange rate may be an integer or a float, and nothing else', () => {
  const parse = (rate: string) =>
    parsePaymentRequest(
      `{"amount":499,"currency":"EUR","expires_at":"1","invoice":"i","payment_type":"Single",` +
        `"request_id":"r","current_exchange_rate":{"rate":${rate},"source":"s","time":"1"}}`,
    )?.currentExchangeRate?.rate
  assert.equal(parse('58213.4'), 58213.4)
  assert.equal(parse('58213'), 58213)
  for (const rate of ['"58213"', 'null', '1e999', '[]']) assert.equal(parse(rate), undefined)
})

test('a status of a wrong form is dropped', () => {
  const statuses = [
    '"success"',
    '"rejected"',
    '{"success":null}',
    '{"success":[]}',
    '{"success":{"preimage":5}}',
    '{"approved":{}}',
    '{"approved":null,"success":{}}',
    '{"Success":{}}',
    '{}',
    '[]',
    'null',
  ]
  for (const status of statuses) {
    assert.equal(parsePaymentResponse(`{"request_id":"r","status":${status}}`), undefined, status)
  }
})

test('a claimed preimage is handed on as it was sent, empty too', () => {
  const status = (preimage: string) =>
    parsePaymentResponse(`{"request_id":"r","status":{"success":{"preimage":"${preimage}"}}}`)
      ?.status
  assert.deepEqual(status(''), { type: 'success', preimage: '' })
  assert.deepEqual(status('no hex'), { type: 'success', preimage: 'no hex' })
})

test('an auth status of a wrong form is dropped', () => {
  const statuses = [
    { status: 'approved', granted_permissions: [] },
    { status: 'approved', session_token: 't' },
    { status: 'Approved', granted_permissions: [], session_token: 't' },
    { approved: { granted_permissions: [], session_token: 't' } },
    { status: 'declined', reason: 5 },
    'declined',
  ]
  for (const status of statuses) {
    assert.equal(parseAuthResponse(JSON.stringify({ challenge: 'c', status }), secp), undefined)
  }
  const declined = { challenge: 'c', status: { status: 'declined' } }
  assert.deepEqual(parseAuthResponse(JSON.stringify(declined), secp), {
    challenge: 'c',
    status: { status: 'declined', reason: null },
    subkeyProof: null,
  })
})

test('a proof may spell its key and nonce in other ways, and is told in ours', () => {
  const spellings = [mainKey, mainKey.toUpperCase(), npubOf(mainKey), `nostr:${npubOf(mainKey)}`]
  for (const main_key of spellings) {
    const parsed = parseSubkeyProof(JSON.stringify({ ...proof, main_key }), secp) ?? assert.fail()
    assert.equal(parsed.mainKey, mainKey)
    assert.equal(parsed.metadata.nonce, 'ab'.repeat(32))
    assert.equal(parsed.metadata.validFrom, 1n)
  }
})

test('a misshapen proof drops the message that carries it', () => {
  const changes = [
    { version: 256 },
    { version: -1 },
    { version: '1' },
    { nonce: 'ab' },
    { nonce: 'zz'.repeat(32) },
    { permissions: ['Auth'] },
    { permissions: ['admin'] },
    { permissions: 'auth' },
    { valid_from: 1 },
    { expires_at: '-1' },
    { name: null },
  ]
  for (const change of changes) {
    const broken = { ...proof, metadata: { ...proof.metadata, ...change } }
    assert.equal(parseSubkeyProof(JSON.stringify(broken), secp), undefined)
    const challenge = { challenge: 'c', expires_at: '1', required_permissions: [] }
    const carrying = JSON.stringify({ ...challenge, subkey_proof: broken })
    assert.equal(parseAuthChallenge(carrying, secp), undefined)
  }
  const offCurve = { ...proof, main_key: '0'.repeat(64) }
  assert.equal(parseSubkeyProof(JSON.stringify(offCurve), secp), undefined)
})

/** The plaintext read and written again: null when it is refused. */
function reencode(kind: number, plaintext: string): string | null {
  const again = <T>(value: T | undefined, encode: (value: T) => string) =>
    value === undefined ? null : encode(value)
  switch (kind) {
    case KIND.keyHandshake:
      return again(parseKeyHandshake(plaintext), encodeKeyHandshake)
    case KIND.authChallenge:
      return again(parseAuthChallenge(plaintext, secp), encodeAuthChallenge)
    case KIND.authResponse:
      return again(parseAuthResponse(plaintext, secp), encodeAuthResponse)
    case KIND.paymentRequest:
      return again(parsePaymentRequest(plaintext), encodePaymentRequest)
    case KIND.paymentResponse:
      return again(parsePaymentResponse(plaintext), encodePaymentResponse)
    case KIND.subkeyProof:
      return again(parseSubkeyProof(plaintext, secp), encodeSubkeyProof)
    default:
      assert.fail(`no codec for kind ${kind}`)
  }
}
