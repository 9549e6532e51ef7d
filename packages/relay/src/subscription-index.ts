// The live subscriptions of the embedded relay, found by the events they may match: the cost of an
// event is that of its own receivers, however many others are subscribed.

import type { Filter, NostrEvent } from 'portal-protocol'
import {
  compileFilter,
  INDEXED,
  type Indexed,
  indexValues,
  type LiveFilter,
} from './live-filter.ts'

export interface SubscriptionIndex<Subscriber> {
  /** Adds a subscriber under its filters; returns what takes it out again. */
  add(subscriber: Subscriber, filters: readonly Filter[]): () => void
  /** Everyone with a filter that matches, each once. */
  match(event: NostrEvent): Set<Subscriber>
}

type Entry<Subscriber> = { readonly filter: LiveFilter; readonly subscriber: Subscriber }

export function createSubscriptionIndex<Subscriber>(): SubscriptionIndex<Subscriber> {
  const maps = new Map<Indexed, Map<string | number, Set<Entry<Subscriber>>>>(
    INDEXED.map((by) => [by, new Map()]),
  )

  function add(subscriber: Subscriber, filter: Filter): () => void {
    const entry = { filter: compileFilter(filter), subscriber }
    const { by, values } = entry.filter.index
    const map = maps.get(by)
    for (const value of values) {
      const entries = map?.get(value)
      if (entries === undefined) map?.set(value, new Set([entry]))
      else entries.add(entry)
    }
    return () => {
      for (const value of values) {
        const entries = map?.get(value)
        entries?.delete(entry)
        if (entries?.size === 0) map?.delete(value)
      }
    }
  }

  return {
    add(subscriber, filters) {
      const removals = filters.map((filter) => add(subscriber, filter))
      return () => {
        for (const remove of removals) remove()
      }
    },
    match(event) {
      const subscribers = new Set<Subscriber>()
      for (const [by, map] of maps) {
        if (map.size === 0) continue
        for (const value of indexValues(event, by)) {
          for (const { filter, subscriber } of map.get(value) ?? []) {
            if (!subscribers.has(subscriber) && filter.matches(event)) subscribers.add(subscriber)
          }
        }
      }
      return subscribers
    },
  }
}
