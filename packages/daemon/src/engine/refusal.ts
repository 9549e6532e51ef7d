// Requests the daemon refuses: one catalogue of stable codes, their HTTP status and what to do about it.

export const REFUSALS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'This token may not do that' },
  not_found: { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'Something else stands in the way' },
  payment_ended: { status: 409, title: 'The payment has ended' },
  too_large: { status: 413, title: 'The request is too large' },
  idempotency_mismatch: { status: 422, title: 'This Idempotency-Key was used for another request' },
  rate_limited: { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'A part the daemon needs cannot be reached' },
} as const

export type RefusalCode = keyof typeof REFUSALS

/** A request refused; rendered as RFC 9457 problem details by the one error handler. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  /** The field of the request that is at fault, as the caller wrote it. */
  readonly field: string | null
  readonly retryAfterS: number | null

  /** `detail` names the thing, the bound and what to do; it never repeats a secret. */
  constructor(
    code: RefusalCode,
    detail: string,
    options: { field?: string; retryAfterS?: number } = {},
  ) {
    super(detail)
    this.code = code
    this.field = options.field ?? null
    this.retryAfterS = options.retryAfterS ?? null
  }
}
