// How much is taken from one relay and from one author, so that neither can keep the processor from
// everybody else. The embedded relay has limits of its own for each connection as well.
import type { PublicKey } from 'portal-protocol'
import { type Clock, createRateBucket, createRecentMap, type RateBucket } from 'portal-relay'

/** A relay that hands on false events is broken or hostile: what it brings is not checked for a while. */
const FORGERIES = { perSecond: 10, burst: 200 }
/** What anybody may send, while a handshake or a request is open; far more than any crowd at a door. */
const BY_STRANGERS = { perSecond: 100, burst: 1_000 }
/** Far more than any wallet has to say. */
const OF_AUTHOR = { perSecond: 200, burst: 2_000 }
const RELAYS_MAX = 1_000
const AUTHORS_MAX = 20_000

export interface Patience {
  /** Before a signature is checked: is another event taken from this relay? */
  withRelay(relay: string): boolean
  /** The same of what strangers send this way; it counts. */
  withStrangers(way: string): boolean
  /** The relay brought an event whose signature is false. */
  forged(relay: string): void
  /** Before a signature is checked: may this author be heard again? */
  withAuthor(author: PublicKey): boolean
  /** The author signed an event, which is being read now. */
  heard(author: PublicKey): void
}

export function createPatience(clock: Clock): Patience {
  const forgeries = createRecentMap<RateBucket>(RELAYS_MAX)
  const strangers = createRecentMap<RateBucket>(RELAYS_MAX)
  const authors = createRecentMap<RateBucket>(AUTHORS_MAX)

  function bucket(of: typeof authors, key: string, pace: typeof OF_AUTHOR): RateBucket {
    const known = of.get(key)
    if (known !== undefined) return known
    const made = createRateBucket(pace, clock)
    of.set(key, made)
    return made
  }

  return {
    withRelay: (relay) => bucket(forgeries, relay, FORGERIES).take(0),
    withStrangers: (way) => bucket(strangers, way, BY_STRANGERS).take(1),
    forged: (relay) => bucket(forgeries, relay, FORGERIES).charge(1),
    withAuthor: (author) => authors.get(author)?.take(0) ?? true,
    heard: (author) => bucket(authors, author, OF_AUTHOR).charge(1),
  }
}
