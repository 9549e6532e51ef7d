// Whether our own relays are said to be well when they are, the one in this process among them.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { it } from 'node:test'
import { createIdentity, generateSecretKey, secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, createEmbeddedRelay, createRelayPool } from 'portal-relay'
import { silentLogger } from '../engine/logger.ts'
import type { Inbound } from '../engine/ports.ts'
import { ALONE_TURNS } from '../testing/alone.ts'
import { eventually } from '../testing/eventually.ts'
import { createNostrMessenger, type NostrMessenger } from './messenger.ts'

const random = (length: number) => randomBytes(length)
const EMBEDDED = 'ws://127.0.0.1:3000/relay'

it('the embedded relay, wired as main.ts does, is found to be well', async () => {
  const identity = createIdentity(generateSecretKey(random, secp), { secp, random })
  let messenger: NostrMessenger | null = null
  const relay = createEmbeddedRelay({
    clock,
    secp,
    ownKey: identity.publicKey,
    wanted: (event) => messenger?.wanted(event) ?? false,
    intercept: async (event) => (await messenger?.receive(event)) ?? 'unwanted',
  })
  const pool = createRelayPool({ openSocket: relay.openSocket, clock, random })
  messenger = createNostrMessenger({
    identity,
    secp,
    pool,
    clock,
    log: silentLogger,
    relays: [EMBEDDED],
    embeddedRelay: EMBEDDED,
    allowPrivateRelays: true,
    probeTimes: { everyMs: 20, everyWhileDownMs: 20, timeoutMs: 300 },
  })
  try {
    messenger.start(NOBODY)
    const { health } = messenger
    const [found] = await eventually(health, ([embedded]) => embedded?.ok === true)
    assert.equal(found?.url, EMBEDDED)
  } finally {
    await messenger.close()
    pool.close()
    relay.close()
  }
})

const NOBODY: Inbound = {
  wanted: () => false,
  isOurs: () => true,
  turns: ALONE_TURNS,
  keyHandshake: async () => {},
  authResponse: async () => {},
  paymentResponse: async () => {},
  subkeyProof: async () => {},
  reachable: () => {},
}
