// Hostile input at the readers of frames, messages, URLs and invoices: thousands of cases in `npm test`,
// 100,000 each in `npm run test:long`. Nothing throws what it does not promise, nothing grows.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { bech32 } from '@scure/base'
import fc from 'fast-check'
import {
  Bolt11Error,
  decodeInvoice,
  formatHandshakeUrl,
  HandshakeUrlError,
  KIND,
  parseHandshakeUrl,
  readInvoice,
  secp256k1 as secp,
} from 'portal-protocol'
import { connectRelay, createEmbeddedRelay, type SocketHandlers } from 'portal-relay'
import type { Inbound } from '../../packages/daemon/src/engine/ports.ts'
import { deliver } from '../../packages/daemon/src/nostr/inbox.ts'
import { ALONE_TURNS } from '../../packages/daemon/src/testing/alone.ts'
import { createVirtualClock } from '../../packages/daemon/src/testing/virtual-clock.ts'
import { seedFor, times } from './chance.ts'
import { heapMib } from './growth.ts'
import { ANY_JSON, bent, mangled } from './mangled.ts'
import { newIdentity } from './plain-user.ts'

const CASES = times(3_000, 100_000)
const GROWTH_MIB_MAX = 24
const FRAMES_PER_CONNECTION = 500
const NOW_S = 1_790_000_000
const seed = seedFor('fuzzing')
const user = newIdentity()
const merchant = newIdentity()
const clock = createVirtualClock(NOW_S * 1000)

describe('whatever arrives', { timeout: times(600_000, 3_600_000) }, () => {
  it('as a frame at the embedded relay is answered or ignored, and forgotten', () => {
    const relay = createEmbeddedRelay({
      clock,
      secp,
      ownKey: merchant.publicKey,
      intercept: async () => 'unwanted',
    })
    let peer = relay.attach(silentSocket())
    let frames = 0
    throughout(clientFrames(), (frame) => {
      // A stranger that is cut off comes back.
      if (frames++ % 100 === 0) {
        peer.closed()
        peer = relay.attach(silentSocket())
      }
      peer.message(frame)
    })
    peer.closed()
    assert.deepEqual([relay.stats().connections, relay.stats().subscriptions], [0, 0])
  })

  it('as a frame from a relay does nothing to the connection', () => {
    let connection = openConnection()
    let frames = 0
    throughout(relayFrames(), (frame) => {
      // No time passes here, and more than 64 MiB without any is cut off, as it should be.
      if (frames++ % FRAMES_PER_CONNECTION === 0) {
        connection.close()
        connection = openConnection()
      }
      connection.hear(frame)
      assert.equal(connection.state(), 'connected')
    })
    connection.close()
  })

  it('as a decrypted message is read or dropped', async () => {
    const inbound = silentInbound()
    const deps = { identity: merchant, secp, usableRelays: () => [], nowS: NOW_S }
    const cases = fc.tuple(fc.constantFrom(...HEARD), bodies())
    await throughoutAsync(cases, async ([kind, plaintext]) => {
      const content = seal(plaintext)
      await deliver({ ...EVENT, pubkey: user.publicKey, kind, content }, inbound, deps)
    })
  })

  it('as ciphertext is dropped without a word', async () => {
    const deps = { identity: merchant, secp, usableRelays: () => [], nowS: NOW_S }
    const cases = fc.tuple(
      fc.constantFrom(...HEARD),
      mangled([seal(BODIES[0] ?? ''), '', 'AA?iv=AA']),
    )
    await throughoutAsync(cases, async ([kind, content]) => {
      await deliver({ ...EVENT, pubkey: user.publicKey, kind, content }, silentInbound(), deps)
    })
  })

  it('as a handshake URL is read or refused as one', () => {
    throughout(mangled(URLS), (text) => {
      refuses(HandshakeUrlError, () => parseHandshakeUrl(text, secp))
    })
  })

  it('as a BOLT 11 invoice is read or refused as one, its checksum being right or wrong', () => {
    throughout(fc.oneof(mangled(INVOICES), resealed()), (text) => {
      refuses(Bolt11Error, () => readInvoice(text))
      refuses(Bolt11Error, () => decodeInvoice(text, secp))
    })
  })
})

const HEARD = [
  KIND.keyHandshake,
  KIND.authResponse,
  KIND.paymentResponse,
  KIND.paymentConfirmation,
  KIND.subkeyProof,
]
const EVENT = user.sign({
  kind: KIND.paymentResponse,
  created_at: NOW_S,
  tags: [['p', merchant.publicKey]],
  content: 'x',
})
const MESSAGES: readonly Record<string, unknown>[] = [
  { request_id: 'order-1', status: { success: { preimage: '00'.repeat(32) } } },
  { request_id: 'order-1', status: { failed: { reason: 'no' } } },
  {
    token: 'token',
    client_info: { name: 'n', version: '1' },
    preferred_relays: ['wss://r.example'],
  },
  {
    challenge: 'c',
    response: { approved: { session_token: 'a.b.c', granted_permissions: [] } },
    subkey_proof: null,
  },
  {
    main_key: user.publicKey,
    metadata: { name: 'n', nonce: '0', permissions: ['auth'] },
    signature: '00',
  },
]
const BODIES = MESSAGES.map((message) => JSON.stringify(message))
const URLS = [true, false].map((noRequest) =>
  formatHandshakeUrl({
    mainKey: merchant.publicKey,
    relays: ['wss://relay.example', 'wss://other.example/path'],
    token: 'token-1',
    subkey: noRequest ? user.publicKey : null,
    noRequest,
  }),
)
const VECTORS = new URL('../../packages/protocol/vectors/bolt11.json', import.meta.url)
const INVOICES: readonly string[] = JSON.parse(readFileSync(VECTORS, 'utf8')).valid.map(
  ({ invoice }: { invoice: string }) => invoice,
)

function clientFrames(): fc.Arbitrary<string> {
  const frames: fc.Arbitrary<unknown>[] = [
    fc.tuple(fc.constant('EVENT'), bent({ ...EVENT })),
    fc.tuple(
      fc.constant('REQ'),
      ANY_JSON,
      bent({ kinds: [1], authors: ['a'], '#p': ['b'], limit: 1 }),
    ),
    fc.tuple(fc.constant('CLOSE'), ANY_JSON),
    fc.array(ANY_JSON, { maxLength: 5 }),
  ]
  const samples = [
    JSON.stringify(['EVENT', EVENT]),
    JSON.stringify(['REQ', 's', { kinds: [KIND.paymentRequest], '#p': [user.publicKey] }]),
    '["CLOSE","s"]',
  ]
  return fc.oneof(...frames.map((frame) => frame.map(text)), mangled(samples))
}

function relayFrames(): fc.Arbitrary<string> {
  const words = fc.constantFrom('EVENT', 'EOSE', 'CLOSED', 'OK', 'AUTH', 'NOTICE', 'COUNT')
  const samples = [
    JSON.stringify(['EVENT', 's', EVENT]),
    JSON.stringify(['OK', EVENT.id, true, '']),
    JSON.stringify(['AUTH', 'challenge']),
    JSON.stringify(['CLOSED', '1', 'auth-required: who are you?']),
  ]
  return fc.oneof(
    fc.tuple(words, ANY_JSON, ANY_JSON, ANY_JSON).map(text),
    fc.tuple(fc.constant('EVENT'), ANY_JSON, bent({ ...EVENT })).map(text),
    mangled(samples),
  )
}

function bodies(): fc.Arbitrary<string> {
  return fc.oneof(
    ...MESSAGES.map((message) => bent(message).map(text)),
    mangled(BODIES),
    fc.string(),
  )
}

/** Invoices whose data is bent and whose checksum is right. */
function resealed(): fc.Arbitrary<string> {
  const word = fc.tuple(fc.nat(), fc.nat(31))
  return fc
    .tuple(fc.constantFrom(...INVOICES), fc.array(word, { maxLength: 6 }), fc.nat(300))
    .map(([invoice, changes, cut]) => {
      const decoded = bech32.decodeUnsafe(invoice, false)
      if (!decoded) return invoice
      const words = [...decoded.words]
      for (const [at, value] of changes) words[at % words.length] = value
      if (changes.length % 3 === 0) words.splice(0, cut % words.length)
      return bech32.encode(decoded.prefix, words, false)
    })
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? ''
}

/** NIP-44 takes 1 to 65,535 bytes. */
function seal(plaintext: string): string {
  return user.encrypt(plaintext.toWellFormed().slice(0, 16_000) || ' ', merchant.publicKey)
}

function throughout<T>(values: fc.Arbitrary<T>, run: (value: T) => void): void {
  const half = (from: number) =>
    fc.assert(fc.property(values, run), { numRuns: CASES / 2, seed: from, endOnFailure: true })
  half(seed)
  const beforeMib = heapMib()
  half(seed + 1)
  assertNoGrowth(beforeMib)
}

async function throughoutAsync<T>(
  values: fc.Arbitrary<T>,
  run: (value: T) => Promise<void>,
): Promise<void> {
  const half = (from: number) =>
    fc.assert(fc.asyncProperty(values, run), { numRuns: CASES / 2, seed: from, endOnFailure: true })
  await half(seed)
  const beforeMib = heapMib()
  await half(seed + 1)
  assertNoGrowth(beforeMib)
}

function assertNoGrowth(beforeMib: number): void {
  const grownMib = heapMib() - beforeMib
  assert(grownMib < GROWTH_MIB_MAX, `the heap grew by ${grownMib.toFixed(1)} MiB`)
}

/** Passes when `run` returns, or throws the one error it promises. */
function refuses(
  expected: typeof Bolt11Error | typeof HandshakeUrlError,
  run: () => unknown,
): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof expected)) throw error
  }
}

/** A connection to a relay that says what the test says. */
function openConnection() {
  let handlers: SocketHandlers | undefined
  const connection = connectRelay('ws://relay.example', {
    clock,
    random: (length) => new Uint8Array(length),
    openSocket: (_url, given) => {
      handlers = given
      return silentSocket()
    },
  })
  handlers?.open()
  connection.subscribe([{ kinds: [1] }], { event: () => {} })
  return {
    hear: (frame: string) => handlers?.message(frame),
    state: () => connection.state,
    close: () => connection.close(),
  }
}

function silentSocket() {
  return { send: () => {}, close: () => {}, bufferedAmount: 0 }
}

function silentInbound(): Inbound {
  return {
    wanted: () => true,
    isOurs: () => true,
    turns: ALONE_TURNS,
    keyHandshake: async () => {},
    authResponse: async () => {},
    paymentResponse: async () => {},
    subkeyProof: async () => {},
    reachable: () => {},
  }
}
