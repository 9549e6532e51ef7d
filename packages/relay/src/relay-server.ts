// The embedded relay: NIP-01 for Portal's and NIP-47's kinds, live delivery, almost nothing stored.
// It knows no HTTP: sockets are handed in, and clients in this process open theirs here.

import type { PublicKey } from 'portal-protocol'
import type { EmbeddedRelay, EmbeddedRelayDeps, RelayPeer, ServerSocket } from './embedded-relay.ts'
import { createEventIntake, type EventReceiver, type Verdict } from './event-intake.ts'
import { inProcessSockets } from './in-process-sockets.ts'
import { createRateBucket, type RateBucket } from './rate-bucket.ts'
import { createRelayClient, type RelayClient, type RelayClientDeps } from './relay-client.ts'
import { RELAY_LIMITS, type RelayLimits } from './relay-limits.ts'
import type { OpenSocket } from './socket.ts'
import { createStoredEvents, type StoredEvents } from './stored-events.ts'
import { createSubscriptionIndex, type SubscriptionIndex } from './subscription-index.ts'
import { createUnreadBound, type UnreadBound } from './unread-bound.ts'

export function createEmbeddedRelay(deps: EmbeddedRelayDeps): EmbeddedRelay {
  return new Relay(deps)
}

class Relay implements EmbeddedRelay {
  readonly limits: RelayLimits
  readonly openSocket: OpenSocket
  private readonly deps: EmbeddedRelayDeps
  private readonly index: SubscriptionIndex<EventReceiver> = createSubscriptionIndex()
  private readonly stored: StoredEvents
  private readonly intake: RelayClientDeps['take']
  private readonly unread: UnreadBound<RelayClient>
  private readonly clients = new Set<RelayClient>()
  private readonly subscribedListeners = new Set<(keys: readonly PublicKey[]) => void>()
  private strangers = 0
  private events = 0
  private over = false

  constructor(deps: EmbeddedRelayDeps) {
    const { index } = this
    this.deps = deps
    this.limits = { ...RELAY_LIMITS, ...deps.limits }
    this.stored = createStoredEvents({ own: OWN_STORED_MAX, foreign: this.limits.storedEventsMax })
    const { limits, stored } = this
    this.intake = createEventIntake({ ...deps, limits, stored, receivers: index.match })
    this.unread = createUnreadBound<RelayClient>({
      bytesMax: limits.unreadBytesMax,
      unread: (client) => client.unreadBytes,
      cut: (client) => client.cut(1008, 'reads too slowly'),
    })
    this.openSocket = inProcessSockets(deps.clock, (socket) => this.admit(socket, undefined))
  }

  attach(socket: ServerSocket): RelayPeer {
    const { connectionsMax, workPerSecond, workBurst } = this.limits
    if (this.strangers >= connectionsMax) {
      socket.close(1013, 'too many connections, try again later')
      return NOBODY
    }
    const pace = { perSecond: workPerSecond, burst: workBurst }
    return this.admit(socket, createRateBucket(pace, this.deps.clock))
  }

  onSubscribed(run: (keys: readonly PublicKey[]) => void): () => void {
    this.subscribedListeners.add(run)
    return () => this.subscribedListeners.delete(run)
  }

  info(): Record<string, unknown> {
    return relayInfo(this.limits, this.deps.ownKey)
  }

  stats(): { connections: number; subscriptions: number; events: number } {
    let subscriptions = 0
    for (const client of this.clients) subscriptions += client.subscriptions
    return { connections: this.clients.size, subscriptions, events: this.events }
  }

  close(): void {
    this.over = true
    for (const client of [...this.clients]) client.cut(1001, 'shutting down')
  }

  private admit(socket: ServerSocket, work: RateBucket | undefined): RelayPeer {
    if (this.over) {
      socket.close(1001, 'shutting down')
      return NOBODY
    }
    const { limits, index, stored } = this
    const client = createRelayClient({
      socket,
      work,
      limits,
      index,
      stored,
      take: (event, source) => {
        const verdict = this.intake(event, source)
        return verdict instanceof Promise ? verdict.then(this.counted) : this.counted(verdict)
      },
      subscribed: (keys) => {
        for (const run of this.subscribedListeners) run(keys)
      },
      unread: (bytes) => this.unread.note(client, bytes),
      ended: () => {
        this.clients.delete(client)
        this.unread.forget(client)
        if (work !== undefined) this.strangers -= 1
      },
    })
    this.clients.add(client)
    if (work !== undefined) this.strangers += 1
    return client
  }

  private readonly counted = (verdict: Verdict): Verdict => {
    if (verdict.accepted) this.events += 1
    return verdict
  }
}

/** Nobody but ourselves can fill this. */
const OWN_STORED_MAX = 10_000

const NOBODY: RelayPeer = { message: () => {}, closed: () => {} }

function relayInfo(limits: RelayLimits, ownKey: PublicKey | undefined): Record<string, unknown> {
  return {
    name: 'Portal',
    description: 'Carries Portal and Nostr Wallet Connect messages; keeps none of them.',
    ...(ownKey === undefined ? {} : { pubkey: ownKey }),
    supported_nips: [1, 11],
    software: 'portal',
    limitation: {
      max_message_length: limits.frameBytesMax,
      max_subscriptions: limits.subscriptionsPerConnectionMax,
      max_subid_length: 64,
      max_event_tags: 200,
      auth_required: false,
      payment_required: false,
      restricted_writes: true,
    },
  }
}
