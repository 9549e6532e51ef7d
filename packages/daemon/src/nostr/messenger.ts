// The engine's messenger on Nostr: publishes requests to every relay of a user and ours, and hands in
// what wallets say, each event once.
import {
  type Identity,
  KIND,
  type NostrEvent,
  type PublicKey,
  type Secp256k1,
} from 'portal-protocol'
import {
  type Clock,
  createEventGate,
  type GateAnswer,
  type RelayConnection,
  type RelayPool,
  type VerifyEvent,
} from 'portal-relay'
import { createCourtesy } from '../engine/courtesy.ts'
import type { Logger } from '../engine/logger.ts'
import type { Inbound, Messenger, RelayOutcome } from '../engine/ports.ts'
import { deliver } from './inbox.ts'
import { HEARD_KINDS, PROBE_KIND, STRANGERS_KINDS } from './kinds.ts'
import { createListening } from './listening.ts'
import { createPatience } from './patience.ts'
import { createProbe, PROBE_TIMES, type ProbeTimes } from './probe.ts'
import { createSignedRequests } from './signed-requests.ts'
import { usableRelays } from './usable-relays.ts'

const PUBLISH_TIMEOUT_MS = 3_000
const SEEN_MAX = 100_000
const KEPT_REQUESTS_MAX = 10_000
const USER_RELAYS_MAX = 200
/** Strangers' ways to us beside our own relays. Relays that wallets name may be many and one stranger's. */
const WAY = { embedded: 'embedded', named: 'named' } as const

export type NostrMessengerDeps = {
  readonly identity: Identity
  readonly secp: Secp256k1
  readonly pool: RelayPool
  readonly clock: Clock
  readonly log: Logger
  /** Ours, normalised, in the order handshake URLs name them. */
  readonly relays: readonly string[]
  /** The one of them that runs in this process; its events come by `receive`. */
  readonly embeddedRelay: string | null
  /** Whether wallets may name relays at private addresses: on regtest. */
  readonly allowPrivateRelays: boolean
  readonly verify?: VerifyEvent
  readonly probeTimes?: ProbeTimes
}

export interface NostrMessenger extends Messenger {
  /** An event for us, straight from the embedded relay; resolves once it is committed. */
  receive(event: NostrEvent): Promise<GateAnswer | 'rate_limited'>
  /** Somebody subscribed for these keys at the embedded relay. */
  subscribed(keys: readonly PublicKey[]): void
  /** Cheap, before its signature is checked: could this event matter now? */
  wanted(event: NostrEvent): boolean
}

export function createNostrMessenger(deps: NostrMessengerDeps): NostrMessenger {
  const { identity, secp, clock, log, relays } = deps
  const signed = createSignedRequests(identity, KEPT_REQUESTS_MAX)
  const usable = (urls: readonly string[]) => usableRelays(urls, deps.allowPrivateRelays)
  const patience = createPatience(clock)
  let inbound: Inbound | null = null

  function wanted(event: NostrEvent): boolean {
    if (event.pubkey === identity.publicKey || !HEARD_KINDS.includes(event.kind)) return false
    if (!(inbound?.wanted(event.pubkey, event.kind) ?? false)) return false
    return patience.withAuthor(event.pubkey)
  }

  function isTooMuch(event: NostrEvent, way: string): boolean {
    if (!STRANGERS_KINDS.includes(event.kind)) return false
    // Whose answer is awaited is no stranger.
    if (inbound?.wanted(event.pubkey, KIND.paymentResponse) ?? false) return false
    return !patience.withStrangers(way)
  }

  const gate = createEventGate({
    secp,
    seenMax: SEEN_MAX,
    ...(deps.verify === undefined ? {} : { verify: deps.verify }),
    wanted,
    async deliver(event) {
      patience.heard(event.pubkey)
      const nowS = Math.floor(clock.nowMs() / 1000)
      if (inbound === null) return
      await deliver(event, inbound, { identity, secp, usableRelays: usable, nowS })
    },
  })

  const courtesy = createCourtesy(clock)

  async function handle(event: NostrEvent, relay: string): Promise<boolean> {
    try {
      const answer = await gate.accept(event)
      if (answer === 'invalid') patience.forged(relay)
      return answer === 'delivered'
    } catch (error) {
      // Not marked as seen: another relay's copy, or the wallet's next try, gets its turn.
      log.error('delivery_failed', { event: event.id, relay, error: String(error) })
      return false
    }
  }

  const listening = createListening({
    pool: deps.pool,
    publicKey: identity.publicKey,
    ownRelays: relays,
    embeddedRelay: deps.embeddedRelay,
    userRelaysMax: USER_RELAYS_MAX,
    event(event, relay) {
      if (event.kind === PROBE_KIND && event.pubkey === identity.publicKey) {
        probe.heard(event, relay)
        return
      }
      if (!wanted(event) || !patience.withRelay(relay)) return
      if (isTooMuch(event, relays.includes(relay) ? relay : WAY.named)) return
      courtesy.pass({
        id: event.id,
        chars: event.content.length,
        isOurs: inbound?.isOurs(event.pubkey, event.kind) ?? true,
        handle: () => handle(event, relay),
      })
    },
    back: (users) => inbound?.reachable(users),
  })
  const own = relays.flatMap((url) => {
    const connection = listening.at(url, null)
    return connection === null ? [] : [{ url, connection }]
  })
  const probe = createProbe({
    identity,
    clock,
    relays: own,
    embeddedRelay: deps.embeddedRelay,
    times: deps.probeTimes ?? PROBE_TIMES,
  })

  return {
    publicKey: identity.publicKey,
    relays,
    wanted,
    receive: async (event) =>
      isTooMuch(event, WAY.embedded) ? 'rate_limited' : gate.accept(event),
    subscribed: (keys) => inbound?.reachable(keys),

    start(engine) {
      inbound = engine
      courtesy.start(engine.turns)
      probe.start()
    },

    async send(outgoing) {
      const events = signed.events(outgoing, Math.floor(clock.nowMs() / 1000))
      const urls = new Set([...relays, ...outgoing.relays.slice(0, 5)])
      return Promise.all(
        [...urls].map(async (url) => {
          const connection = listening.at(url, relays.includes(url) ? null : outgoing.mainKey)
          return { url, error: await publishAll(events, connection) }
        }),
      )
    },

    listenOn(urls) {
      for (const url of usable(urls)) listening.at(url, null)
    },

    forget: (subject) => signed.forget(subject),
    health: probe.health,

    async close() {
      probe.close()
      await courtesy.close()
      listening.close()
    },
  }
}

/** Null when the relay took every one of them, else its first reason not to. */
async function publishAll(
  events: readonly NostrEvent[],
  connection: RelayConnection | null,
): Promise<RelayOutcome['error']> {
  if (connection === null) return 'too many relays are connected already'
  const outcomes = await Promise.all(
    events.map((event) => connection.publish(event, PUBLISH_TIMEOUT_MS)),
  )
  for (const outcome of outcomes) {
    if (!outcome.accepted) return outcome.reason
  }
  return null
}
