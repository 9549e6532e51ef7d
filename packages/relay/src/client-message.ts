// What a client says to a relay (NIP-01), read with suspicion.

import { type Filter, type NostrEvent, parseEvent } from 'portal-protocol'

export type ClientMessage =
  | { readonly type: 'event'; readonly event: NostrEvent }
  | { readonly type: 'malformed event'; readonly id: string }
  | { readonly type: 'request'; readonly subscriptionId: string; readonly filters: Filter[] }
  | { readonly type: 'malformed request'; readonly subscriptionId: string; readonly reason: string }
  | { readonly type: 'close'; readonly subscriptionId: string }
  | { readonly type: 'unknown'; readonly reason: string }

/** The message in a frame, whatever it is. Never throws. */
export function parseClientMessage(frame: string): ClientMessage {
  const message = parseJson(frame)
  if (!Array.isArray(message)) return unknown('not a JSON array')
  const [type, first, ...rest] = message as unknown[]
  switch (type) {
    case 'EVENT':
      return parseEventMessage(first)
    case 'REQ':
      if (!isSubscriptionId(first)) return unknown('a subscription id has 1 to 64 characters')
      return parseRequest(first, rest)
    case 'CLOSE':
      if (!isSubscriptionId(first)) return unknown('a subscription id has 1 to 64 characters')
      return { type: 'close', subscriptionId: first }
    case 'COUNT':
      if (!isSubscriptionId(first)) return unknown('a subscription id has 1 to 64 characters')
      return malformedRequest(first, 'unsupported: COUNT is not offered here')
  }
  return unknown('only EVENT, REQ and CLOSE are understood here')
}

/** How many values the filters hold in all, which is what they cost in memory. */
export function filterValues(filters: readonly Filter[]): number {
  let values = 0
  for (const filter of filters) {
    for (const value of Object.values(filter)) if (Array.isArray(value)) values += value.length
  }
  return values
}

const SUBSCRIPTION_ID_CHARS_MAX = 64
const TAGS_MAX = 200
const TAG_FILTER = /^#[A-Za-z]$/

function parseEventMessage(value: unknown): ClientMessage {
  const event = parseEvent(value)
  if (event !== undefined && event.tags.length <= TAGS_MAX) return { type: 'event', event }
  const id = isRecord(value) ? value.id : undefined
  if (typeof id !== 'string' || id.length > 64) return unknown('the event has no id')
  return { type: 'malformed event', id }
}

function parseRequest(subscriptionId: string, values: readonly unknown[]): ClientMessage {
  if (values.length === 0) return malformedRequest(subscriptionId, 'invalid: no filter')
  const filters: Filter[] = []
  for (const value of values) {
    const filter = parseFilter(value)
    if (typeof filter === 'string') return malformedRequest(subscriptionId, filter)
    filters.push(filter)
  }
  return { type: 'request', subscriptionId, filters }
}

/** The filter, or why it is none, in the words of a CLOSED message. */
function parseFilter(value: unknown): Filter | string {
  if (!isRecord(value)) return 'invalid: a filter is a JSON object'
  const filter: Filter = {}
  for (const [name, condition] of Object.entries(value)) {
    if (name === 'ids' || name === 'authors') {
      if (!isListOf(condition, isString)) return `invalid: "${name}" must be a list of strings`
      filter[name] = condition
    } else if (name === 'kinds') {
      if (!isListOf(condition, isCount)) return 'invalid: "kinds" must be a list of integers'
      filter.kinds = condition
    } else if (name === 'since' || name === 'until' || name === 'limit') {
      if (!isCount(condition)) return `invalid: "${name}" must be an integer from 0`
      filter[name] = condition
    } else if (TAG_FILTER.test(name)) {
      if (!isListOf(condition, isString)) return `invalid: "${name}" must be a list of strings`
      filter[name as `#${string}`] = condition
    } else {
      return `unsupported: no filter by ${JSON.stringify(name.slice(0, 40))} here`
    }
  }
  return filter
}

function malformedRequest(subscriptionId: string, reason: string): ClientMessage {
  return { type: 'malformed request', subscriptionId, reason }
}

function unknown(reason: string): ClientMessage {
  return { type: 'unknown', reason: `invalid: ${reason}` }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isSubscriptionId(value: unknown): value is string {
  return isString(value) && value.length > 0 && value.length <= SUBSCRIPTION_ID_CHARS_MAX
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
