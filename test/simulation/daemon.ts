// The daemon as main.ts wires it, with sockets, clock, disk and chance of the simulation: every part of
// it is the real one.

import { createNwcClient } from 'portal-nwc'
import {
  createIdentity,
  fromHex,
  generateSecretKey,
  type NwcConnection,
  nsecOf,
  parseSecretKey,
  toHex,
} from 'portal-protocol'
import {
  createEmbeddedRelay,
  createEventVerifier,
  createRelayPool,
  type EmbeddedRelay,
  type OpenSocket,
  type RelayPeer,
} from 'portal-relay'
import { createEngine, type Engine } from '../../packages/daemon/src/engine/engine.ts'
import type { Logger } from '../../packages/daemon/src/engine/logger.ts'
import type { Lightning, Store } from '../../packages/daemon/src/engine/ports.ts'
import type { HttpSender } from '../../packages/daemon/src/engine/webhook-ports.ts'
import { createNwcLightning } from '../../packages/daemon/src/lightning/nwc.ts'
import {
  createNostrMessenger,
  type NostrMessenger,
} from '../../packages/daemon/src/nostr/messenger.ts'
import { PROBE_TIMES } from '../../packages/daemon/src/nostr/probe.ts'
import { sqliteStoreOn } from '../../packages/daemon/src/store/sqlite-store.ts'
import type { Turns } from '../../packages/daemon/src/store/turns.ts'
import { createWebhooks, type WebhookService } from '../../packages/daemon/src/webhooks/webhooks.ts'
import type { Channels } from './channel.ts'
import type { Disk, DurableDatabase } from './durable-database.ts'
import type { Mortal } from './mortal.ts'
import type { Attach, Network } from './network.ts'
import { standInSecp256k1 as secp } from './stand-in-secp256k1.ts'
import type { World } from './world.ts'

export const EMBEDDED_URL = 'ws://daemon.sim/relay'
export const OWN_URL = 'wss://own.sim'

/** How much of its background work a daemon does; the rest is left out to make lives cheap. */
export type Pace = {
  readonly roundTripEveryMs: number
  readonly probeEveryMs: number
  /** Whether readiness asks the store and the node every 5 s. */
  readonly pings: boolean
  /** How long a commit takes, at most (ms). */
  readonly commitMaxMs: number
}

export type DaemonDeps = {
  readonly world: World
  readonly mortal: Mortal
  readonly database: DurableDatabase
  readonly disk: Disk
  readonly network: Network
  readonly connection: NwcConnection
  readonly pace: Pace
  readonly log: Logger
  /** The way to webhook receivers. */
  readonly sender: (mortal: Mortal) => HttpSender
  /** How it shares its store with other daemons; null: it is alone, and has a relay of its own. */
  readonly sharing: { readonly channels: Channels; readonly turns: Turns } | null
  /** Where it is heard, its own relay left out. */
  readonly relays: readonly string[]
}

export type RunningDaemon = {
  readonly engine: Engine
  readonly relay: EmbeddedRelay | null
  readonly store: Store
  readonly webhooks: WebhookService
}

/** How long a start waits for the node, as in main.ts. */
const NODE_PATIENCE_MS = 3_000

/** Resolves once it would listen. Rejects with what could not be opened. */
export async function startDaemon(deps: DaemonDeps): Promise<RunningDaemon> {
  const { world, mortal, pace, log } = deps
  const { clock, random } = mortal
  const store = await openStore(deps)
  const made = nsecOf(generateSecretKey(random, secp))
  const text = await store.initValue('nostr_key', made)
  const identity = createIdentity(parseSecretKey(text, secp), { secp, random })
  const verify = createEventVerifier({ secp })
  const alone = deps.sharing === null
  const relays = alone ? [EMBEDDED_URL, ...deps.relays] : deps.relays

  let messenger: NostrMessenger | null = null
  const relay = createEmbeddedRelay({
    clock,
    secp,
    verify,
    ownKey: identity.publicKey,
    wanted: (event) => messenger?.wanted(event) ?? false,
    intercept: async (event) => (await messenger?.receive(event)) ?? 'unwanted',
  })
  const toOthers = mortalSockets(mortal, deps.network.openSocket)
  const pool = createRelayPool({
    clock,
    random,
    openSocket: (url, handlers) =>
      (alone && url === EMBEDDED_URL ? relay.openSocket : toOthers)(url, handlers),
    auth: (url) => (relays.includes(url) ? identity : undefined),
    roundTripEveryMs: pace.roundTripEveryMs,
  })
  messenger = createNostrMessenger({
    identity,
    secp,
    pool,
    clock,
    log,
    relays,
    embeddedRelay: alone ? EMBEDDED_URL : null,
    allowPrivateRelays: true,
    verify,
    probeTimes: {
      ...PROBE_TIMES,
      everyMs: pace.probeEveryMs,
      everyWhileDownMs: Math.max(PROBE_TIMES.everyWhileDownMs, pace.probeEveryMs / 10),
    },
  })
  const client = createNwcClient(deps.connection, { pool, secp, random, clock, verify })
  const kept = await store.initValue('lnd_preimage_secret', toHex(random(32)))
  const preimageSecret = fromHex(kept)
  const node = createNwcLightning({ client, preimageSecret, clock, log })
  const lightning = withPings(pace.pings, node)
  const ports = { store, lightning, messenger, clock, random, secp, log }
  const engine = createEngine({ ...ports, network: null })
  relay.onSubscribed(messenger.subscribed)
  const webhooks = createWebhooks({
    store: store.webhooks,
    leases: store,
    reader: engine.log,
    conversation: (streamId) => store.conversation(streamId),
    sender: deps.sender(mortal),
    clock,
    random,
    log,
    allowPrivate: true,
    settings: [],
  })
  await engine.start()
  await webhooks.start()
  await nodeKnown(lightning, mortal)
  if (alone) serve(relay, deps)
  world.say(mortal.name, 'is up')
  return { engine, relay: alone ? relay : null, store, webhooks }
}

function serve(relay: EmbeddedRelay, { network, mortal }: DaemonDeps): void {
  if (!mortal.alive) return
  network.serve(
    EMBEDDED_URL,
    mortalServer(mortal, (socket) => relay.attach(socket)),
  )
  mortal.onDeath(() => {
    network.serve(EMBEDDED_URL, null)
    network.disturb(EMBEDDED_URL, 'cut')
  })
}

async function openStore(deps: DaemonDeps): Promise<Store> {
  const { world, mortal, database, disk, pace } = deps
  const { clock } = mortal
  const sharing = deps.sharing && {
    name: toHex(mortal.random(8)),
    channel: deps.sharing.channels.open(mortal),
    turns: deps.sharing.turns,
  }
  const afterInput = (run: () => void) => {
    clock.setTimer(world.chance.between(0, pace.commitMaxMs), run)
  }
  const store = await sqliteStoreOn(
    database.open(mortal, world, disk),
    { clock, afterInput },
    sharing,
  )
  return pace.pings ? store : { ...store, ping: async () => true }
}

function withPings(pings: boolean, lightning: Lightning): Lightning {
  if (pings) return lightning
  return {
    ...lightning,
    get node() {
      return lightning.node
    },
    get pushes() {
      return lightning.pushes
    },
    get holds() {
      return lightning.holds
    },
    ping: async () => true,
  }
}

async function nodeKnown(lightning: Lightning, { clock }: Mortal): Promise<void> {
  const untilMs = clock.nowMs() + NODE_PATIENCE_MS
  while (lightning.node === null && clock.nowMs() < untilMs) {
    await new Promise<void>((resolve) => clock.setTimer(50, resolve))
  }
}

/** Sockets that break when their owner dies. */
function mortalSockets(mortal: Mortal, open: OpenSocket): OpenSocket {
  return (url, handlers) => {
    const whileAlive = (run: () => void) => mortal.whenAwake(() => mortal.effect('a frame in', run))
    const socket = open(url, {
      open: () => whileAlive(() => handlers.open()),
      message: (text) => whileAlive(() => handlers.message(text)),
      close: (reason) => whileAlive(() => handlers.close(reason)),
    })
    mortal.onDeath(() => socket.close())
    return {
      send: (text) => mortal.effect('a frame out', () => socket.send(text)),
      close: () => socket.close(),
      bufferedAmount: 0,
    }
  }
}

function mortalServer(mortal: Mortal, attach: Attach): Attach {
  return (socket) => {
    const peer: RelayPeer = attach({
      send: (text) => mortal.effect('a frame out', () => socket.send(text)),
      close: () => mortal.effect('a hang-up', () => socket.close()),
      bufferedAmount: 0,
    })
    return {
      message: (text) =>
        mortal.whenAwake(() => mortal.effect('a frame in', () => peer.message(text))),
      closed: () => mortal.whenAwake(() => mortal.effect('a frame in', () => peer.closed())),
    }
  }
}
