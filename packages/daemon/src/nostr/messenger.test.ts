// What the messenger promises, over real relays of ours in this process.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { afterEach, describe, it } from 'node:test'
import {
  createIdentity,
  encodeKeyHandshake,
  encodePaymentResponse,
  generateSecretKey,
  type Identity,
  KIND,
  type NostrEvent,
  type PaymentResponse,
  parsePaymentRequest,
  secp256k1 as secp,
  taggedKeys,
} from 'portal-protocol'
import {
  systemClock as clock,
  createEmbeddedRelay,
  createRelayPool,
  type EmbeddedRelay,
  type OpenSocket,
} from 'portal-relay'
import { silentLogger } from '../engine/logger.ts'
import type { Inbound, Outgoing } from '../engine/ports.ts'
import type { PaymentId } from '../payment/payment.ts'
import { ALONE_TURNS } from '../testing/alone.ts'
import { createNostrMessenger, type NostrMessenger } from './messenger.ts'

const random = (length: number) => randomBytes(length)
const person = () => createIdentity(generateSecretKey(random, secp), { secp, random })
const A = 'wss://a.example'
const B = 'wss://b.example'
/** Relays that wallets named. */
const NAMED = ['wss://c.example', 'wss://d.example']

type Setting = {
  readonly messenger: NostrMessenger
  readonly merchant: Identity
  readonly user: Identity
  readonly answers: PaymentResponse[]
  /** How many scanned the handshake that is open. */
  scans: number
  readonly relays: ReadonlyMap<string, EmbeddedRelay>
  /** Frames the relays sent to the messenger can be swallowed here. */
  mute: boolean
  failing: boolean
  /** Everything published to these keys, as it is seen at relay A. */
  seen(key: Identity): NostrEvent[]
  /** A client of relay `url` that publishes as a stranger would. */
  publish(event: NostrEvent, url?: string): Promise<string>
  /** What relay A says to the messenger, out of turn. */
  inject(frame: string): void
}

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Two relays, the messenger connected to both and listening; and two that wallets may name. */
async function open(nowMs = clock.nowMs): Promise<Setting> {
  const merchant = person()
  const user = person()
  const relays = new Map([A, B, ...NAMED].map((url) => [url, createEmbeddedRelay({ clock, secp })]))
  let say: (frame: string) => void = () => {}
  const openSocket: OpenSocket = (url, handlers) => {
    const relay = relays.get(url)
    if (relay === undefined) throw new Error(`no relay ${url}`)
    const message = (text: string) => {
      if (!setting.mute) handlers.message(text)
    }
    if (url === A) say = message
    return relay.openSocket(url, { ...handlers, message })
  }
  const pool = createRelayPool({ openSocket, clock, random, roundTripEveryMs: 200 })
  const messenger = createNostrMessenger({
    identity: merchant,
    secp,
    pool,
    clock: { ...clock, nowMs },
    log: silentLogger,
    relays: [A, B],
    embeddedRelay: null,
    allowPrivateRelays: false,
    probeTimes: { everyMs: 50, everyWhileDownMs: 50, timeoutMs: 300 },
  })
  const answers: PaymentResponse[] = []
  messenger.start({
    ...inboundOf(user, answers, () => setting.failing),
    async keyHandshake() {
      setting.scans += 1
    },
  })
  closing.push(
    () => messenger.close(),
    () => pool.close(),
  )
  const clients = new Map<string, ReturnType<OpenSocket>>()
  const waiting = new Map<string, (reason: string) => void>()
  const seen = new Map<string, NostrEvent[]>()
  for (const [url, relay] of relays) {
    const message = (text: string) => {
      const [type, first, second, third] = JSON.parse(text)
      if (type === 'OK') waiting.get(first)?.(second ? 'taken' : third)
      if (type === 'EVENT') seen.get(first)?.push(second)
    }
    clients.set(url, relay.openSocket(url, { open() {}, message, close() {} }))
  }
  const setting: Setting = {
    messenger,
    merchant,
    user,
    answers,
    scans: 0,
    relays,
    mute: false,
    failing: false,
    seen(key) {
      const id = key.publicKey.slice(0, 20)
      if (!seen.has(id)) {
        seen.set(id, [])
        clients.get(A)?.send(JSON.stringify(['REQ', id, { '#p': [key.publicKey] }]))
      }
      return seen.get(id) ?? []
    },
    publish(event, url = A) {
      const answered = new Promise<string>((resolve) => waiting.set(event.id, resolve))
      clients.get(url)?.send(JSON.stringify(['EVENT', event]))
      return answered
    },
    inject: (frame) => say(frame),
  }
  await until(() => messenger.health().every(({ ok }) => ok))
  return setting
}

function inboundOf(user: Identity, answers: PaymentResponse[], failing: () => boolean): Inbound {
  return {
    wanted: (author, kind) => author === user.publicKey || kind === KIND.keyHandshake,
    isOurs: () => true,
    turns: ALONE_TURNS,
    keyHandshake: async () => {},
    authResponse: async () => {},
    async paymentResponse(_received, message) {
      if (failing()) throw new Error('disk full')
      answers.push(message)
    },
    subkeyProof: async () => {},
    reachable() {},
  }
}

function outgoing(user: Identity, overrides: Partial<Outgoing> = {}): Outgoing {
  return {
    subject: 'payment-1' as PaymentId,
    mainKey: user.publicKey,
    subkeys: [],
    relays: [],
    fresh: false,
    expiresAt: Math.floor(Date.now() / 1000) + 300,
    message: {
      type: 'payment_request',
      requestId: 'order-1',
      amount: 10_000n,
      currency: 'Millisats',
      invoice: 'lnbcrt100n1',
      expiresAt: 1_900_000_000,
      description: null,
      subscriptionId: null,
      authToken: null,
      currentExchangeRate: null,
    },
    ...overrides,
  }
}

function answer(
  { merchant, user }: Setting,
  by: Identity = user,
  requestId = 'order-1',
): NostrEvent {
  const plaintext = encodePaymentResponse({ requestId, status: { type: 'approved' } })
  return by.sign({
    kind: KIND.paymentResponse,
    created_at: Math.floor(Date.now() / 1000),
    tags: [['p', merchant.publicKey]],
    content: by.encrypt(plaintext, merchant.publicKey),
  })
}

function scans({ merchant }: Setting, count: number): NostrEvent[] {
  const stranger = person()
  const message = { token: 't', clientInfo: { name: 'w', version: '1' }, preferredRelays: [] }
  const content = stranger.encrypt(encodeKeyHandshake(message), merchant.publicKey)
  const created_at = Math.floor(Date.now() / 1000)
  const tags = [['p', merchant.publicKey]]
  return Array.from({ length: count }, (_, i) =>
    stranger.sign({ kind: KIND.keyHandshake, created_at: created_at - i, tags, content }),
  )
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!holds()) {
    assert(Date.now() < deadline, `waited 10 s for: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('a request', () => {
  it('is one event per key of the user, tagged for all, and each can read its own', async () => {
    const setting = await open()
    const phone = person()
    const seen = [setting.seen(setting.user), setting.seen(phone)]
    await setting.messenger.send(outgoing(setting.user, { subkeys: [phone.publicKey] }))
    await until(() => seen.every((events) => events.length === 2))
    const both = [setting.user.publicKey, phone.publicKey].sort()
    const readers = [setting.user, phone].map((key) =>
      (seen[0] ?? []).filter((event) => readable(event, key, setting.merchant)),
    )
    assert.deepEqual(
      readers.map((events) => events.length),
      [1, 1],
    )
    for (const event of seen[0] ?? []) assert.deepEqual(taggedKeys(event).sort(), both)
  })

  it('goes out again byte for byte, and anew only when asked to', async () => {
    const setting = await open()
    const seen = setting.seen(setting.user)
    await setting.messenger.send(outgoing(setting.user))
    await setting.messenger.send(outgoing(setting.user))
    await setting.messenger.send(outgoing(setting.user, { fresh: true }))
    await until(() => seen.length === 3)
    assert.equal(JSON.stringify(seen[0]), JSON.stringify(seen[1]))
    assert.notEqual(seen[1]?.id, seen[2]?.id)
  })

  it('has an outcome for every relay, the user’s among them', async () => {
    const setting = await open()
    const named = 'wss://gone.example'
    const outcomes = await setting.messenger.send(outgoing(setting.user, { relays: [named] }))
    const byUrl = new Map(outcomes.map(({ url, error }) => [url, error]))
    assert.deepEqual([byUrl.get(A), byUrl.get(B)], [null, null])
    assert.equal(typeof byUrl.get(named), 'string')
  })
})

describe('an answer', () => {
  it('counts once, however many relays bring it and however often', async () => {
    const setting = await open()
    const event = answer(setting)
    for (const url of [A, B, A, B]) await setting.publish(event, url)
    await until(() => setting.answers.length > 0)
    await setting.publish(answer(setting, setting.user, 'order-2'))
    await until(() => setting.answers.some(({ requestId }) => requestId === 'order-2'))
    assert.equal(setting.answers.length, 2)
  })

  it('is not hidden by a forged copy that came first', async () => {
    const setting = await open()
    const event = answer(setting)
    const forged = { ...event, sig: 'f'.repeat(128) }
    assert.equal(await setting.messenger.receive(forged), 'invalid')
    assert.equal(await setting.messenger.receive({ ...event, content: 'x' }), 'invalid')
    assert.equal(await setting.messenger.receive(event), 'delivered')
    assert.equal(setting.answers.length, 1)
  })

  it('is heard again when keeping it failed', async () => {
    const setting = await open()
    const event = answer(setting)
    setting.failing = true
    await assert.rejects(setting.messenger.receive(event))
    setting.failing = false
    assert.equal(await setting.messenger.receive(event), 'delivered')
    assert.equal(await setting.messenger.receive(event), 'duplicate')
  })

  it('from a stranger is dropped before its signature is looked at', async () => {
    const setting = await open()
    const forged = { ...answer(setting, person()), sig: '0'.repeat(128) }
    assert.equal(await setting.messenger.receive(forged), 'unwanted')
  })

  it('that cannot be read does no harm, however it is broken', async () => {
    const setting = await open()
    const { user, merchant } = setting
    const contents = [
      '',
      'garbage',
      JSON.stringify({ request_id: 'order-1', status: 'approved' }),
      user.encrypt('{"request_id":"order-1"', merchant.publicKey),
      user.encrypt('{"request_id":1,"status":"approved"}', merchant.publicKey),
      user.encrypt('{"request_id":"order-1","status":"APPROVED"}', merchant.publicKey),
      'A'.repeat(200_000),
    ]
    for (const content of contents) {
      const tags = [['p', merchant.publicKey]]
      const event = user.sign({ kind: KIND.paymentResponse, created_at: 1, tags, content })
      await setting.messenger.receive(event)
    }
    assert.deepEqual(setting.answers, [])
  })

  it('is still heard after any nonsense a relay may say', async () => {
    const setting = await open()
    const nonsense = [
      '',
      'null',
      '[]',
      '{}',
      '["EVENT"]',
      '["EVENT","x",{}]',
      '["OK",1,2,3]',
      '["CLOSED"]',
    ]
    for (const frame of [...nonsense, `["NOTICE","${'x'.repeat(1e6)}"]`]) setting.inject(frame)
    await setting.publish(answer(setting), B)
    await until(() => setting.answers.length === 1)
  })
})

describe('whoever says too much', () => {
  it('is not listened to for a while, if it is a relay that hands on forgeries', async () => {
    // Its time stands still, so that patience does not come back meanwhile.
    const nowMs = Date.now()
    const setting = await open(() => nowMs)
    const forge = (by: Identity) => ({ ...answer(setting, by), sig: 'f'.repeat(128) })
    const bring = (event: NostrEvent) => setting.inject(JSON.stringify(['EVENT', 's1', event]))
    for (let i = 0; i < 300; i++) {
      bring(forge(setting.user))
      await new Promise(setImmediate)
    }
    bring(answer(setting))
    await setting.publish(answer(setting, setting.user, 'by the other'), B)
    await until(() => setting.answers.length > 0)
    assert.deepEqual(
      setting.answers.map(({ requestId }) => requestId),
      ['by the other'],
    )
  })

  it('is not listened to for a while, if it is an author', async () => {
    const nowMs = Date.now()
    const setting = await open(() => nowMs)
    const { user, merchant, messenger } = setting
    const tags = [['p', merchant.publicKey]]
    const told = new Map<string, number>()
    for (let i = 0; i < 2_010; i++) {
      const event = user.sign({ kind: KIND.paymentResponse, created_at: i, tags, content: '' })
      const found = await messenger.receive(event)
      told.set(found, (told.get(found) ?? 0) + 1)
    }
    assert.deepEqual(Object.fromEntries(told), { delivered: 2_001, unwanted: 9 })
  })
})

describe('strangers', () => {
  it('are a crowd of 1,000 at the embedded relay, and keep nobody who was asked from answering', async () => {
    const nowMs = Date.now()
    const setting = await open(() => nowMs)
    const { messenger, user } = setting
    const told: string[] = []
    for (const event of scans(setting, 1_003)) told.push(await messenger.receive(event))
    assert.equal(setting.scans, 1_000)
    assert.deepEqual(told.slice(-4), ['delivered', ...Array(3).fill('rate_limited')])
    const login = { ...answer(setting), kind: KIND.authResponse }
    assert.equal(await messenger.receive(user.sign(login)), 'delivered')
    assert.equal(await messenger.receive(answer(setting)), 'delivered')
  })

  it('are one crowd at all relays that wallets named together', async () => {
    const nowMs = Date.now()
    const setting = await open(() => nowMs)
    setting.messenger.listenOn(NAMED)
    await until(() => NAMED.every((url) => setting.relays.get(url)?.stats().subscriptions === 1))
    const crowd = scans(setting, 1_200)
    await Promise.all(crowd.map((event, i) => setting.publish(event, NAMED[i % 2])))
    for (const url of NAMED) await setting.publish(answer(setting, setting.user, url), url)
    await until(() => setting.answers.length === NAMED.length)
    assert.equal(setting.scans, 1_000)
    await setting.publish(scans(setting, 1)[0] ?? assert.fail(), B)
    await until(() => setting.scans === 1_001)
  })
})

describe('our own relays', () => {
  it('are well only when what we send through them comes back', async () => {
    const setting = await open()
    await until(() => setting.messenger.health().every(({ ok }) => ok))
    setting.mute = true
    await until(() => setting.messenger.health().every(({ ok }) => !ok))
    setting.mute = false
    await until(() => setting.messenger.health().every(({ ok }) => ok))
  })
})

function readable(event: NostrEvent, key: Identity, merchant: Identity): boolean {
  try {
    return parsePaymentRequest(key.decrypt(event.content, merchant.publicKey)) !== undefined
  } catch {
    return false
  }
}
