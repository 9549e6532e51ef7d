// A key handshake: a URL shown to a user, and what wallets that open it send back. Pure.
import type { PublicKey } from 'portal-protocol'
import { cleanText, isClean } from '../asking/reason.ts'
import type { StreamId } from '../log/stream.ts'

export type Handshake = {
  readonly type: 'key_handshake'
  readonly streamId: StreamId
  readonly version: number
  readonly token: string
  readonly url: string
  /** A static token serves many scans and stays open until it is closed. */
  readonly reusable: boolean
  readonly createdAtMs: number
  /** Unix seconds; null while reusable. */
  readonly expiresAt: number | null
  readonly ended: boolean
  readonly eventCount: number
}

/** The `data` of an event in a handshake's stream. */
export type HandshakeEvent =
  | {
      readonly main_key: PublicKey
      readonly preferred_relays: readonly string[]
      readonly client_info: { readonly name: string; readonly version: string }
    }
  | { readonly status: 'timeout' }
  | { readonly status: 'closed' }

export type HandshakeFact =
  | {
      readonly type: 'scanned'
      readonly mainKey: PublicKey
      readonly preferredRelays: readonly string[]
      readonly clientInfo: { readonly name: string; readonly version: string }
    }
  | { readonly type: 'deadline_passed' }
  | { readonly type: 'closed' }

export type HandshakeDecision = {
  readonly handshake: Handshake
  readonly events: readonly HandshakeEvent[]
}

/** Of what a wallet says of itself, which any stranger may: names are cut, other relays left out. */
export const CLIENT_CHARS_MAX = 100
export const RELAYS_MAX = 10
export const RELAY_CHARS_MAX = 200

/** How long a single-use URL waits for its scan, in seconds. */
export const HANDSHAKE_LIFETIME_S = 300

/** The handshake after `fact`; the very same object when the fact changes nothing. */
export function decideHandshake(
  handshake: Handshake,
  fact: HandshakeFact,
  atMs: number,
): HandshakeDecision {
  if (handshake.ended) return { handshake, events: [] }
  switch (fact.type) {
    case 'scanned': {
      const event: HandshakeEvent = {
        main_key: fact.mainKey,
        preferred_relays: fact.preferredRelays
          .filter((relay) => isClean(relay, RELAY_CHARS_MAX))
          .slice(0, RELAYS_MAX),
        client_info: {
          name: cleanText(fact.clientInfo.name, CLIENT_CHARS_MAX),
          version: cleanText(fact.clientInfo.version, CLIENT_CHARS_MAX),
        },
      }
      return tell(handshake, event, !handshake.reusable)
    }
    case 'deadline_passed': {
      const dueAtMs = handshakeDueAtMs(handshake)
      if (dueAtMs === null || atMs < dueAtMs) return { handshake, events: [] }
      return tell(handshake, { status: 'timeout' }, true)
    }
    case 'closed':
      return tell(handshake, { status: 'closed' }, true)
  }
}

/** Whether who asks for `asked` can be given `open`, which has the same token. */
export function isSameHandshake(open: Handshake, asked: Handshake): boolean {
  return open.reusable && asked.reusable && saysNoRequest(open) === saysNoRequest(asked)
}

// The last parameter of the URLs we make, and no token can contain a "&".
function saysNoRequest({ url }: Handshake): boolean {
  return url.endsWith('&no_request=true')
}

/** When the handshake ends by itself (ms), or null. */
export function handshakeDueAtMs(handshake: Handshake): number | null {
  return handshake.ended || handshake.expiresAt === null ? null : handshake.expiresAt * 1000
}

function tell(handshake: Handshake, event: HandshakeEvent, ended: boolean): HandshakeDecision {
  return {
    handshake: { ...handshake, ended, eventCount: handshake.eventCount + 1 },
    events: [event],
  }
}
