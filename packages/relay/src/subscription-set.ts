// The subscriptions of one connection: asked for on every link, and asked for again, more and more
// slowly, when the relay closes them.

import type { Filter, NostrEvent, RandomBytes } from 'portal-protocol'
import { type Backoff, backoffDelayMs } from './backoff.ts'
import type { Clock, Timer } from './clock.ts'

export interface RelaySubscription {
  /** Replaces the filters, on the same subscription id. */
  update(filters: Filter[]): void
  close(): void
}

export interface SubscriptionHandlers {
  /** Its shape is checked, nothing else: neither signature nor filter, and it may come again. */
  event(event: NostrEvent): void
  /** The stored events are through; again after each reconnect. */
  eose?(): void
  /** The relay ended it; it is asked for again by itself. */
  closed?(reason: string): void
}

export interface SubscriptionSet {
  open(filters: Filter[], handlers: SubscriptionHandlers): RelaySubscription
  /** The link is up: asks for all of them. */
  restore(): void
  /** The relay knows us now (NIP-42): asks for what it refused before. */
  restoreRefused(): void
  /** The link is gone. */
  suspend(): void
  event(id: string, event: NostrEvent): void
  eose(id: string): void
  closed(id: string, reason: string): void
  clear(): void
}

type Subscription = {
  filters: Filter[]
  readonly handlers: SubscriptionHandlers
  /** CLOSED since the last EOSE. */
  refusals: number
  /** Set while the relay's refusal is being waited out. */
  retry: Timer | undefined
}

const REFUSED: Backoff = { minMs: 1_000, maxMs: 60_000 }
const RATE_LIMITED: Backoff = { minMs: 15_000, maxMs: 300_000 }

type SubscriptionSetDeps = {
  readonly clock: Clock
  readonly random: RandomBytes
  /** Puts a frame on the link, or does nothing when there is none. */
  readonly send: (frame: string) => void
}

export function createSubscriptionSet(deps: SubscriptionSetDeps): SubscriptionSet {
  return new Subscriptions(deps)
}

class Subscriptions implements SubscriptionSet {
  private readonly deps: SubscriptionSetDeps
  private readonly byId = new Map<string, Subscription>()
  private opened = 0

  constructor(deps: SubscriptionSetDeps) {
    this.deps = deps
  }

  open(filters: Filter[], handlers: SubscriptionHandlers): RelaySubscription {
    this.opened += 1
    const id = `s${this.opened}`
    const subscription: Subscription = { filters, handlers, refusals: 0, retry: undefined }
    this.byId.set(id, subscription)
    this.request(id, subscription)
    return {
      update: (next) => {
        subscription.filters = next
        // A relay that refused is not asked sooner because we changed our mind.
        if (this.byId.has(id) && !subscription.retry) this.request(id, subscription)
      },
      close: () => {
        subscription.retry?.cancel()
        if (this.byId.delete(id)) this.deps.send(JSON.stringify(['CLOSE', id]))
      },
    }
  }

  restore(): void {
    for (const [id, subscription] of this.byId) this.request(id, subscription)
  }

  restoreRefused(): void {
    for (const [id, subscription] of this.byId) {
      if (subscription.retry) this.request(id, subscription)
    }
  }

  suspend(): void {
    for (const subscription of this.byId.values()) {
      subscription.retry?.cancel()
      subscription.retry = undefined
    }
  }

  event(id: string, event: NostrEvent): void {
    this.byId.get(id)?.handlers.event(event)
  }

  eose(id: string): void {
    const subscription = this.byId.get(id)
    if (subscription === undefined) return
    subscription.refusals = 0
    subscription.handlers.eose?.()
  }

  closed(id: string, reason: string): void {
    const subscription = this.byId.get(id)
    if (subscription === undefined || subscription.retry) return
    subscription.refusals += 1
    const pace = reason.startsWith('rate-limited:') ? RATE_LIMITED : REFUSED
    const delayMs = backoffDelayMs(subscription.refusals, pace, this.deps.random)
    const again = () => this.request(id, subscription)
    subscription.retry = this.deps.clock.setTimer(delayMs, again)
    subscription.handlers.closed?.(reason)
  }

  clear(): void {
    this.suspend()
    this.byId.clear()
  }

  private request(id: string, subscription: Subscription): void {
    subscription.retry?.cancel()
    subscription.retry = undefined
    this.deps.send(JSON.stringify(['REQ', id, ...subscription.filters]))
  }
}
