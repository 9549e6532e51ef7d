// The API's own shapes, by the names they have in openapi.json. Their fields keep the API's names,
// too.
import type { Currency } from './currency.ts'
import type { components, operations } from './openapi.generated.ts'

type Schemas = components['schemas']

/** What happened to a payment: switch on `status`. */
export type PaymentStatus = Schemas['PaymentStatus']
/** The status a payment ended with. */
export type EndStatus = Extract<
  PaymentStatus,
  { readonly status: 'paid' | 'user_rejected' | 'timeout' | 'error' }
>
/** A payment as look-ups tell it. */
export type Payment = Schemas['Payment']
export type PaymentCancelled = Schemas['PaymentCancelled']
export type PaymentCreated = Schemas['PaymentCreated']
/** A page of payments, newest first. */
export type PaymentList = Schemas['PaymentList']

export type KeyHandshakeCreated = Schemas['KeyHandshakeCreated']
export type KeyHandshakeEvent = Schemas['KeyHandshakeEvent']
/** A wallet opened the URL of a key handshake. */
export type KeyScanned = Schemas['KeyScanned']
export type AuthenticateKeyCreated = Schemas['AuthenticateKeyCreated']
/** How an authentication ended: switch on `status`. */
export type AuthenticationEvent = Schemas['AuthenticationEvent']

/** One event of the feed of all streams: switch on `type`. */
export type FeedItem = Schemas['FeedItem']
/** One event of a stream whose events are `Data`. */
export type StreamEvent<Data> = Omit<Schemas['StreamEvent'], 'data'> & { readonly data: Data }

export type Info = Schemas['Info']
export type Health = Schemas['Health']
export type Readiness = Schemas['Readiness']

type Asked<Order> = Omit<Order, 'main_key' | 'subkeys' | 'currency'> & {
  readonly currency: Currency
}
/** What to ask a user for. */
export type SinglePaymentRequest = Asked<Schemas['SinglePaymentOrder']>
/** Which invoice to ask a user to pay. */
export type InvoicePaymentRequest = Asked<Schemas['InvoicePaymentOrder']>

/** Which payments to list; all given must hold. */
export type PaymentFilter = NonNullable<operations['listPayments']['parameters']['query']>
