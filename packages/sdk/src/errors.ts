// Everything the SDK throws: one class per remedy, each with the stable codes it can carry.

type Details = { readonly status?: number | null; readonly cause?: unknown }

/** What all errors of the SDK have in common. Narrow with `isPortalError` and switch on `code`. */
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

/** The token is missing, wrong, or lacks the scope. Check `authToken`. */
export class AuthError extends PortalError<'unauthorized' | 'forbidden'> {
  override readonly name = 'AuthError'
}

/** The daemon will never take this request as it is: correct the field it names. */
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

/** Something that already happened stands in the way: look it up before you ask again. */
export class ConflictError extends PortalError<
  'conflict' | 'payment_ended' | 'idempotency_mismatch'
> {
  override readonly name = 'ConflictError'
}

/** There is no such payment or stream. */
export class NotFoundError extends PortalError<'not_found'> {
  override readonly name = 'NotFoundError'
}

/** Too many requests, still so after the SDK's own retries: slow down. */
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
 */
export class ConnectionError extends PortalError<
  'connection_failed' | 'timed_out' | 'invalid_answer'
> {
  override readonly name = 'ConnectionError'
}

/**
 * The daemon is in trouble, still so after the SDK's own retries: try later, same `idempotencyKey`.
 */
export class ServerError extends PortalError<'unavailable' | 'internal'> {
  override readonly name = 'ServerError'
}

/** What came as a webhook proves nothing: answer 400 and do nothing. */
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
