// What webhooks tell, by type: derived from the API's own shapes.
import type {
  AuthenticationEvent,
  FeedItem,
  KeyHandshakeEvent,
  KeyScanned,
  PaymentStatus,
} from './api.ts'

type ItemOf<Type extends FeedItem['type']> = Extract<FeedItem, { readonly type: Type }>

type Told<Type extends string, Item extends FeedItem, Data> = {
  readonly type: Type
  /** ISO 8601, in UTC. */
  readonly timestamp: string
  /** The item of the feed. */
  readonly data: Omit<Item, 'data'> & { readonly data: Data }
}

// Spread over the union: one member for each status.
type ByStatus<Type extends FeedItem['type'], Data> = Data extends {
  readonly status: infer Status extends string
}
  ? Status extends string
    ? Told<`${Type}.${Status}`, ItemOf<Type>, Data & { readonly status: Status }>
    : never
  : never

/** What `POST /webhooks/{endpoint_id}/test` sends. */
export type WebhookTest = {
  readonly type: 'webhook.test'
  readonly timestamp: string
  readonly data: Record<string, never>
}

/**
 * A message of a webhook: switch on `type`, with a `default` for types that come later. In `data`
 * is the item of the feed, and in `data.data` what happened.
 */
export type WebhookEvent =
  | ByStatus<'payment', PaymentStatus>
  | Told<'key_handshake.scanned', ItemOf<'key_handshake'>, KeyScanned>
  | ByStatus<'key_handshake', Exclude<KeyHandshakeEvent, KeyScanned>>
  | ByStatus<'authenticate_key', AuthenticationEvent>
  | WebhookTest
