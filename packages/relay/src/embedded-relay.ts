// What the embedded relay is to the rest of the program.

import type { NostrEvent, PublicKey, Secp256k1 } from 'portal-protocol'
import type { Clock } from './clock.ts'
import type { GateAnswer } from './event-gate.ts'
import type { VerifyEvent } from './event-verifier.ts'
import type { RelayLimits } from './relay-limits.ts'
import type { OpenSocket } from './socket.ts'

/** The relay's side of a client's socket. */
export interface ServerSocket {
  send(text: string): void
  /** Lets go of the client; with much unread, at once and without a closing handshake. */
  close(code?: number, reason?: string): void
  readonly bufferedAmount: number
}

/** What the owner of the socket tells the relay. */
export interface RelayPeer {
  message(text: string): void
  closed(): void
}

export interface EmbeddedRelay {
  readonly limits: RelayLimits
  /** A client from the network: limited, its events verified. */
  attach(socket: ServerSocket): RelayPeer
  /** A client in this process, trusted: not limited, its events not verified. The URL is ignored. */
  readonly openSocket: OpenSocket
  /** Runs when anyone subscribes with "#p" for these keys; they are as given, not on any curve. */
  onSubscribed(run: (keys: readonly PublicKey[]) => void): () => void
  /** The NIP-11 document. */
  info(): Record<string, unknown>
  /** `events` counts those accepted since the start. */
  stats(): { connections: number; subscriptions: number; events: number }
  close(): void
}

export type EmbeddedRelayDeps = {
  readonly clock: Clock
  readonly secp: Secp256k1
  /** Events tagged with this key go to `intercept`, and nowhere else unless it takes them. */
  readonly ownKey?: PublicKey
  /** OK is said once it resolves, and not when it rejects. It verifies the event itself. */
  readonly intercept?: (event: NostrEvent) => Promise<GateAnswer | 'rate_limited'>
  /** Asked first, and cheap: of the events for `ownKey`, is this one worth a verification? */
  readonly wanted?: (event: NostrEvent) => boolean
  /** Shared with the event gate, each event is verified once in all. */
  readonly verify?: VerifyEvent
  readonly limits?: Partial<RelayLimits>
}
