// Everything that was seen of the daemon from the outside: what it answered, what it told by index and
// by the feed, what wallets received from it and said to it.
import type { PaymentRequest, PaymentResponseStatus, PublicKey } from 'portal-protocol'
import type { World } from './world.ts'

/** An event as a reader of the API sees it. */
export type Told = {
  readonly streamId: string
  readonly index: number
  readonly createdAt: number
  readonly data: Readonly<Record<string, unknown>>
}

export type FeedItem = Told & {
  readonly position: number
  readonly type: string
  readonly paymentId: string | null
  readonly requestId: string | null
}

/** An order that a merchant meant to place, however often it was sent. */
export type Intent = {
  readonly name: string
  readonly kind: 'single' | 'invoice'
  readonly key: string | null
  readonly user: PublicKey
  readonly declared: readonly PublicKey[]
  readonly amountMsat: number
  readonly description: string
  readonly subscriptionId: string | null
  /** The invoice that the merchant brought. */
  readonly invoice: string | null
  /** The money is to be held until it is captured. */
  readonly manual: boolean
  /** It says its own request_id, which makes it one payment however often it is sent. */
  readonly named: boolean
  /** Requests sent with exactly its body. */
  sent: number
  /** Told that its request_id is taken: it is to be found. */
  pointedTo: boolean
  /** What was answered 201 to such a request. */
  readonly acknowledged: {
    readonly paymentId: string
    readonly streamId: string
    readonly invoice: string | null
    readonly atMs: number
  }[]
}

/** What a wallet said in an answer to a payment request. */
export type Utterance = {
  readonly eventId: string
  readonly requestId: string
  readonly author: PublicKey
  readonly status: PaymentResponseStatus
  /** Its author is a subkey that was proven to the daemon before. */
  readonly isVouched: boolean
  readonly saidAtMs: number
  /** When the daemon's own relay said OK to it, or null. */
  acceptedAtMs: number | null
}

export type Handed = { readonly user: PublicKey; readonly request: PaymentRequest }

export interface Sightings {
  readonly intents: Intent[]
  /** By stream, then by index. */
  readonly told: ReadonlyMap<string, ReadonlyMap<number, Told>>
  readonly feed: ReadonlyMap<number, FeedItem>
  readonly utterances: Utterance[]
  /** Keys with a valid proof that they belong to a user, from when on it was sent. */
  readonly proven: Map<PublicKey, { readonly user: PublicKey; readonly saidAtMs: number }>
  /** Payment requests as they reached a user, every copy. */
  readonly handed: Handed[]
  /** Main keys of users whom a challenge reached. */
  readonly challenged: Set<PublicKey>
  /** Payments whose cancellation was answered 200. */
  readonly cancelled: Set<string>
  /** Payments that the merchant tried to capture, and those that it was told it has captured. */
  readonly captures: { readonly tried: Set<string>; readonly done: Set<string> }
  /** When an event was first visible, by stream and index. */
  readonly visibleAtMs: Map<string, number>
  saw(event: Told, how: string): void
  sawInFeed(item: FeedItem, how: string): void
}

export function createSightings(world: World): Sightings {
  const told = new Map<string, Map<number, Told>>()
  const feed = new Map<number, FeedItem>()
  const visibleAtMs = new Map<string, number>()

  function saw(event: Told, how: string): void {
    const stream = told.get(event.streamId) ?? new Map<number, Told>()
    told.set(event.streamId, stream)
    const known = stream.get(event.index)
    if (known === undefined) {
      stream.set(event.index, event)
      visibleAtMs.set(`${event.streamId} ${event.index}`, world.timeline.nowMs)
      world.say(
        'told',
        `${event.streamId.slice(-4)}[${event.index}] ${JSON.stringify(event.data)} (${how})`,
      )
    } else if (textOf(known) !== textOf(event)) {
      world.broken(
        7,
        `${event.streamId}[${event.index}] was ${textOf(known)}, is ${textOf(event)} (${how})`,
      )
    }
  }

  return {
    intents: [],
    told,
    feed,
    utterances: [],
    proven: new Map(),
    handed: [],
    challenged: new Set(),
    cancelled: new Set(),
    captures: { tried: new Set(), done: new Set() },
    visibleAtMs,
    saw,
    sawInFeed(item, how) {
      saw(item, how)
      const known = feed.get(item.position)
      if (known === undefined) feed.set(item.position, item)
      else if (known.streamId !== item.streamId || known.index !== item.index) {
        world.broken(7, `position ${item.position} of the feed was another event (${how})`)
      }
    },
  }
}

/** The events of a stream that were seen, by index. */
export function eventsOf(seen: Sightings, streamId: string): readonly Told[] {
  return [...(seen.told.get(streamId)?.values() ?? [])].sort((a, b) => a.index - b.index)
}

function textOf({ data, createdAt }: Told): string {
  return `${createdAt} ${JSON.stringify(data)}`
}
