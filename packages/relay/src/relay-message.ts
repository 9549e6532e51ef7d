// What a relay says to a client (NIP-01, NIP-42), read with suspicion.

import { type NostrEvent, parseEvent } from 'portal-protocol'

export type RelayMessage =
  | { readonly type: 'event'; readonly subscriptionId: string; readonly event: NostrEvent }
  | { readonly type: 'eose'; readonly subscriptionId: string }
  | { readonly type: 'closed'; readonly subscriptionId: string; readonly reason: string }
  | {
      readonly type: 'ok'
      readonly id: string
      readonly accepted: boolean
      readonly reason: string
    }
  | { readonly type: 'auth'; readonly challenge: string }
  | { readonly type: 'notice'; readonly text: string }

/** The message in a frame; undefined for everything that is none. Never throws. */
export function parseRelayMessage(frame: string): RelayMessage | undefined {
  const message = parseArray(frame)
  if (message === undefined) return undefined
  const [type, first, second, third] = message
  if (typeof first !== 'string') return undefined
  switch (type) {
    case 'EVENT': {
      const event = parseEvent(second)
      return event && { type: 'event', subscriptionId: first, event }
    }
    case 'EOSE':
      return { type: 'eose', subscriptionId: first }
    case 'CLOSED':
      return { type: 'closed', subscriptionId: first, reason: boundedReason(second) }
    case 'OK':
      if (typeof second !== 'boolean') return undefined
      return { type: 'ok', id: first, accepted: second, reason: boundedReason(third) }
    case 'AUTH':
      return first.length > CHALLENGE_CHARS_MAX ? undefined : { type: 'auth', challenge: first }
    case 'NOTICE':
      return { type: 'notice', text: boundedReason(first) }
  }
  return undefined
}

/**
 * A stranger's sentence, fit for a log line: at most 300 characters, none of them a control
 * character. It is a copy: a slice would keep the whole megabyte alive.
 */
export function boundedReason(text: unknown): string {
  if (typeof text !== 'string') return ''
  const characters = Array.from(text.slice(0, REASON_CHARS_MAX))
  return characters.map((character) => (isControl(character) ? ' ' : character)).join('')
}

const REASON_CHARS_MAX = 300
const CHALLENGE_CHARS_MAX = 1_000

function parseArray(frame: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(frame)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  return code < 0x20 || (code >= 0x7f && code < 0xa0)
}
