// Where we listen: our own relays for ever, and those that wallets named, the least recently used of
// them given up when there are too many. One subscription per relay.
import type { NostrEvent, PublicKey } from 'portal-protocol'
import type { RelayConnection, RelayPool, RelaySubscription } from 'portal-relay'
import { HEARD_KINDS, PROBE_KIND } from './kinds.ts'

export interface Listening {
  /** Connected and subscribed, now or soon; null where that cannot be (a full pool, a bad address). */
  at(url: string, user: PublicKey | null): RelayConnection | null
  close(): void
}

export type ListeningDeps = {
  readonly pool: RelayPool
  readonly publicKey: PublicKey
  readonly ownRelays: readonly string[]
  /** The relay whose events for us come by another way (it is in this process). */
  readonly embeddedRelay: string | null
  readonly userRelaysMax: number
  readonly event: (event: NostrEvent, relay: string) => void
  /** A relay is back: these users (null: all) can be reached through it again. */
  readonly back: (users: readonly PublicKey[] | null) => void
}

type Place = {
  readonly connection: RelayConnection
  readonly subscription: RelaySubscription | null
  readonly users: Set<PublicKey>
  readonly undo: () => void
}

const USERS_PER_RELAY_MAX = 1_000

export function createListening(deps: ListeningDeps): Listening {
  const { pool } = deps
  const own = new Set(deps.ownRelays)
  const places = new Map<string, Place>()

  function open(url: string): Place | null {
    if (!own.has(url)) makeRoom()
    let connection: RelayConnection
    try {
      connection = pool.relay(url)
    } catch {
      return null
    }
    const users = new Set<PublicKey>()
    const place: Place = {
      connection,
      subscription: url === deps.embeddedRelay ? null : subscribe(connection, url),
      users,
      undo: connection.onConnected(() => deps.back(own.has(url) ? null : [...users])),
    }
    places.set(url, place)
    return place
  }

  function subscribe(connection: RelayConnection, url: string): RelaySubscription {
    // No `since`: a wallet whose clock is behind ours would be filtered out (protocol §1.4).
    const filter = { kinds: [...HEARD_KINDS, PROBE_KIND], '#p': [deps.publicKey] }
    return connection.subscribe([filter], { event: (event) => deps.event(event, url) })
  }

  function makeRoom(): void {
    const named = [...places.keys()].filter((url) => !own.has(url))
    const [oldest] = named
    if (named.length >= deps.userRelaysMax && oldest !== undefined) leave(oldest)
  }

  function leave(url: string): void {
    const place = places.get(url)
    if (place === undefined) return
    places.delete(url)
    place.undo()
    place.subscription?.close()
    pool.release(url)
  }

  return {
    at(url, user) {
      const place = places.get(url) ?? open(url)
      if (place === null) return null
      if (!own.has(url)) {
        // Most recently used last: a Map keeps the order of insertion.
        places.delete(url)
        places.set(url, place)
      }
      if (user !== null && place.users.size < USERS_PER_RELAY_MAX) place.users.add(user)
      return place.connection
    },
    close() {
      for (const url of [...places.keys()]) leave(url)
    },
  }
}
