// The few events the embedded relay keeps: the newest of each author and kind. In memory, bounded;
// what came over the network can never push out what we published ourselves.

import { type Filter, KIND, matchesFilter, type NostrEvent } from 'portal-protocol'

export interface StoredEvents {
  /** Keeps the event unless a newer one of that author and kind is there. */
  keep(event: NostrEvent, origin: 'own' | 'foreign'): void
  /** What the filters match, newest first, at most 500 per filter and each event once. */
  query(filters: readonly Filter[]): NostrEvent[]
}

export function isStoredKind(kind: number): boolean {
  return STORED_KINDS.includes(kind)
}

export function createStoredEvents(max: {
  readonly own: number
  readonly foreign: number
}): StoredEvents {
  const events = { own: new Map<string, NostrEvent>(), foreign: new Map<string, NostrEvent>() }

  function candidates(filter: Filter): NostrEvent[] {
    const kinds = STORED_KINDS.filter((kind) => filter.kinds?.includes(kind) ?? true)
    if (kinds.length === 0) return []
    if (filter.authors === undefined) return [...events.own.values(), ...events.foreign.values()]
    const keys = filter.authors.flatMap((author) => kinds.map((kind) => `${author}:${kind}`))
    return keys.flatMap((key) => events.own.get(key) ?? events.foreign.get(key) ?? [])
  }

  return {
    keep(event, origin) {
      const key = `${event.pubkey}:${event.kind}`
      const known = events.own.get(key) ?? events.foreign.get(key)
      if (known !== undefined && !isNewer(event, known)) return
      const home = events.own.has(key) ? 'own' : origin
      events.foreign.delete(key)
      events[home].delete(key)
      events[home].set(key, event)
      for (const oldest of events[home].keys()) {
        if (events[home].size <= max[home]) break
        events[home].delete(oldest)
      }
    },
    query(filters) {
      const found = new Map<string, NostrEvent>()
      for (const filter of filters) {
        const limit = Math.min(filter.limit ?? ANSWERS_MAX, ANSWERS_MAX)
        const matching = candidates(filter).filter((event) => matchesFilter(filter, event))
        for (const event of matching.sort(byNewest).slice(0, limit)) found.set(event.id, event)
      }
      return [...found.values()].sort(byNewest)
    },
  }
}

const STORED_KINDS: readonly number[] = [KIND.profile, KIND.nwcInfo, KIND.subkeyProof]
const ANSWERS_MAX = 500

// NIP-01: of two with the same time the one with the lowest id stays.
function isNewer(event: NostrEvent, known: NostrEvent): boolean {
  if (event.created_at !== known.created_at) return event.created_at > known.created_at
  return event.id < known.id
}

function byNewest(a: NostrEvent, b: NostrEvent): number {
  return b.created_at - a.created_at || (a.id < b.id ? -1 : 1)
}
