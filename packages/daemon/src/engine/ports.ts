// What the engine needs of the world. Each port has several implementations and one contract suite;
// adapters implement these and know nothing of each other.
import type {
  AuthChallenge,
  AuthResponse,
  KeyHandshake,
  PaymentHash,
  PaymentRequest,
  PaymentResponse,
  PublicKey,
  SubkeyProof,
} from 'portal-protocol'
import type { Authentication, AuthenticationEvent } from '../authentication/authentication.ts'
import type { Handshake, HandshakeEvent } from '../handshake/handshake.ts'
import type { LogEvent, Stream, StreamId, StreamType } from '../log/stream.ts'
import type { Payment, PaymentEvent, PaymentId, Status } from '../payment/payment.ts'
import type { Coordination, Turns } from './coordination-ports.ts'
import type { IdempotencyKey } from './idempotency-key.ts'
import type { WebhookStore } from './webhook-ports.ts'

export type { Clock, Timer } from 'portal-relay'
export type { Lease, Rate, Turns } from './coordination-ports.ts'
export type {
  InvoiceLookUp,
  InvoiceOrder,
  Lightning,
  LightningWatcher,
  NodeInfo,
  Settlement,
} from './lightning-port.ts'
export { PortError, StoreError } from './port-error.ts'
export type { IdempotencyKey }

// ── Nostr ──────────────────────────────────────────────────────────────────────────────────────────

/** A message for one user, encrypted and published to each of their keys. */
export type Outgoing = {
  /** The payment or stream it belongs to: what "the byte-identical event again" is keyed by. */
  readonly subject: PaymentId | StreamId
  readonly mainKey: PublicKey
  readonly subkeys: readonly PublicKey[]
  /** Relays this user's wallet named, newest first; ours are always published to as well. */
  readonly relays: readonly string[]
  /** Sign anew instead of repeating the events of the last send. */
  readonly fresh: boolean
  /** Forget the signed events after this moment (unix seconds). */
  readonly expiresAt: number
  readonly message:
    | ({ readonly type: 'payment_request' } & PaymentRequest)
    | ({ readonly type: 'auth_challenge' } & AuthChallenge)
}

export type RelayOutcome = { readonly url: string; readonly error: string | null }

export type Received = {
  readonly eventId: string
  /** The signer, verified. */
  readonly author: PublicKey
}

/** What the messenger hands in. Each resolves once what follows from it is committed. */
export interface Inbound {
  /** Cheap and before any signature check: could this author's message of this kind matter now? */
  wanted(author: PublicKey, kind: number): boolean
  /**
   * As cheap: is this daemon the one to handle it at once? False when another on the same store is likely
   * to be doing so; then it need not be looked at unless nobody has handled it a moment later.
   */
  isOurs(author: PublicKey, kind: number): boolean
  readonly turns: Turns
  /** `usableRelays`: those the wallet named that we may connect to, cleaned and at most five. */
  keyHandshake(
    received: Received,
    message: KeyHandshake,
    usableRelays: readonly string[],
  ): Promise<void>
  authResponse(received: Received, message: AuthResponse): Promise<void>
  paymentResponse(received: Received, message: PaymentResponse): Promise<void>
  subkeyProof(received: Received, proof: SubkeyProof): Promise<void>
  /** These users can be reached again: subscribed, heard from, or (null) all of a relay's. */
  reachable(keys: readonly PublicKey[] | null): void
}

export type RelayHealth = {
  readonly url: string
  readonly ok: boolean
  /** Unix milliseconds of the last finished round trip; null before the first. */
  readonly checkedAtMs: number | null
}

export interface Messenger {
  readonly publicKey: PublicKey
  /** Our own relays, in the order handshake URLs name them. */
  readonly relays: readonly string[]
  start(inbound: Inbound): void
  /** Resolves with every relay's outcome; never throws. Subscribes there before it publishes. */
  send(outgoing: Outgoing): Promise<readonly RelayOutcome[]>
  /** Listen where these wallets publish, as after a handshake. Failures are retried inside. */
  listenOn(relays: readonly string[]): void
  /** Forget the signed events of a subject that has ended. */
  forget(subject: PaymentId | StreamId): void
  /** Our own relays as the background round trips found them. */
  health(): readonly RelayHealth[]
  close(): Promise<void>
}

// ── Store ──────────────────────────────────────────────────────────────────────────────────────────

export type Conversation = Handshake | Authentication
export type Subject = Payment | Conversation

export type Created<T> =
  | { readonly result: 'created'; readonly subject: T }
  /** The key was used with the same request, or this handshake is open: what was made then, as it is now. */
  | { readonly result: 'repeated'; readonly subject: T }
  | { readonly result: 'key_mismatch' }
  | { readonly result: 'request_id_used' }
  /** Another payment with this payment hash is open, or has the money. */
  | { readonly result: 'payment_hash_taken' }
  /** An open handshake has this token already, and is not such a one as is asked for. */
  | { readonly result: 'token_open' }

/**
 * When a write is safe from a power cut; from the death of the process it is once it has resolved.
 * `with_next`: with the next change that is durable at once, or `flush`. For what is acknowledged to nobody
 * before that.
 */
export type Durable = 'at_once' | 'with_next'

export type Change = {
  /** `version` is the one it was loaded with; the store writes version + 1. */
  readonly subject: Subject
  readonly events: readonly (PaymentEvent | HandshakeEvent | AuthenticationEvent)[]
  /** When the worker must look at it again (ms); null: never by itself. */
  readonly wakeAtMs: number | null
  readonly atMs: number
  /** The Nostr event this came from; committed with it, so that it counts once. */
  readonly receivedEventId: string | null
  /** Relays a wallet named in its handshake, remembered for that user. */
  readonly userRelays: { readonly mainKey: PublicKey; readonly relays: readonly string[] } | null
  /** The same of further facts that this change follows from. */
  readonly more?: readonly Pick<Change, 'receivedEventId' | 'userRelays'>[]
  /** At once unless given. */
  readonly durable?: Durable
}

/** `duplicate`: one of the received events was committed before. `payment_hash_taken`: the invoice that the change brings is another payment's. */
export type CommitResult = 'committed' | 'stale' | 'duplicate' | 'payment_hash_taken'

export type Due =
  | { readonly type: 'payment'; readonly payment: Payment }
  | { readonly type: 'conversation'; readonly conversation: Conversation }

export type PaymentFilter = {
  readonly status?: Status
  readonly mainKey?: PublicKey
  readonly subscriptionId?: string
  readonly requestId?: string
  readonly late?: boolean
  /** Whether late money was noted as dealt with; false also where none came. */
  readonly lateResolved?: boolean
  readonly createdAfterMs?: number
  readonly createdBeforeMs?: number
}

export type LogPlace = {
  /** Another one once the store was restored, or another server took it over. */
  readonly logId: string
  /**
   * The reader was told events that this store has lost: all it read up to this position is here, and
   * whatever came since lies beyond it. Null: nothing is lost.
   */
  readonly lostSince: number | null
  /** Whether it is another log than at the store's beginning. */
  readonly wasRestored: boolean
}

export interface Store extends Coordination {
  createPayment(
    p: Payment,
    key: IdempotencyKey | null,
    wakeAtMs: number | null,
    durable?: Durable,
  ): Promise<Created<Payment>>
  createConversation(
    c: Conversation,
    key: IdempotencyKey | null,
    wakeAtMs: number | null,
  ): Promise<Created<Conversation>>
  /**
   * One transaction: the subject, its events, its wake time. Concurrent calls share one durable commit;
   * resolves only after it is on disk, unless `durable` says otherwise. The subject and events are
   * visible to nobody before.
   */
  commit(change: Change): Promise<CommitResult>
  /** Resolves when all that was written before is durable. */
  flush(): Promise<void>

  payment(id: PaymentId): Promise<Payment | null>
  /** The one payment a user was asked for under this request id. */
  paymentByRequest(mainKey: PublicKey, requestId: string): Promise<Payment | null>
  /** The payments of this request id (one per user), newest first, at most `limit`. */
  paymentsByRequestId(requestId: string, limit: number): Promise<readonly Payment[]>
  /** All that carry this hash, newest first, at most `limit`. */
  paymentsByHash(paymentHash: PaymentHash, limit: number): Promise<readonly Payment[]>
  listPayments(
    filter: PaymentFilter,
    before: string | null,
    limit: number,
  ): Promise<{ readonly payments: readonly Payment[]; readonly next: string | null }>
  /** The open handshake with this token. */
  handshakeByToken(token: string): Promise<Handshake | null>
  authenticationByChallenge(challenge: string): Promise<Authentication | null>
  conversation(streamId: StreamId): Promise<Conversation | null>
  /** Unended payments and authentications with one of these keys (null: all), by creation. */
  awaitingAnswer(keys: readonly PublicKey[] | null, limit: number): Promise<readonly Due[]>
  /** Keys that may answer: all of what is unended, then at most `limit` of what was created since (ms). */
  answerKeys(
    sinceMs: number,
    limit: number,
  ): Promise<{ readonly open: readonly PublicKey[]; readonly recent: readonly PublicKey[] }>
  openHandshakes(): Promise<number>
  /** Creation time (ms) of the oldest own invoice still worth reconciling; null when none is. */
  oldestUnsettledMs(
    filter: { readonly open: true } | { readonly expiresAfterMs: number },
  ): Promise<number | null>

  /** Subjects due at `nowMs`, earliest first, claimed for `leaseMs`. */
  claimDue(nowMs: number, limit: number, leaseMs: number): Promise<readonly Due[]>
  /** Makes due at `nowMs` whatever is claimed: for the one daemon of a store, at its start. */
  dropClaims(nowMs: number): Promise<void>
  nextWakeAtMs(): Promise<number | null>

  stream(id: StreamId): Promise<Stream | null>
  /** Events of one stream with index ≥ `from`. */
  events(id: StreamId, from: number, limit: number): Promise<readonly LogEvent[]>
  /** Events of all streams with position > `after`, in order, none ever skipped. */
  feed(after: number, limit: number): Promise<readonly LogEvent[]>

  /** Which log this is, for a reader of the feed who has read up to `after`. */
  logAt(after: number): Promise<LogPlace>
  /** The position behind which only what happens from now on comes; 0 in an empty log. */
  logEnd(): Promise<number>

  relaysOf(mainKey: PublicKey): Promise<readonly string[]>
  /** Relays of users with something unended, for listening after a restart. */
  relaysInUse(limit: number): Promise<readonly string[]>

  /** Small values of the daemon itself: keys it made, cursors. */
  value(name: string): Promise<string | null>
  setValue(name: string, value: string): Promise<void>
  /** Sets the value only where there is none; answers the one that stands. */
  initValue(name: string, value: string): Promise<string>

  readonly webhooks: WebhookStore

  /** One write and read back; true when the store works. Never throws. */
  ping(): Promise<boolean>
  close(): Promise<void>
}

export type { StreamType }
