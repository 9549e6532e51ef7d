// The rules of the simulated network: what a payment does to the ledger, and when it is refused.
// Money is only ever moved between two balances, so their sum stays what was issued.

import {
  type Msat,
  msat,
  type NwcEncryption,
  type NwcErrorCode,
  type PaymentHash,
  type Preimage,
  type PublicKey,
} from 'portal-protocol'

export type SandboxWallet = {
  /** Signs this wallet's requests: the only way in which a wallet is known. */
  readonly key: PublicKey
  readonly balanceMsat: Msat
  /** What it may do, in NIP-47's words. */
  readonly methods: readonly string[]
  /** What its client has used so far; none until its first request. */
  readonly encryptions: readonly NwcEncryption[]
}

export type SandboxInvoice = {
  readonly paymentHash: PaymentHash
  readonly preimage: Preimage
  readonly payee: PublicKey
  /** BOLT 11, lower case. */
  readonly invoice: string
  readonly amountMsat: Msat
  readonly description: string
  /** Unix seconds. */
  readonly createdAt: number
  /** Unix seconds: from then on it is not paid any more. */
  readonly expiresAt: number
  readonly payment: { readonly payer: PublicKey; readonly paidAt: number } | null
}

export type Refusal = { readonly code: NwcErrorCode; readonly message: string }

export type PaymentDecision =
  | {
      readonly type: 'paid'
      readonly invoice: SandboxInvoice
      /** The balances that change, after the change. */
      readonly balances: readonly { readonly key: PublicKey; readonly balanceMsat: Msat }[]
    }
  | { readonly type: 'refused'; readonly refusal: Refusal }

/**
 * What becomes of an attempt to pay `invoice`. `now` is unix seconds; `amountMsat` is what the payer
 * said it wants to pay, null when it said nothing.
 */
export function decidePayment(attempt: {
  readonly invoice: SandboxInvoice
  readonly payer: SandboxWallet
  readonly payee: SandboxWallet
  readonly amountMsat: Msat | null
  readonly now: number
}): PaymentDecision {
  const { invoice, payer, payee, now } = attempt
  if (invoice.payment !== null) return refused('PAYMENT_FAILED', 'the invoice is already paid')
  if (now >= invoice.expiresAt) return refused('PAYMENT_FAILED', 'the invoice has expired')
  if (attempt.amountMsat !== null && attempt.amountMsat !== invoice.amountMsat) {
    const message = `the invoice asks for ${invoice.amountMsat} msat, not ${attempt.amountMsat}`
    return refused('OTHER', message)
  }
  if (payer.balanceMsat < invoice.amountMsat) {
    const message = `the wallet holds ${payer.balanceMsat} of ${invoice.amountMsat} msat`
    return refused('INSUFFICIENT_BALANCE', message)
  }
  const isOwn = payer.key === payee.key
  return {
    type: 'paid',
    invoice: { ...invoice, payment: { payer: payer.key, paidAt: now } },
    balances: isOwn
      ? []
      : [
          { key: payer.key, balanceMsat: msat(payer.balanceMsat - invoice.amountMsat) },
          { key: payee.key, balanceMsat: msat(payee.balanceMsat + invoice.amountMsat) },
        ],
  }
}

export type Side = 'incoming' | 'outgoing'

/** The invoice as NIP-47 shows a transaction to one side of it; the preimage only once paid. */
export function transactionOf(
  invoice: SandboxInvoice,
  side: Side,
  now: number,
): Record<string, unknown> {
  const { payment } = invoice
  return {
    type: side,
    state: payment ? 'settled' : now >= invoice.expiresAt ? 'expired' : 'pending',
    invoice: invoice.invoice,
    description: invoice.description,
    payment_hash: invoice.paymentHash,
    amount: Number(invoice.amountMsat),
    fees_paid: 0,
    created_at: side === 'outgoing' && payment ? payment.paidAt : invoice.createdAt,
    expires_at: invoice.expiresAt,
    ...(payment ? { preimage: invoice.preimage, settled_at: payment.paidAt } : {}),
  }
}

function refused(code: NwcErrorCode, message: string): PaymentDecision {
  return { type: 'refused', refusal: { code, message } }
}
