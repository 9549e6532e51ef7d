// One client of the embedded relay: its subscriptions, its limits, its answers.

import type { Filter, NostrEvent, PublicKey } from 'portal-protocol'
import { type ClientMessage, filterValues, parseClientMessage } from './client-message.ts'
import type { RelayPeer, ServerSocket } from './embedded-relay.ts'
import type { EventReceiver, EventSource, Verdict } from './event-intake.ts'
import type { RateBucket } from './rate-bucket.ts'
import { type RelayLimits, WORK } from './relay-limits.ts'
import type { StoredEvents } from './stored-events.ts'
import type { SubscriptionIndex } from './subscription-index.ts'

export type RelayClientDeps = {
  readonly socket: ServerSocket
  /** What this client may still cost; undefined for one in this process, which may anything. */
  readonly work: RateBucket | undefined
  readonly limits: RelayLimits
  readonly index: SubscriptionIndex<EventReceiver>
  readonly stored: StoredEvents
  readonly take: (event: NostrEvent, source: EventSource) => Verdict | Promise<Verdict>
  readonly subscribed: (keys: readonly PublicKey[]) => void
  /** Told what the client has left unread, after each frame. */
  readonly unread: (bytes: number) => void
  /** The client is gone, or was cut off. Called once. */
  readonly ended: () => void
}

export interface RelayClient extends RelayPeer {
  readonly subscriptions: number
  readonly unreadBytes: number
  cut(code: number, reason: string): void
}

export function createRelayClient(deps: RelayClientDeps): RelayClient {
  return new Client(deps)
}

type Subscription = { readonly remove: () => void; readonly values: number }

class Client implements RelayClient {
  private readonly deps: RelayClientDeps
  private readonly source: EventSource
  private readonly subscriptionById = new Map<string, Subscription>()
  private values = 0
  private over = false

  constructor(deps: RelayClientDeps) {
    this.deps = deps
    this.source = { work: deps.work, commits: 0 }
  }

  get subscriptions(): number {
    return this.subscriptionById.size
  }

  get unreadBytes(): number {
    return this.deps.socket.bufferedAmount
  }

  message(text: string): void {
    if (this.over) return
    const { work, limits } = this.deps
    if (work !== undefined && text.length > limits.frameBytesMax) {
      work.charge(WORK.frame)
      this.send(['NOTICE', `invalid: a frame has at most ${limits.frameBytesMax} bytes`])
      return
    }
    const message = parseClientMessage(text)
    if (work === undefined || work.take(WORK.frame)) this.handle(message)
    else this.refuse(message, 'rate-limited: too much from this connection, slow down')
  }

  closed(): void {
    if (this.over) return
    this.over = true
    for (const { remove } of this.subscriptionById.values()) remove()
    this.subscriptionById.clear()
    this.deps.ended()
  }

  cut(code: number, reason: string): void {
    if (this.over) return
    this.closed()
    this.deps.socket.close(code, reason)
  }

  private handle(message: ClientMessage): void {
    switch (message.type) {
      case 'event':
        this.takeIn(message.event)
        break
      case 'request':
        this.subscribe(message.subscriptionId, message.filters)
        break
      case 'close':
        this.unsubscribe(message.subscriptionId)
        break
      case 'malformed event':
        this.refuse(message, 'invalid: not an event as NIP-01 has it')
        break
      case 'malformed request':
        this.refuse(message, message.reason)
        break
      case 'unknown':
        this.send(['NOTICE', message.reason])
        break
    }
  }

  private refuse(message: ClientMessage, reason: string): void {
    switch (message.type) {
      case 'event':
        this.send(['OK', message.event.id, false, reason])
        break
      case 'malformed event':
        this.send(['OK', message.id, false, reason])
        break
      case 'request':
      case 'malformed request':
        this.unsubscribe(message.subscriptionId)
        this.send(['CLOSED', message.subscriptionId, reason])
        break
      case 'close':
        this.unsubscribe(message.subscriptionId)
        break
      case 'unknown':
        break
    }
  }

  private takeIn(event: NostrEvent): void {
    const verdict = this.deps.take(event, this.source)
    if (verdict instanceof Promise) verdict.then((later) => this.acknowledge(event.id, later))
    else this.acknowledge(event.id, verdict)
  }

  private acknowledge(id: string, { accepted, message }: Verdict): void {
    this.send(['OK', id, accepted, message])
  }

  private subscribe(id: string, filters: Filter[]): void {
    this.unsubscribe(id)
    const values = filterValues(filters)
    const refusal = this.deps.work && this.tooMuch(filters, values)
    if (refusal !== undefined) {
      this.send(['CLOSED', id, refusal])
      return
    }
    const beforeEvent = `["EVENT",${JSON.stringify(id)},`
    const receiver = { deliver: (json: string) => this.sendText(`${beforeEvent}${json}]`) }
    const remove = this.deps.index.add(receiver, filters)
    this.subscriptionById.set(id, { remove, values })
    this.values += values
    const events = this.deps.stored.query(filters)
    this.deps.work?.charge(events.length * WORK.delivery(1))
    for (const event of events) receiver.deliver(JSON.stringify(event))
    this.send(['EOSE', id])
    const keys = taggedIn(filters)
    if (keys.length > 0) this.deps.subscribed(keys)
  }

  private tooMuch(filters: readonly Filter[], values: number): string | undefined {
    const { limits } = this.deps
    if (this.subscriptionById.size >= limits.subscriptionsPerConnectionMax) {
      return `rate-limited: at most ${limits.subscriptionsPerConnectionMax} subscriptions`
    }
    if (filters.length > limits.filtersPerSubscriptionMax) {
      return `rate-limited: at most ${limits.filtersPerSubscriptionMax} filters in a subscription`
    }
    if (this.values + values > limits.filterValuesPerConnectionMax) {
      return `rate-limited: at most ${limits.filterValuesPerConnectionMax} values in all filters`
    }
    return undefined
  }

  private unsubscribe(id: string): void {
    const subscription = this.subscriptionById.get(id)
    if (subscription === undefined) return
    subscription.remove()
    this.values -= subscription.values
    this.subscriptionById.delete(id)
  }

  private send(message: readonly unknown[]): void {
    this.sendText(JSON.stringify(message))
  }

  private sendText(frame: string): void {
    if (this.over) return
    const { socket, limits } = this.deps
    socket.send(frame)
    const bytes = socket.bufferedAmount
    if (bytes > limits.unreadBytesPerConnectionMax) this.cut(1008, 'reads too slowly')
    else this.deps.unread(bytes)
  }
}

const HEX_32 = /^[0-9a-f]{64}$/

function taggedIn(filters: readonly Filter[]): PublicKey[] {
  const keys = filters.flatMap((filter) => filter['#p'] ?? [])
  return [...new Set(keys)].filter(isPublicKey)
}

function isPublicKey(text: string): text is PublicKey {
  return HEX_32.test(text)
}
