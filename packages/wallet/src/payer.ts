// The port through which a wallet pays: Nostr Wallet Connect (nwc-payer.ts) or an LND node of the
// user's own (lnd-payer.ts).
import type { LightningNetwork, Msat, PaymentHash, Preimage } from 'portal-protocol'

export interface Payer {
  /** The network it pays on; null while it cannot be told. Never throws. */
  network(): Promise<LightningNetwork | null>
  /**
   * Pays an invoice that states its amount. Resolves once it is paid; the preimage is null when
   * the payer does not tell it. Throws PayError.
   */
  pay(invoice: string, amountMsat: Msat): Promise<{ readonly preimage: Preimage | null }>
  /** What became of a payment that was begun. Throws PayError when it cannot be told now. */
  lookUp(paymentHash: PaymentHash): Promise<PaymentLookUp>
}

export type PaymentLookUp =
  | { readonly state: 'settled'; readonly preimage: Preimage | null }
  | { readonly state: 'pending' }
  | { readonly state: 'failed' }
  /** The payer knows of no such payment. */
  | { readonly state: 'not_found' }
  /** This payer can never tell. */
  | { readonly state: 'unsupported' }

export class PayError extends Error {
  override readonly name = 'PayError'
  /**
   * `refused`: nothing was paid, and the same call will not pay; `rate_limited`: nothing was paid,
   * try again later; `unknown`: it may have been paid: look it up, do not pay again.
   */
  readonly code: 'refused' | 'rate_limited' | 'unknown'
  readonly retryAfterMs: number | null

  constructor(code: PayError['code'], message: string, retryAfterMs: number | null = null) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
