// The one class of the SDK: what a merchant's code calls, with what it promises.
import type {
  FeedItem,
  Health,
  Info,
  InvoicePaymentRequest,
  Payment,
  PaymentCancelled,
  PaymentFilter,
  Readiness,
  SinglePaymentRequest,
} from './api.ts'
import type { PortalClientOptions } from './client-options.ts'
import type { CallOptions } from './http.ts'
import { type KeyAuthentication, requestAuthentication } from './key-authentication.ts'
import {
  type KeyHandshake,
  type KeyHandshakeRequest,
  requestKeyHandshake,
} from './key-handshake.ts'
import { type FeedOptions, followFeed } from './logs.ts'
import type { OnStatusChange, PaymentHandle, ResumedPayment } from './payment-handle.ts'
import {
  cancelPayment,
  capturePayment,
  getPayment,
  listPayments,
  type PaymentPages,
  requestPayment,
  resolveLate,
  resumePayment,
} from './payments.ts'
import { type CreateOptions, createSession, type Session } from './session.ts'
import { realWorld, type World } from './world.ts'

/**
 * Talks to one Portal daemon. Cheap to make, nothing to close: connections are held only while
 * something is followed, one per open payment.
 *
 * Calls take a `signal`, which aborts them (they throw its reason) and whatever they started
 * following, and `timeoutMs`, for the call with its retries. They throw AuthError,
 * InvalidRequestError, ConflictError, NotFoundError, RateLimitError, ConnectionError and
 * ServerError: see `isPortalError`. The examples of its methods go on from this one:
 *
 * @example
 * ```ts
 * import { Currency, PortalClient } from 'portal-sdk'
 * const baseUrl = 'http://127.0.0.1:3000'
 * const client = new PortalClient({ baseUrl, authToken: 'my-secret-token' })
 * const user = 'npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg'
 * const order = { amount: 10_000, currency: Currency.Millisats, description: 'Premium - 1 month' }
 * const payment = await client.requestSinglePayment(user, [], order, (status) => {
 *   console.log(status.status)
 * })
 * const end = await payment.done
 * if (end.status === 'paid') console.log('preimage', end.preimage)
 * ```
 */
export class PortalClient {
  readonly #session: Session

  /**
   * @param world clock, timers, randomness and network; for tests
   * @throws TypeError when an option cannot work
   */
  constructor(options: PortalClientOptions, world: World = realWorld) {
    this.#session = createSession(options, world)
  }

  /**
   * Asks a user for a payment to your Lightning node. Resolves once the daemon has taken the
   * request; from then on it ends in one of `paid`, `user_rejected`, `timeout`, `error`, whatever
   * crashes.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   * @param paymentRequest `amount` in millisats: 1 sat = 1000
   * @param onStatusChange gets each status once, in order, to the end, through cuts and restarts
   * @throws ConflictError when its `request_id` was used before for this user
   *
   * @example
   * ```ts
   * import { Currency } from 'portal-sdk'
   * const coffee = { amount: 21_000, currency: Currency.Millisats, description: 'A coffee' }
   * const payment = await client.requestSinglePayment(user, [], coffee)
   * console.log(payment.id, payment.invoice)
   * for await (const status of payment) console.log(status.status)
   * ```
   */
  requestSinglePayment(
    mainKey: string,
    subkeys: readonly string[],
    paymentRequest: SinglePaymentRequest,
    onStatusChange?: OnStatusChange,
    options: CreateOptions = {},
  ): Promise<PaymentHandle> {
    const body = { ...paymentRequest, main_key: mainKey, subkeys }
    return requestPayment(this.#session, '/payments/single', body, onStatusChange, options)
  }

  /**
   * Asks a user to pay somebody's BOLT11 invoice, which must name exactly `amount`. If no proof
   * came, it ends with `timeout` and code `unproven`, which does not mean that no money moved.
   *
   * @throws ConflictError while another payment with that payment hash is open, and once one was paid
   *
   * @example
   * ```ts
   * import { Currency, isPortalError } from 'portal-sdk'
   * const bill = { amount: 10_000, currency: Currency.Millisats, invoice: 'lnbc100n1…' }
   * try {
   *   const payment = await client.requestInvoicePayment(user, [], bill)
   *   console.log((await payment.done).status)
   * } catch (error) {
   *   if (!isPortalError(error) || error.code !== 'invalid_request') throw error
   *   console.log('at fault:', error.field)
   * }
   * ```
   */
  requestInvoicePayment(
    mainKey: string,
    subkeys: readonly string[],
    paymentRequest: InvoicePaymentRequest,
    onStatusChange?: OnStatusChange,
    options: CreateOptions = {},
  ): Promise<PaymentHandle> {
    const body = { ...paymentRequest, main_key: mainKey, subkeys }
    return requestPayment(this.#session, '/payments/invoice', body, onStatusChange, options)
  }

  /**
   * Follows a payment again, as after a restart of your program: every status from the first on is
   * told again. By stream id alone, `id`, `invoice`, `paymentHash` and `expiresAt` stay unknown,
   * and it cannot be cancelled.
   *
   * @example
   * ```ts
   * for await (const { payment_id } of client.listPayments({ status: 'pending' })) {
   *   await client.resumePayment(payment_id, (status) => console.log(payment_id, status.status))
   * }
   * ```
   */
  resumePayment(
    paymentOrStreamId: string,
    onStatusChange?: OnStatusChange,
    options: CallOptions = {},
  ): Promise<ResumedPayment> {
    return resumePayment(this.#session, paymentOrStreamId, onStatusChange, options)
  }

  /**
   * A payment as it is now, late money included.
   *
   * @example
   * ```ts
   * for (const { payment_id } of (await client.listPayments({ limit: 1 })).payments) {
   *   const { status, paid_at, delivery } = await client.getPayment(payment_id)
   *   console.log(status, paid_at, delivery.relays)
   * }
   * ```
   */
  getPayment(paymentId: string, options: CallOptions = {}): Promise<Payment> {
    return getPayment(this.#session, paymentId, options)
  }

  /**
   * Payments, newest first: awaited, one page with its `next_cursor`; looped over, all of them.
   *
   * @example
   * ```ts
   * const { payments, next_cursor } = await client.listPayments({ late: true, limit: 10 })
   * console.log(payments.length, next_cursor)
   * for await (const { amount } of client.listPayments({ status: 'paid' })) console.log(amount)
   * ```
   */
  listPayments(filter: PaymentFilter = {}, options: CallOptions = {}): PaymentPages {
    return listPayments(this.#session, filter, options)
  }

  /**
   * Ends a payment with `error`/`cancelled`. `invoice_cancelled: false` in the answer: what the
   * wallet holds cannot be recalled, and money that comes all the same is told as late.
   *
   * @throws ConflictError (`payment_ended`) when it has ended otherwise
   *
   * @example
   * ```ts
   * for await (const { payment_id } of client.listPayments({ status: 'pending' })) {
   *   console.log((await client.cancelPayment(payment_id)).invoice_cancelled)
   * }
   * ```
   */
  cancelPayment(paymentId: string, options: CallOptions = {}): Promise<PaymentCancelled> {
    return cancelPayment(this.#session, paymentId, options)
  }

  /**
   * Takes what is held for a payment asked for with `capture: 'manual'`. The answer is the payment,
   * `paid`; until `capture_before` it may be tried again.
   *
   * @example
   * ```ts
   * for await (const { payment_id } of client.listPayments({ status: 'held' })) {
   *   console.log((await client.capturePayment(payment_id)).status)
   * }
   * ```
   */
  capturePayment(paymentId: string, options: CallOptions = {}): Promise<Payment> {
    return capturePayment(this.#session, paymentId, options)
  }

  /**
   * Notes what was done about money that came late; the last note stands. Throws ConflictError where
   * none came.
   *
   * @example
   * ```ts
   * for await (const { payment_id } of client.listPayments({ late: true })) {
   *   console.log((await client.resolveLate(payment_id, 'refunded, ticket 4711')).late_note)
   * }
   * ```
   */
  resolveLate(paymentId: string, note: string, options: CallOptions = {}): Promise<Payment> {
    return resolveLate(this.#session, paymentId, note, options)
  }

  /**
   * A URL for a user to open in their wallet, which then tells you the user's key. It serves one
   * user for 300 s; with a `staticToken` of your own (a printed code) any number, until it is
   * closed, and the same token is the same handshake: to go on after a restart of your program,
   * give `after`, the `index` of the last scan handled plus 1.
   *
   * @example
   * ```ts
   * const handshake = await client.keyHandshake()
   * console.log('show as a QR code:', handshake.url)
   * for await (const scan of handshake) console.log(scan.main_key, scan.client_info.name)
   * ```
   */
  keyHandshake(
    request: KeyHandshakeRequest = {},
    options: CreateOptions = {},
  ): Promise<KeyHandshake> {
    return requestKeyHandshake(this.#session, request, options)
  }

  /**
   * Asks a user to prove that a key is theirs: they approve, decline, or let 300 s pass.
   *
   * @example
   * ```ts
   * const authentication = await client.authenticateKey(user, [])
   * const end = await authentication.done
   * if (end.status === 'approved' && end.session_token_valid) console.log(end.user_key)
   * ```
   */
  authenticateKey(
    mainKey: string,
    subkeys: readonly string[],
    options: CreateOptions = {},
  ): Promise<KeyAuthentication> {
    return requestAuthentication(this.#session, mainKey, subkeys, options)
  }

  /**
   * The feed of all streams: every event of every payment, handshake and authentication, late money
   * included, in one loop that never ends by itself. Store `position` when you have handled an
   * event, and begin after it the next time.
   *
   * @example
   * ```ts
   * let handled = 0
   * for await (const event of client.events({ after: handled })) {
   *   handled = event.position
   *   if (event.type === 'payment' && event.data.status === 'paid') break
   * }
   * console.log('paid at position', handled)
   * ```
   */
  events(options: FeedOptions = {}): AsyncIterable<FeedItem> {
    return followFeed(this.#session, options.after ?? 0, options.signal)
  }

  /**
   * What the daemon is: its key, version, network and relays.
   *
   * @example
   * ```ts
   * console.log((await client.info()).npub)
   * ```
   */
  info(options: CallOptions = {}): Promise<Info> {
    return this.#session.get<Info>('/info', {}, options)
  }

  /**
   * Whether the daemon runs. One try; throws when it does not answer.
   *
   * @example
   * ```ts
   * console.log((await client.health()).status)
   * ```
   */
  health(options: CallOptions = {}): Promise<Health> {
    return this.#session.probe<Health>('/health', options)
  }

  /**
   * Whether the daemon can do its work, and if not (`ready: false`), what is missing. One try.
   *
   * @example
   * ```ts
   * console.log((await client.ready()).ready)
   * ```
   */
  ready(options: CallOptions = {}): Promise<Readiness> {
    return this.#session.probe<Readiness>('/ready', options)
  }
}
