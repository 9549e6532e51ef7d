// What callers ask of the engine: payments, their cancellation, handshakes, authentications. The edge has
// checked the shape; what needs the store, the node or the time is checked here.
import {
  Bolt11Error,
  decodeInvoice,
  formatHandshakeUrl,
  type Invoice,
  type LightningNetwork,
  type Msat,
  type PublicKey,
  type RandomBytes,
  type Secp256k1,
  toHex,
} from 'portal-protocol'
import { AUTHENTICATION_LIFETIME_S, type Authentication } from '../authentication/authentication.ts'
import { HANDSHAKE_LIFETIME_S, type Handshake } from '../handshake/handshake.ts'
import type { JsonObject } from '../log/json.ts'
import type { StreamId } from '../log/stream.ts'
import {
  type Capture,
  newPayment,
  type Payment,
  type PaymentId,
  type PaymentTerms,
} from '../payment/payment.ts'
import type { Clock, Created, IdempotencyKey, Lightning, Messenger, Store } from './ports.ts'
import { Refusal } from './refusal.ts'

export const EXPIRES_IN_DEFAULT_S = 300
/** Unix seconds: the end of the year 9999, beyond which no request ends. */
export const ENDS_MAX = 253_402_300_799

export type SingleOrder = {
  readonly mainKey: PublicKey
  readonly subkeys: readonly PublicKey[]
  readonly amountMsat: Msat
  readonly description: string | null
  readonly subscriptionId: string | null
  readonly authToken: string | null
  readonly requestId: string | null
  readonly capture: Capture
  readonly expiresInS: number | null
  readonly metadata: JsonObject | null
}

export type ExternalInvoiceOrder = Omit<SingleOrder, 'expiresInS' | 'capture'> & {
  readonly invoice: string
  /** Unix seconds; at most, and unless given, the invoice's own. */
  readonly expiresAt: number | null
}

export type RequestDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly random: RandomBytes
  readonly secp: Secp256k1
  readonly lightning: Lightning
  readonly messenger: Messenger
  /** The network that the operator states; null: whichever the node is on. */
  readonly network: LightningNetwork | null
}

/** The payment an order for our own invoice begins as. Refuses what the node cannot do. */
export function singlePayment(order: SingleOrder, deps: RequestDeps): Payment {
  if (order.capture === 'manual' && deps.lightning.holds === false) {
    const detail =
      '"capture": the Lightning node behind this daemon cannot hold payments; leave it out'
    throw new Refusal('invalid_request', detail, { field: 'capture' })
  }
  const nowMs = deps.clock.nowMs()
  const expiresAt = Math.ceil(nowMs / 1000) + (order.expiresInS ?? EXPIRES_IN_DEFAULT_S)
  return newPayment(terms(order, 'single', expiresAt, deps), newIds(deps), nowMs, null)
}

/** The payment an order for someone's invoice begins as. Refuses what no wallet could pay. */
export function invoicePayment(order: ExternalInvoiceOrder, deps: RequestDeps): Payment {
  const node = deps.lightning.node
  if (node === null) {
    throw new Refusal(
      'unavailable',
      'the Lightning node has not been reached since the start, so the network is not known; try again',
      { retryAfterS: 5 },
    )
  }
  const nowMs = deps.clock.nowMs()
  const invoice = readExternalInvoice(order.invoice, deps.secp)
  refuseUnpayable(invoice, order, deps.network ?? node.network, nowMs)
  const expiresAt = order.expiresAt ?? invoice.expiresAt
  const given = {
    invoice: order.invoice,
    paymentHash: invoice.paymentHash,
    ownInvoice: node.publicKey !== null && node.publicKey === invoice.payee,
  }
  return newPayment(terms(order, 'invoice', expiresAt, deps), newIds(deps), nowMs, given)
}

/** A handshake as it begins: its URL names our relays and a token only the user will see. */
export function newHandshake(
  order: { readonly staticToken: string | null; readonly noRequest: boolean },
  deps: RequestDeps,
): Handshake {
  const nowMs = deps.clock.nowMs()
  const token = order.staticToken ?? toHex(deps.random(16))
  const reusable = order.staticToken !== null
  return {
    type: 'key_handshake',
    streamId: newStreamId(deps),
    version: 0,
    token,
    url: formatHandshakeUrl({
      mainKey: deps.messenger.publicKey,
      relays: deps.messenger.relays.slice(0, 5),
      token,
      subkey: null,
      noRequest: order.noRequest,
    }),
    reusable,
    createdAtMs: nowMs,
    expiresAt: reusable ? null : Math.ceil(nowMs / 1000) + HANDSHAKE_LIFETIME_S,
    ended: false,
    eventCount: 0,
  }
}

/** An authentication as it begins, its challenge not yet sent. */
export function newAuthentication(
  order: { readonly mainKey: PublicKey; readonly subkeys: readonly PublicKey[] },
  deps: RequestDeps,
): Authentication {
  const nowMs = deps.clock.nowMs()
  return {
    type: 'authenticate_key',
    streamId: newStreamId(deps),
    version: 0,
    mainKey: order.mainKey,
    subkeys: withoutRepeats(order),
    challenge: toHex(deps.random(16)),
    createdAtMs: nowMs,
    expiresAt: Math.ceil(nowMs / 1000) + AUTHENTICATION_LIFETIME_S,
    firstSentAtMs: null,
    lastSentAtMs: null,
    taskAtMs: nowMs,
    ended: false,
    eventCount: 0,
  }
}

/** The subject that was made, now or by an earlier request with the same key. Throws Refusal. */
export function unwrap<T>(
  created: Created<T>,
  key: IdempotencyKey | null,
): { subject: T; isNew: boolean } {
  switch (created.result) {
    case 'created':
      return { subject: created.subject, isNew: true }
    case 'repeated':
      return { subject: created.subject, isNew: false }
    case 'key_mismatch':
      throw new Refusal(
        'idempotency_mismatch',
        `the Idempotency-Key "${key?.key ?? ''}" was used for a request that differs from this one`,
      )
    case 'request_id_used':
      throw new Refusal(
        'conflict',
        'this request_id was used before for this user: GET /payments?request_id=… finds that payment',
        {
          field: 'request_id',
        },
      )
    case 'payment_hash_taken':
      throw new Refusal(
        'conflict',
        'another payment with this payment hash is open, or has been paid',
        { field: 'invoice' },
      )
    case 'token_open':
      throw new Refusal(
        'conflict',
        'the handshake that is open with this static_token has another no_request: ask with that one, ' +
          'or close the handshake first (DELETE /key-handshake/{stream_id})',
        { field: 'no_request' },
      )
  }
}

function terms(
  order: Omit<SingleOrder, 'expiresInS' | 'capture'> & { readonly capture?: Capture },
  kind: PaymentTerms['kind'],
  expiresAt: number,
  deps: RequestDeps,
): PaymentTerms {
  return {
    kind,
    capture: order.capture ?? 'automatic',
    requestId: order.requestId ?? uuid(deps),
    mainKey: order.mainKey,
    subkeys: withoutRepeats(order),
    amountMsat: order.amountMsat,
    description: order.description,
    subscriptionId: order.subscriptionId,
    authToken: order.authToken,
    metadata: order.metadata,
    expiresAt,
  }
}

function withoutRepeats(order: {
  readonly mainKey: PublicKey
  readonly subkeys: readonly PublicKey[]
}): readonly PublicKey[] {
  return [...new Set(order.subkeys)].filter((key) => key !== order.mainKey)
}

function readExternalInvoice(text: string, secp: Secp256k1): Invoice {
  try {
    return decodeInvoice(text, secp)
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error
    throw new Refusal('invalid_request', `"invoice" cannot be read: ${error.message}`, {
      field: 'invoice',
    })
  }
}

function refuseUnpayable(
  invoice: Invoice,
  order: ExternalInvoiceOrder,
  network: string,
  nowMs: number,
): void {
  const refuse = (field: string, detail: string) => {
    throw new Refusal('invalid_request', detail, { field })
  }
  if (invoice.network !== network) {
    refuse('invoice', `"invoice" is for ${invoice.network}, but this daemon is on ${network}`)
  }
  if (invoice.amountMsat === null) {
    refuse('invoice', '"invoice" names no amount; ask for one that does')
  }
  if (invoice.amountMsat !== order.amountMsat) {
    refuse(
      'amount',
      `"amount" is ${order.amountMsat} but the invoice asks ${invoice.amountMsat} msat`,
    )
  }
  if (invoice.expiresAt * 1000 <= nowMs) refuse('invoice', '"invoice" has expired')
  if (order.expiresAt === null && invoice.expiresAt > ENDS_MAX) {
    refuse('invoice', '"invoice" expires after the year 9999; give "expires_at"')
  }
  if (order.expiresAt === null) return
  if (order.expiresAt > invoice.expiresAt) {
    refuse('expires_at', `"expires_at" is after the invoice's own end, ${invoice.expiresAt}`)
  }
  if (order.expiresAt * 1000 <= nowMs) refuse('expires_at', '"expires_at" has passed')
}

function newIds(deps: RequestDeps): { id: PaymentId; streamId: StreamId } {
  return { id: uuid(deps) as PaymentId, streamId: newStreamId(deps) }
}

function newStreamId(deps: RequestDeps): StreamId {
  return uuid(deps) as StreamId
}

/**
 * RFC 9562 UUID version 7: its first 48 bits are the time, so that rows made together lie together in
 * every index, however many there are.
 */
function uuid({ random, clock }: { readonly random: RandomBytes; readonly clock: Clock }): string {
  const bytes = random(16)
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, Math.floor(clock.nowMs() / 0x1_0000))
  new DataView(bytes.buffer, bytes.byteOffset).setUint16(4, clock.nowMs() % 0x1_0000)
  const hex = [...bytes].map((byte, i) => {
    const fixed = i === 6 ? (byte & 0x0f) | 0x70 : i === 8 ? (byte & 0x3f) | 0x80 : byte
    return fixed.toString(16).padStart(2, '0')
  })
  const part = (from: number, to: number) => hex.slice(from, to).join('')
  return [part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)].join('-')
}
