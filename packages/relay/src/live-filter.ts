// A filter made ready for many events: sets instead of lists, and the one condition to index it by.

import type { Filter, NostrEvent } from 'portal-protocol'

/** The conditions a filter can be found by, the most selective first. */
export const INDEXED = ['id', 'e', 'p', 'author', 'kind', 'any'] as const
export type Indexed = (typeof INDEXED)[number]

export type LiveFilter = {
  /** Only an event with one of these values under this condition can match. */
  readonly index: { readonly by: Indexed; readonly values: ReadonlySet<string | number> }
  readonly matches: (event: NostrEvent) => boolean
}

/** The same verdicts as matchesFilter (NIP-01), in a time that does not grow with the lists. */
export function compileFilter(filter: Filter): LiveFilter {
  const ids = filter.ids && new Set<string>(filter.ids)
  const authors = filter.authors && new Set<string>(filter.authors)
  const kinds = filter.kinds && new Set<number>(filter.kinds)
  const tags = new Map<string, ReadonlySet<string>>()
  for (const name of Object.keys(filter)) {
    if (isTagName(name)) tags.set(name.slice(1), new Set<string>(filter[name]))
  }
  const { since = 0, until = Number.POSITIVE_INFINITY } = filter

  const byCondition: { readonly [by in Indexed]: ReadonlySet<string | number> | undefined } = {
    id: ids,
    e: tags.get('e'),
    p: tags.get('p'),
    author: authors,
    kind: kinds,
    any: new Set(['']),
  }
  const by = INDEXED.find((condition) => byCondition[condition] !== undefined) ?? 'any'

  return {
    index: { by, values: byCondition[by] ?? new Set() },
    matches: (event) =>
      (kinds === undefined || kinds.has(event.kind)) &&
      (authors === undefined || authors.has(event.pubkey)) &&
      (ids === undefined || ids.has(event.id)) &&
      event.created_at >= since &&
      event.created_at <= until &&
      hasTags(event, tags),
  }
}

/** The values under which filters that could match this event are indexed. */
export function indexValues(event: NostrEvent, by: Indexed): readonly (string | number)[] {
  switch (by) {
    case 'id':
      return [event.id]
    case 'author':
      return [event.pubkey]
    case 'kind':
      return [event.kind]
    case 'any':
      return ['']
    case 'e':
    case 'p':
      return event.tags.flatMap(([name, value]) =>
        name === by && value !== undefined ? value : [],
      )
  }
}

function isTagName(name: string): name is `#${string}` {
  return name.startsWith('#')
}

function hasTags(event: NostrEvent, tags: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  for (const [name, wanted] of tags) {
    const found = event.tags.some(
      ([tagName, value]) => tagName === name && value !== undefined && wanted.has(value),
    )
    if (!found) return false
  }
  return true
}
