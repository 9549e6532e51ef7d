// Why a wallet request failed.

import type { NwcErrorCode } from 'portal-protocol'

/**
 * The wallet's own codes (NIP-47) and three of ours: `TIMEOUT`: a relay took the request and no
 * answer came, so it may have been carried out; `UNREACHABLE`: no relay took it; `INVALID_RESPONSE`:
 * the wallet answered nonsense.
 */
export type NwcFailureCode = NwcErrorCode | 'TIMEOUT' | 'UNREACHABLE' | 'INVALID_RESPONSE'

export class NwcError extends Error {
  override readonly name = 'NwcError'
  readonly code: NwcFailureCode
  /** Whether the same call may work later, as it stands. */
  readonly retry: boolean
  /** How long to leave the wallet alone; only with `RATE_LIMITED`. */
  readonly retryAfterMs: number | null

  constructor(code: NwcFailureCode, message: string, retryAfterMs: number | null = null) {
    super(message)
    this.code = code
    this.retry = RETRY[code]
    this.retryAfterMs = retryAfterMs
  }
}

// A wallet that is in trouble says INTERNAL or OTHER, so those are no verdict on the request.
const RETRY: { readonly [code in NwcFailureCode]: boolean } = {
  RATE_LIMITED: true,
  INTERNAL: true,
  OTHER: true,
  TIMEOUT: true,
  UNREACHABLE: true,
  INVALID_RESPONSE: true,
  NOT_IMPLEMENTED: false,
  INSUFFICIENT_BALANCE: false,
  QUOTA_EXCEEDED: false,
  RESTRICTED: false,
  UNAUTHORIZED: false,
  UNSUPPORTED_ENCRYPTION: false,
  PAYMENT_FAILED: false,
  NOT_FOUND: false,
}
