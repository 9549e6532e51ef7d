// Single payment request, kind 28000, merchant → wallet.

import {
  canonicalJson,
  type Fields,
  MalformedMessage,
  optionalObject,
  optionalString,
  readMessage,
  requiredAmount,
  requiredNumber,
  requiredString,
  requiredTimestamp,
  timestampText,
  wireAmount,
} from './wire-json.ts'

export type ExchangeRate = {
  /** Price of 1 BTC in major units of the currency. */
  readonly rate: number
  readonly source: string
  /** Unix seconds. */
  readonly time: number
}

export type PaymentRequest = {
  readonly requestId: string
  /** Msat when the currency is `Millisats`, else hundredths of the currency unit. May be 0. */
  readonly amount: bigint
  /** Wire spelling: exactly `Millisats`, or a fiat code (see parseWireCurrency). */
  readonly currency: string
  /** BOLT 11; not decoded here. */
  readonly invoice: string
  /** Unix seconds; a wallet ignores the request after it. */
  readonly expiresAt: number
  readonly description: string | null
  readonly subscriptionId: string | null
  readonly authToken: string | null
  readonly currentExchangeRate: ExchangeRate | null
}

/** The plaintext of the message. */
export function encodePaymentRequest(message: PaymentRequest): string {
  return canonicalJson({
    amount: wireAmount(message.amount),
    auth_token: message.authToken,
    currency: message.currency,
    current_exchange_rate: message.currentExchangeRate && rateFields(message.currentExchangeRate),
    description: message.description,
    expires_at: timestampText(message.expiresAt),
    invoice: message.invoice,
    payment_type: 'Single',
    request_id: message.requestId,
    subscription_id: message.subscriptionId,
  })
}

/** The message in a decrypted plaintext, or undefined when it is malformed. */
export function parsePaymentRequest(plaintext: string): PaymentRequest | undefined {
  return readMessage(plaintext, (fields) => {
    if (requiredString(fields, 'payment_type') !== 'Single') {
      throw new MalformedMessage('"payment_type" must be "Single"')
    }
    return {
      requestId: requiredString(fields, 'request_id'),
      amount: requiredAmount(fields, 'amount'),
      currency: requiredString(fields, 'currency'),
      invoice: requiredString(fields, 'invoice'),
      expiresAt: requiredTimestamp(fields, 'expires_at'),
      description: optionalString(fields, 'description'),
      subscriptionId: optionalString(fields, 'subscription_id'),
      authToken: optionalString(fields, 'auth_token'),
      currentExchangeRate: readRate(optionalObject(fields, 'current_exchange_rate')),
    }
  })
}

function rateFields(rate: ExchangeRate): Fields {
  return { rate: rate.rate, source: rate.source, time: timestampText(rate.time) }
}

function readRate(fields: Fields | null): ExchangeRate | null {
  if (fields === null) return null
  return {
    rate: requiredNumber(fields, 'rate'),
    source: requiredString(fields, 'source'),
    time: requiredTimestamp(fields, 'time'),
  }
}
