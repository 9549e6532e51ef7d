// Everything the SDK throws: one class per remedy, each with the stable codes it can carry.

type Details = { readonly status?: number | null; readonly cause?: unknown }

/**
 * What all errors of the SDK have in common. Narrow with `isPortalError` and switch on `code`.
 *
 * @example
 * ```ts
 * import { PortalError } from 'portal-sdk'
 * await client.getPayment('no-such-payment').catch((error) => {
 *   if (!(error instanceof PortalError)) throw error
 *   console.log(error.code, error.status)
 * })
 * ```
 */
export class PortalError<Code extends string = PortalErrorCode> extends Error {
  override readonly name: string = 'PortalError'
  /** Stable: safe to compare and to store. */
  readonly code: Code
  /** The HTTP status the daemon answered with; null when no answer came. */
  readonly status: number | null

  constructor(code: Code, message: string, details: Details = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.status = details.status ?? null
  }
}

/**
 * The token is missing, wrong, or lacks the scope. Check `authToken`.
 *
 * @example
 * ```ts
 * import { AuthError, PortalClient } from 'portal-sdk'
 * const baseUrl = 'http://127.0.0.1:3000'
 * const client = new PortalClient({ baseUrl, authToken: 'not-the-token' })
 * await client.info().catch((error) => {
 *   if (!(error instanceof AuthError)) throw error
 *   console.log(error.code)
 * })
 * ```
 */
export class AuthError extends PortalError<'unauthorized' | 'forbidden'> {
  override readonly name = 'AuthError'
}

/**
 * The daemon will never take this request as it is: correct the field it names.
 *
 * @example
 * ```ts
 * import { Currency, InvalidRequestError } from 'portal-sdk'
 * const nothing = { amount: 0, currency: Currency.Millisats }
 * await client.requestSinglePayment(user, [], nothing).catch((error) => {
 *   if (!(error instanceof InvalidRequestError)) throw error
 *   console.log('at fault:', error.field)
 * })
 * ```
 */
export class InvalidRequestError extends PortalError<'invalid_request' | 'too_large'> {
  override readonly name = 'InvalidRequestError'
  /** The field at fault, as the API calls it; null when it is none in particular. */
  readonly field: string | null

  constructor(
    code: 'invalid_request' | 'too_large',
    message: string,
    details: Details & { readonly field?: string | null } = {},
  ) {
    super(code, message, details)
    this.field = details.field ?? null
  }
}

/**
 * Something that already happened stands in the way: look it up before you ask again.
 *
 * @example
 * ```ts
 * import { ConflictError, Currency } from 'portal-sdk'
 * const coffee = { amount: 21_000, currency: Currency.Millisats }
 * const payment = await client.requestSinglePayment(user, [], coffee)
 * await payment.done
 * await payment.cancel().catch((error) => {
 *   if (!(error instanceof ConflictError)) throw error
 *   console.log(error.code)
 * })
 * ```
 */
export class ConflictError extends PortalError<
  'conflict' | 'payment_ended' | 'idempotency_mismatch'
> {
  override readonly name = 'ConflictError'
}

/**
 * There is no such payment or stream.
 *
 * @example
 * ```ts
 * import { NotFoundError } from 'portal-sdk'
 * await client.getPayment('no-such-payment').catch((error) => {
 *   if (!(error instanceof NotFoundError)) throw error
 *   console.log(error.message)
 * })
 * ```
 */
export class NotFoundError extends PortalError<'not_found'> {
  override readonly name = 'NotFoundError'
}

/**
 * Too many requests, still so after the SDK's own retries: slow down.
 *
 * @example
 * ```ts
 * import { RateLimitError } from 'portal-sdk'
 * await client.info().then(console.log, (error) => {
 *   if (!(error instanceof RateLimitError)) throw error
 *   console.log('wait', error.retryAfterS, 's')
 * })
 * ```
 */
export class RateLimitError extends PortalError<'rate_limited'> {
  override readonly name = 'RateLimitError'
  /** Seconds the daemon asks to wait; null when it did not say. */
  readonly retryAfterS: number | null

  constructor(message: string, details: Details & { readonly retryAfterS?: number | null } = {}) {
    super('rate_limited', message, details)
    this.retryAfterS = details.retryAfterS ?? null
  }
}

/**
 * No usable answer came: `connection_failed` (refused, reset, unknown host, redirect, CORS),
 * `timed_out`, or `invalid_answer` (something answered that is no Portal daemon). Whether the
 * request was taken is not known; asking again with the same `idempotencyKey` is always safe.
 *
 * @example
 * ```ts
 * import { ConnectionError, PortalClient } from 'portal-sdk'
 * const client = new PortalClient({ baseUrl: 'http://127.0.0.1:1', authToken: 'x' })
 * await client.health().catch((error) => {
 *   if (!(error instanceof ConnectionError)) throw error
 *   console.log(error.code)
 * })
 * ```
 */
export class ConnectionError extends PortalError<
  'connection_failed' | 'timed_out' | 'invalid_answer'
> {
  override readonly name = 'ConnectionError'
}

/**
 * The daemon is in trouble, still so after the SDK's own retries: try later, same `idempotencyKey`.
 *
 * @example
 * ```ts
 * import { ServerError } from 'portal-sdk'
 * await client.info().then(console.log, (error) => {
 *   if (!(error instanceof ServerError)) throw error
 *   console.log('later:', error.code)
 * })
 * ```
 */
export class ServerError extends PortalError<'unavailable' | 'internal'> {
  override readonly name = 'ServerError'
}

/**
 * What came as a webhook proves nothing: answer 400 and do nothing.
 *
 * @example
 * ```ts
 * import { verifyWebhook, WebhookError } from 'portal-sdk'
 * await verifyWebhook('{}', {}, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').catch((error) => {
 *   if (!(error instanceof WebhookError)) throw error
 *   console.log(error.code)
 * })
 * ```
 */
export class WebhookError extends PortalError<
  'header_missing' | 'timestamp_invalid' | 'signature_invalid' | 'secret_invalid' | 'body_invalid'
> {
  override readonly name = 'WebhookError'
}

/** Every error the SDK throws by itself; an aborted call throws its signal's own reason instead. */
export type AnyPortalError =
  | AuthError
  | InvalidRequestError
  | ConflictError
  | NotFoundError
  | RateLimitError
  | ConnectionError
  | ServerError
  | WebhookError

export type PortalErrorCode = AnyPortalError['code']

/**
 * Whether `error` came from the SDK; afterwards `error.code` is a union to switch on.
 *
 * @example
 * ```ts
 * import { isPortalError, PortalClient } from 'portal-sdk'
 * const baseUrl = 'http://127.0.0.1:3000'
 * const client = new PortalClient({ baseUrl, authToken: 'my-secret-token' })
 * try {
 *   await client.getPayment('no-such-payment')
 * } catch (error) {
 *   if (!isPortalError(error)) throw error
 *   console.log(error.code, error.message)
 * }
 * ```
 */
export function isPortalError(error: unknown): error is AnyPortalError {
  return error instanceof PortalError
}
