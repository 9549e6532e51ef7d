// A relay connection without a relay: the test hands events in and sees what is published.
import { type Filter, matchesAnyFilter, type NostrEvent } from 'portal-protocol'
import type { PublishOutcome, RelayConnection, RelayPool } from 'portal-relay'

export interface HandRelay extends RelayConnection {
  readonly published: readonly NostrEvent[]
  /** What `publish` answers from now on. */
  answer: PublishOutcome
  /** Hands the event to the subscriptions that want it. */
  deliver(event: NostrEvent): void
  readonly filters: readonly Filter[]
}

export function createHandRelay(url: string): HandRelay {
  const subscriptions = new Set<{ filters: Filter[]; event: (event: NostrEvent) => void }>()
  const published: NostrEvent[] = []
  return {
    url,
    state: 'connected',
    lastRoundTripAtMs: null,
    published,
    answer: { accepted: true, message: '' },
    get filters() {
      return [...subscriptions].flatMap(({ filters }) => filters)
    },
    async publish(event) {
      published.push(event)
      return this.answer
    },
    subscribe(filters, handlers) {
      const subscription = { filters, event: handlers.event }
      subscriptions.add(subscription)
      return { update: () => {}, close: () => subscriptions.delete(subscription) }
    },
    deliver(event) {
      for (const { filters, event: hand } of [...subscriptions]) {
        if (matchesAnyFilter(filters, event)) hand(event)
      }
    },
    roundTrip: async () => true,
    onConnected: () => () => {},
    close: () => {},
  }
}

export function poolOf(relays: readonly HandRelay[]): RelayPool {
  return {
    relay(url) {
      const relay = relays.find((each) => each.url === url)
      if (relay === undefined) throw new Error(`the test has no relay ${url}`)
      return relay
    },
    release: () => {},
    urls: () => relays.map((relay) => relay.url),
    close: () => {},
  }
}
