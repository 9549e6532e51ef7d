// A transaction as NIP-47 wallet services describe it, in their various ways.

import { type Msat, msat } from './money.ts'
import { type PaymentHash, type Preimage, parsePaymentHash, parsePreimage } from './preimage.ts'
import { type Fields, field } from './wire-json.ts'

export type NwcTransaction = {
  readonly type: 'incoming' | 'outgoing'
  /** Null when the wallet neither says it nor says that it settled. */
  readonly state: NwcTransactionState | null
  readonly invoice: string | null
  readonly description: string | null
  /** As the wallet says it: not checked against the payment hash. */
  readonly preimage: Preimage | null
  readonly paymentHash: PaymentHash
  readonly amountMsat: Msat
  readonly feesPaidMsat: Msat | null
  /** Unix seconds; 0 when the wallet does not say. */
  readonly createdAt: number
  /** Unix seconds. */
  readonly expiresAt: number | null
  /** Unix seconds. */
  readonly settledAt: number | null
}

export type NwcTransactionState = (typeof STATES)[number]

/**
 * Reads the result of make_invoice or lookup_invoice, an entry of list_transactions or a payment
 * notification. Undefined when it is no transaction: no payment hash, no exact amount, or a type
 * that is neither incoming nor outgoing (an absent one is incoming: such wallets only tell of
 * their own invoices).
 */
export function parseNwcTransaction(value: unknown): NwcTransaction | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Fields
  const type = field(fields, 'type') ?? 'incoming'
  const paymentHash = parsePaymentHash(text(fields, 'payment_hash') ?? '')
  const amountMsat = amount(fields, 'amount')
  if (type !== 'incoming' && type !== 'outgoing') return undefined
  if (paymentHash === undefined || amountMsat === null) return undefined
  const settledAt = time(fields, 'settled_at')
  return {
    type,
    state: readState(fields) ?? (settledAt === null ? null : 'settled'),
    invoice: text(fields, 'invoice') || null,
    description: text(fields, 'description'),
    preimage: parsePreimage(text(fields, 'preimage') ?? '') ?? null,
    paymentHash,
    amountMsat,
    feesPaidMsat: amount(fields, 'fees_paid'),
    createdAt: time(fields, 'created_at') ?? 0,
    expiresAt: time(fields, 'expires_at'),
    settledAt,
  }
}

const STATES = ['pending', 'settled', 'expired', 'failed', 'accepted'] as const

function readState(fields: Fields): NwcTransactionState | null {
  const state = text(fields, 'state')?.toLowerCase()
  return STATES.find((known) => known === state) ?? null
}

function text(fields: Fields, key: string): string | null {
  const value = field(fields, key)
  return typeof value === 'string' ? value : null
}

function amount(fields: Fields, key: string): Msat | null {
  const value = field(fields, key)
  const isExact = typeof value === 'bigint' || isSafeInteger(value)
  return isExact && value >= 0 ? msat(value) : null
}

// Some wallets write 0 for a time that has not come.
function time(fields: Fields, key: string): number | null {
  const value = field(fields, key)
  return isSafeInteger(value) && value > 0 ? value : null
}

function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
