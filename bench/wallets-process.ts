// The users: wallets that approve and pay whatever they are asked, each over its own Nostr Wallet
// Connect client; users who never answer; and an echo, the bare round trip of two parties.
import { randomBytes } from 'node:crypto'
import { createNwcClient } from 'portal-nwc'
import {
  createIdentity,
  generateSecretKey,
  type Identity,
  KIND,
  parseNwcConnection,
  secp256k1 as secp,
  verifyEvent,
} from 'portal-protocol'
import {
  systemClock as clock,
  createEventVerifier,
  createRelayPool,
  openWebSocket,
} from 'portal-relay'
import { createMemoryAnswerStore, createNwcPayer, createWallet, HONEST } from 'portal-wallet'
import { nowMs, serve, usage } from './process.ts'

/** Wallets that share a connection, as a relay would have it. */
const WALLETS_PER_CONNECTION = 50

const relay = process.env.BENCH_RELAY ?? ''
const random = (length: number) => randomBytes(length)
const newPool = () => createRelayPool({ openSocket: openWebSocket, clock, random })
const newIdentity = () => createIdentity(generateSecretKey(random, secp), { secp, random })
const silentPool = newPool()
const verify = createEventVerifier({ secp })

export type Trace = { readonly askedAt: number; approvedAt: number }
const traces = new Map<string, Trace>()
let thinkMs = 0

function startWallet(nwc: string, pool: ReturnType<typeof newPool>): Identity {
  const identity = newIdentity()
  const connection = parseNwcConnection(nwc, secp)
  const client = createNwcClient(connection, { pool, secp, random, clock, verify })
  createWallet({
    identity,
    relays: [relay],
    pool,
    payer: createNwcPayer(client),
    store: createMemoryAnswerStore({ clock }),
    behaviour: {
      ...HONEST,
      async decide() {
        if (thinkMs > 0) await new Promise<void>((resolve) => clock.setTimer(thinkMs, resolve))
        return 'approve'
      },
    },
    clock,
    secp,
    verify,
    onStep(step) {
      if (step.type === 'payment_asked') {
        traces.set(step.requestId, { askedAt: nowMs(), approvedAt: 0 })
      } else if (step.type === 'payment_approved') {
        const trace = traces.get(step.requestId)
        if (trace !== undefined) trace.approvedAt = nowMs()
      } else if (step.type === 'broke') console.error(step.error)
    },
  })
  return identity
}

const echo = newIdentity()
const echoRelay = newPool().relay(relay)
echoRelay.subscribe([{ kinds: [KIND.paymentRequest], '#p': [echo.publicKey] }], {
  event(event) {
    if (!verifyEvent(event, secp)) return
    const text = echo.decrypt(event.content, event.pubkey)
    const answer = echo.sign({
      kind: KIND.paymentResponse,
      created_at: Math.floor(clock.nowMs() / 1000),
      tags: [['p', event.pubkey]],
      content: echo.encrypt(text, event.pubkey),
    })
    void echoRelay.publish(answer, 5_000)
  },
})

const api = {
  /** Starts one wallet for each Nostr Wallet Connect string; resolves with their users' keys. */
  start: async (connections: readonly string[]) => {
    const keys: string[] = []
    let pool = newPool()
    for (const [i, nwc] of connections.entries()) {
      if (i % WALLETS_PER_CONNECTION === 0) pool = newPool()
      keys.push(startWallet(nwc, pool).publicKey)
    }
    await pool.relay(relay).roundTrip(10_000)
    return keys
  },
  /** Keys of users whose wallets listen and never say a word. */
  silent: async (count: number) => {
    const keys = Array.from({ length: count }, () => newIdentity().publicKey)
    const connection = silentPool.relay(relay)
    const filter = { kinds: [KIND.paymentRequest], '#p': [...keys] }
    connection.subscribe([filter], { event: () => {} })
    await connection.roundTrip(10_000)
    return keys
  },
  think: (ms: number) => {
    thinkMs = ms
  },
  /** What happened to each request, by request id, and forgets it. */
  traces: () => {
    const told = new Map(traces)
    traces.clear()
    return told
  },
  echo: () => echo.publicKey,
  usage: () => usage(false),
}
export type WalletsApi = typeof api
serve(api, () => {})
