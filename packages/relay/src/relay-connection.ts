// One relay, for ever: reconnected with jittered backoff, subscriptions restored before anything is
// published, and believed to be alive only while it answers. It verifies nothing and drops no
// duplicates: that is the event gate's.

import type { Filter, Identity, NostrEvent, RandomBytes } from 'portal-protocol'
import { type AskQueue, createAskQueue } from './ask-queue.ts'
import { type Backoff, backoffDelayMs } from './backoff.ts'
import type { Clock, Timer } from './clock.ts'
import { relayAuthEvent } from './relay-auth.ts'
import { isAnswer, openRelayLink, type RelayLink } from './relay-link.ts'
import type { RelayMessage } from './relay-message.ts'
import type { OpenSocket } from './socket.ts'
import {
  createSubscriptionSet,
  type RelaySubscription,
  type SubscriptionHandlers,
  type SubscriptionSet,
} from './subscription-set.ts'

export type PublishOutcome =
  | { readonly accepted: true; readonly message: string }
  | {
      readonly accepted: false
      /** For people; at most 300 characters. */
      readonly reason: string
      /** Whether the relay said no, or the circumstances did. */
      readonly cause: 'refused' | 'timeout' | 'disconnected' | 'overloaded' | 'closed'
    }

export interface RelayConnection {
  readonly url: string
  readonly state: 'connecting' | 'connected' | 'waiting' | 'closed'
  /** When the relay last answered something of ours; null until the first time. */
  readonly lastRoundTripAtMs: number | null
  /** Sent now, or once connected. Never throws: refusal, timeout and a lost link are outcomes. */
  publish(event: NostrEvent, timeoutMs: number): Promise<PublishOutcome>
  subscribe(filters: Filter[], handlers: SubscriptionHandlers): RelaySubscription
  /** Whether the relay answers a trivial question in time, waiting for the connection if need be. */
  roundTrip(timeoutMs: number): Promise<boolean>
  /** Runs at each further (re)connect, once the subscriptions are asked for. Returns its undo. */
  onConnected(run: () => void): () => void
  close(): void
}

export type RelayConnectionDeps = {
  readonly openSocket: OpenSocket
  readonly clock: Clock
  readonly random: RandomBytes
  /** Answers NIP-42 challenges with this key; leave it out for relays that others chose. */
  readonly auth?: Identity
  /** An idle relay is asked this often; silence is noticed after this plus the timeout. */
  readonly roundTripEveryMs?: number
  readonly roundTripTimeoutMs?: number
  readonly connectTimeoutMs?: number
  readonly backoff?: Backoff
}

/** Opens a connection that lives until `close`. `url` should come from normalizeRelayUrl. */
export function connectRelay(url: string, deps: RelayConnectionDeps): RelayConnection {
  return new Connection(url, deps)
}

const ROUND_TRIP_EVERY_MS = 15_000
const ROUND_TRIP_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000
const BACKOFF: Backoff = { minMs: 250, maxMs: 30_000 }
const PUBLISHES_MAX = 5_000
const PROBES_MAX = 100
/** Each answer to a challenge costs a signature. */
const AUTH_ANSWERS_MAX = 3
/** Matches nothing and is cheap everywhere; some relays refuse a limit of 0. */
const TRIVIAL_FILTER: Filter = { ids: ['0'.repeat(64)], limit: 1 }

const TIMED_OUT = failed('timeout', 'the relay did not answer in time')
const OVERLOADED = failed('overloaded', 'too many events wait for this relay already')
const DISCONNECTED = failed('disconnected', 'the connection was lost before the relay answered')
const CLOSED = failed('closed', 'the connection was closed on our side')

class Connection implements RelayConnection {
  readonly url: string
  state: RelayConnection['state'] = 'connecting'
  lastRoundTripAtMs: number | null = null
  private readonly deps: RelayConnectionDeps
  private readonly subscriptions: SubscriptionSet
  private readonly publishes: AskQueue<PublishOutcome>
  private readonly probes: AskQueue<boolean>
  private readonly connectedListeners = new Set<() => void>()
  private link: RelayLink
  private retry: Timer | undefined
  private failures = 0
  private probesAsked = 0
  /** NIP-42, on the current link. */
  private authEventId: string | undefined
  private authAnswers = 0

  constructor(url: string, deps: RelayConnectionDeps) {
    const { clock, random } = deps
    const send = (frame: string): boolean => this.link.send(frame)
    this.url = url
    this.deps = deps
    this.subscriptions = createSubscriptionSet({ clock, random, send })
    this.publishes = createAskQueue<PublishOutcome>({
      clock,
      send,
      asksMax: PUBLISHES_MAX,
      timedOut: TIMED_OUT,
      full: OVERLOADED,
    })
    this.probes = createAskQueue<boolean>({
      clock,
      send,
      asksMax: PROBES_MAX,
      timedOut: false,
      full: false,
    })
    this.link = this.connect()
  }

  publish(event: NostrEvent, timeoutMs: number): Promise<PublishOutcome> {
    if (this.state === 'closed') return Promise.resolve(CLOSED)
    return this.publishes.ask(event.id, JSON.stringify(['EVENT', event]), timeoutMs)
  }

  subscribe(filters: Filter[], handlers: SubscriptionHandlers): RelaySubscription {
    return this.subscriptions.open(filters, handlers)
  }

  roundTrip(timeoutMs: number): Promise<boolean> {
    if (this.state === 'closed') return Promise.resolve(false)
    this.probesAsked += 1
    const id = `ping${this.probesAsked}`
    return this.probes.ask(id, JSON.stringify(['REQ', id, TRIVIAL_FILTER]), timeoutMs)
  }

  onConnected(run: () => void): () => void {
    this.connectedListeners.add(run)
    return () => this.connectedListeners.delete(run)
  }

  close(): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.retry?.cancel()
    this.link.close()
    this.subscriptions.clear()
    this.connectedListeners.clear()
    this.publishes.dropAll(CLOSED)
    this.probes.dropAll(false)
  }

  private connect(): RelayLink {
    const { openSocket, clock } = this.deps
    this.state = 'connecting'
    this.authEventId = undefined
    this.authAnswers = 0
    return openRelayLink(
      this.url,
      {
        openSocket,
        clock,
        connectTimeoutMs: this.deps.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        beatEveryMs: (this.deps.roundTripEveryMs ?? ROUND_TRIP_EVERY_MS) / 2,
      },
      {
        opened: () => this.opened(),
        message: (message) => this.received(message),
        beat: (answered) => this.beat(answered),
        lost: () => this.lost(),
      },
    )
  }

  private opened(): void {
    this.state = 'connected'
    this.subscriptions.restore()
    this.probe()
    this.publishes.flush()
    this.probes.flush()
    for (const run of this.connectedListeners) run()
  }

  private lost(): void {
    this.state = 'waiting'
    this.subscriptions.suspend()
    this.publishes.dropSent(DISCONNECTED)
    this.probes.dropSent(false)
    this.failures += 1
    const delayMs = backoffDelayMs(this.failures, this.deps.backoff ?? BACKOFF, this.deps.random)
    this.retry = this.deps.clock.setTimer(delayMs, () => {
      this.link = this.connect()
    })
  }

  // Two beats make a round-trip period: whoever answered within the last beat is left alone, everyone
  // else is probed. No clock is read, so that one that steps cannot hide a dead relay.
  private beat(answered: boolean): void {
    if (answered) this.failures = 0
    else this.probe()
  }

  private probe(): void {
    const probed = this.link
    this.roundTrip(this.deps.roundTripTimeoutMs ?? ROUND_TRIP_TIMEOUT_MS).then((answered) => {
      if (answered || this.link !== probed || this.state !== 'connected') return
      probed.close()
      this.lost()
    })
  }

  private received(message: RelayMessage): void {
    if (isAnswer(message)) this.lastRoundTripAtMs = this.deps.clock.nowMs()
    switch (message.type) {
      case 'event':
        this.subscriptions.event(message.subscriptionId, message.event)
        break
      case 'eose':
        if (this.probes.answer(message.subscriptionId, true)) {
          this.link.send(JSON.stringify(['CLOSE', message.subscriptionId]))
        } else {
          this.subscriptions.eose(message.subscriptionId)
        }
        break
      case 'closed':
        if (this.probes.answer(message.subscriptionId, true)) break
        this.subscriptions.closed(message.subscriptionId, message.reason)
        break
      case 'ok':
        this.judged(message)
        break
      case 'auth':
        this.challenged(message.challenge)
        break
      case 'notice':
        break
    }
  }

  private judged({ id, accepted, reason }: Extract<RelayMessage, { type: 'ok' }>): void {
    if (id === this.authEventId) {
      this.authEventId = undefined
      if (accepted) this.subscriptions.restoreRefused()
      // Whether we were let in or not, what waited goes out now: a second refusal is the outcome.
      this.publishes.flush()
    } else if (reason.startsWith('auth-required:') && this.authEventId !== undefined) {
      this.publishes.unsend(id)
    } else if (accepted) {
      this.publishes.answer(id, { accepted: true, message: reason })
    } else {
      this.publishes.answer(id, failed('refused', reason))
    }
  }

  private challenged(challenge: string): void {
    const { auth, clock } = this.deps
    if (auth === undefined || this.authAnswers >= AUTH_ANSWERS_MAX) return
    this.authAnswers += 1
    const event = relayAuthEvent(auth, { url: this.url, challenge }, clock.nowMs())
    this.authEventId = event.id
    this.link.send(JSON.stringify(['AUTH', event]))
  }
}

function failed(
  cause: Extract<PublishOutcome, { accepted: false }>['cause'],
  reason: string,
): PublishOutcome {
  return { accepted: false, cause, reason }
}
