// Whether a payment request may be put before the user at all. Pure.
import {
  Bolt11Error,
  decodeInvoice,
  type Invoice,
  type LightningNetwork,
  type Msat,
  msat,
  type PaymentHash,
  type PaymentRequest,
  parseWireCurrency,
  type Secp256k1,
  unpayableReason,
} from 'portal-protocol'
import { amountText } from './amount-text.ts'

/** An invoice whose amount is the one that was asked for. */
export type Payable = {
  readonly invoice: string
  readonly paymentHash: PaymentHash
  readonly amountMsat: Msat
}

export type RequestCheck =
  /** Never answered (protocol.md §6.4). */
  | { readonly verdict: 'ignore'; readonly reason: string }
  /** Answered `rejected` without asking the user. */
  | { readonly verdict: 'reject'; readonly reason: string }
  | {
      readonly verdict: 'ask'
      readonly payable: Payable
      /** Unix seconds: after this it is too late to pay. */
      readonly deadline: number
      /** Unix seconds: until then the request or its invoice may be seen again. */
      readonly keepUntil: number
    }

export type PassedCheck = Extract<RequestCheck, { verdict: 'ask' }>

/**
 * Checks a request at `now` (unix seconds) for a payer on `network` (null: not known, not checked).
 *
 * | request | verdict |
 * |---|---|
 * | amount 0, `expires_at` passed | ignore |
 * | a fiat amount: this wallet has no exchange rate of its own to check it by | reject |
 * | invoice unreadable, expired, of another network, without amount or of another amount | reject |
 * | anything else | ask |
 *
 * The amounts must be equal to the msat: what the user approves is what is paid.
 */
export function checkRequest(
  request: PaymentRequest,
  at: { readonly now: number; readonly network: LightningNetwork | null },
  secp: Secp256k1,
): RequestCheck {
  if (request.amount === 0n) return ignore('its amount is 0')
  // protocol.md §1.6: strictly.
  if (request.expiresAt < at.now) return ignore('it has expired')
  const currency = parseWireCurrency(request.currency)
  if (currency.type === 'fiat') {
    return reject('this wallet cannot check amounts in fiat currency: it has no exchange rate')
  }
  return checkInvoice(request, msat(request.amount), at, secp)
}

function checkInvoice(
  request: PaymentRequest,
  askedMsat: Msat,
  at: { readonly now: number; readonly network: LightningNetwork | null },
  secp: Secp256k1,
): RequestCheck {
  const invoice = readInvoice(request.invoice, secp)
  if (invoice instanceof Bolt11Error) return reject(invoice.message)
  const { amountMsat, paymentHash } = invoice
  if (at.network !== null && invoice.network !== at.network) {
    return reject(`the invoice is for ${invoice.network}, this wallet pays on ${at.network}`)
  }
  if (amountMsat === null) return reject('the invoice states no amount')
  if (amountMsat !== askedMsat) {
    const [said, asked] = [amountText(amountMsat), amountText(askedMsat)]
    return reject(`the invoice is over ${said}, the request over ${asked}`)
  }
  // BOLT 11: not to be paid once its expiry is over.
  if (invoice.expiresAt <= at.now) return reject('the invoice has expired')
  const unpayable = unpayableReason(invoice)
  if (unpayable !== null) return reject(`the invoice cannot be paid: ${unpayable}`)
  return {
    verdict: 'ask',
    payable: { invoice: request.invoice, paymentHash, amountMsat },
    deadline: Math.min(request.expiresAt, invoice.expiresAt),
    keepUntil: Math.max(request.expiresAt, invoice.expiresAt),
  }
}

function readInvoice(text: string, secp: Secp256k1): Invoice | Bolt11Error {
  try {
    return decodeInvoice(text, secp)
  } catch (error) {
    if (error instanceof Bolt11Error) return error
    throw error
  }
}

function ignore(reason: string): RequestCheck {
  return { verdict: 'ignore', reason }
}

function reject(reason: string): RequestCheck {
  return { verdict: 'reject', reason }
}
