// Every message against strangers: any value, and plaintexts damaged in any way.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import messages from '../vectors/messages.json' with { type: 'json' }
import { type AuthChallenge, encodeAuthChallenge, parseAuthChallenge } from './auth-challenge.ts'
import { type AuthResponse, encodeAuthResponse, parseAuthResponse } from './auth-response.ts'
import { encodeKeyHandshake, type KeyHandshake, parseKeyHandshake } from './key-handshake.ts'
import { parsePublicKey } from './keys.ts'
import { KIND } from './kinds.ts'
import {
  encodePaymentRequest,
  type PaymentRequest,
  parsePaymentRequest,
} from './payment-request.ts'
import {
  encodePaymentResponse,
  type PaymentResponse,
  parsePaymentResponse,
} from './payment-response.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'
import { encodeSubkeyProof, parseSubkeyProof, type SubkeyProof } from './subkey-proof.ts'

const mainKey = parsePublicKey(messages.keys.service_pubkey, secp)
const text = fc.string({ unit: 'grapheme' })
const optionalText = fc.option(text)
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const time = fc.nat({ max: Number.MAX_SAFE_INTEGER })

const proofs: fc.Arbitrary<SubkeyProof> = fc.record({
  mainKey: fc.constant(mainKey),
  metadata: fc.record({
    version: fc.nat({ max: 255 }),
    name: text,
    nonce: fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'),
      minLength: 64,
      maxLength: 64,
    }),
    validFrom: u64,
    expiresAt: u64,
    permissions: fc.array(fc.constantFrom('auth', 'payment')),
  }),
})
const handshakes: fc.Arbitrary<KeyHandshake> = fc.record({
  token: text,
  clientInfo: fc.record({ name: text, version: text }),
  preferredRelays: fc.array(text),
})
const challenges: fc.Arbitrary<AuthChallenge> = fc.record({
  challenge: text,
  expiresAt: time,
  requiredPermissions: fc.array(text),
  subkeyProof: fc.option(proofs),
})
const authResponses: fc.Arbitrary<AuthResponse> = fc.record({
  challenge: text,
  status: fc.oneof(
    fc.record({
      status: fc.constant('approved' as const),
      grantedPermissions: fc.array(text),
      sessionToken: text,
    }),
    fc.record({ status: fc.constant('declined' as const), reason: optionalText }),
  ),
  subkeyProof: fc.option(proofs),
})
const requests: fc.Arbitrary<PaymentRequest> = fc.record({
  requestId: text,
  amount: u64,
  currency: text,
  invoice: text,
  expiresAt: time,
  description: optionalText,
  subscriptionId: optionalText,
  authToken: optionalText,
  currentExchangeRate: fc.option(
    fc.record({
      // JSON has one zero.
      rate: fc.double({ noNaN: true, noDefaultInfinity: true }).map((rate) => rate + 0),
      source: text,
      time,
    }),
  ),
})
const responses: fc.Arbitrary<PaymentResponse> = fc.record({
  requestId: text,
  status: fc.oneof(
    fc.record({ type: fc.constant('approved' as const) }),
    fc.record({ type: fc.constant('success' as const), preimage: optionalText }),
    fc.record({ type: fc.constantFrom('rejected', 'failed'), reason: optionalText }),
  ),
})

type Codec = {
  /** The plaintext read and written again: null when it is refused. */
  readonly reencode: (plaintext: string) => string | null
  /** Fails when a value does not come back as it was. */
  readonly roundTrip: fc.IRawProperty<unknown>
  readonly plaintexts: fc.Arbitrary<string>
}

function codec<T>(
  values: fc.Arbitrary<T>,
  encode: (value: T) => string,
  parse: (plaintext: string) => T | undefined,
): Codec {
  return {
    reencode: (plaintext) => {
      const value = parse(plaintext)
      return value === undefined ? null : encode(value)
    },
    // fast-check makes records without a prototype; structuredClone gives them one.
    roundTrip: fc.property(values, (value) => {
      assert.deepEqual(parse(encode(value)), structuredClone(value))
    }),
    plaintexts: values.map(encode),
  }
}

const codecs: Readonly<Record<number, Codec>> = {
  [KIND.keyHandshake]: codec(handshakes, encodeKeyHandshake, parseKeyHandshake),
  [KIND.authChallenge]: codec(challenges, encodeAuthChallenge, (plaintext) =>
    parseAuthChallenge(plaintext, secp),
  ),
  [KIND.authResponse]: codec(authResponses, encodeAuthResponse, (plaintext) =>
    parseAuthResponse(plaintext, secp),
  ),
  [KIND.paymentRequest]: codec(requests, encodePaymentRequest, parsePaymentRequest),
  [KIND.paymentResponse]: codec(responses, encodePaymentResponse, parsePaymentResponse),
  [KIND.subkeyProof]: codec(proofs, encodeSubkeyProof, (plaintext) =>
    parseSubkeyProof(plaintext, secp),
  ),
}

for (const [kind, { roundTrip, plaintexts, reencode }] of Object.entries(codecs)) {
  test(`${kind}: every value comes back as it was`, () => {
    fc.assert(roundTrip)
  })

  test(`${kind}: unknown fields are ignored at every level`, () => {
    fc.assert(
      fc.property(plaintexts, (plaintext) => {
        assert.equal(reencode(addUnknown(plaintext)), plaintext)
      }),
    )
  })

  test(`${kind}: a missing or misshapen field drops the message, never throws`, () => {
    fc.assert(
      fc.property(plaintexts, fc.nat(), fc.jsonValue(), (plaintext, at, value) => {
        const changed = replaceOne(JSON.parse(plaintext), at, value)
        const once = reencode(JSON.stringify(changed))
        // What is accepted all the same is a message like any other.
        if (once !== null) assert.equal(reencode(once), once)
      }),
    )
  })

  test(`${kind}: a damaged plaintext is read or dropped, never throws`, () => {
    const cut = fc.tuple(plaintexts, fc.nat(), fc.nat({ max: 5 }), fc.string({ maxLength: 5 }))
    fc.assert(
      fc.property(cut, ([plaintext, at, length, inserted]) => {
        const start = at % plaintext.length
        reencode(plaintext.slice(0, start) + inserted + plaintext.slice(start + length))
      }),
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.json({ maxDepth: 8 })), (plaintext) => {
        reencode(plaintext)
      }),
    )
  })
}

function addUnknown(plaintext: string): string {
  const withUnknown = JSON.stringify(JSON.parse(plaintext), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isTag(value)
      ? { ...value, zz_unknown: { nested: [1, null] } }
      : value,
  )
  // JSON.parse rounds amounts above 2^53-1: put the exact one back.
  const amount = /"amount":(\d+)/.exec(plaintext)?.[0]
  return amount === undefined ? withUnknown : withUnknown.replace(/"amount":[^,}]+/, amount)
}

// The object around an externally tagged status has exactly one key, and what was added is left.
function isTag(value: object): boolean {
  return ['success', 'rejected', 'failed', 'nested'].some((key) => Object.hasOwn(value, key))
}

function replaceOne(value: unknown, at: number, replacement: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return replacement
  const entries = Object.entries(value)
  const index = at % (entries.length + 1)
  const [key, member] = entries[index] ?? []
  if (key === undefined) return replacement
  const deeper = Math.floor(at / (entries.length + 1))
  return { ...value, [key]: at % 2 === 0 ? replacement : replaceOne(member, deeper, replacement) }
}
