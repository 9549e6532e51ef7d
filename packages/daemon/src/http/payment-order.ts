// What a merchant sent, as the engine takes it: keys on the curve, money in msat, text that a
// wallet can
// show. The only place where snake_case becomes camelCase on the way in.

import type { PublicKey, Secp256k1 } from 'portal-protocol'
import { KeyError, type Msat, msat, parseCurrency, parsePublicKey } from 'portal-protocol'
import type { PaymentFilter } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import type { ExternalInvoiceOrder, SingleOrder } from '../engine/requests.ts'
import type { Json, JsonObject } from '../log/json.ts'
import {
  DESCRIPTION_BYTES_MAX,
  type InvoicePaymentBody,
  METADATA_BYTES_MAX,
  METADATA_DEPTH_MAX,
  type PaymentFilterParameters,
  type SinglePaymentBody,
} from './order-schemas.ts'
import { plainTextOrNull } from './plain-text.ts'

/** Throws Refusal invalid_request with the field. */
export function singleOrder(body: SinglePaymentBody, secp: Secp256k1): SingleOrder {
  return {
    ...commonOrder(body, secp),
    authToken: plainTextOrNull(body.auth_token, 'auth_token'),
    capture: body.capture ?? 'automatic',
    expiresInS: body.expires_in ?? null,
  }
}

/** Throws Refusal invalid_request with the field. What the invoice says is the engine's to judge. */
export function invoiceOrder(body: InvoicePaymentBody, secp: Secp256k1): ExternalInvoiceOrder {
  return {
    ...commonOrder(body, secp),
    authToken: null,
    invoice: body.invoice,
    expiresAt: body.expires_at ?? null,
  }
}

/** Throws Refusal invalid_request with the field. */
export function readKeys(
  body: { readonly main_key: string; readonly subkeys?: readonly string[] | null },
  secp: Secp256k1,
): { readonly mainKey: PublicKey; readonly subkeys: readonly PublicKey[] } {
  const mainKey = readKey(body.main_key, 'main_key', secp)
  const subkeys = (body.subkeys ?? []).map((key, i) => readKey(key, `subkeys[${i}]`, secp))
  return { mainKey, subkeys }
}

/** The filters of a list. Throws Refusal invalid_request with the query parameter. */
export function paymentFilter(query: PaymentFilterParameters, secp: Secp256k1): PaymentFilter {
  const { status, late, late_resolved: lateResolved } = query
  const { created_after: after, created_before: before } = query
  const subscriptionId = plainTextOrNull(query.subscription_id, 'subscription_id')
  const requestId = plainTextOrNull(query.request_id, 'request_id')
  return {
    ...(status === undefined ? {} : { status }),
    ...(query.main_key === undefined ? {} : { mainKey: readKey(query.main_key, 'main_key', secp) }),
    ...(subscriptionId === null ? {} : { subscriptionId }),
    ...(requestId === null ? {} : { requestId }),
    ...(late === undefined ? {} : { late }),
    ...(lateResolved === undefined ? {} : { lateResolved }),
    ...(after === undefined ? {} : { createdAfterMs: after * 1000 }),
    ...(before === undefined ? {} : { createdBeforeMs: before * 1000 }),
  }
}

function commonOrder(body: SinglePaymentBody | InvoicePaymentBody, secp: Secp256k1) {
  return {
    ...readKeys(body, secp),
    amountMsat: readAmount(body),
    description: readDescription(body.description),
    subscriptionId: plainTextOrNull(body.subscription_id, 'subscription_id'),
    requestId: plainTextOrNull(body.request_id, 'request_id'),
    metadata: readMetadata(body.metadata),
  }
}

function readKey(text: string, field: string, secp: Secp256k1): PublicKey {
  try {
    return parsePublicKey(text, secp)
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    throw invalid(field, `"${field}": ${error.message}`)
  }
}

function readAmount(body: { readonly amount: number; readonly currency: string }): Msat {
  const currency = parseCurrency(body.currency)
  switch (currency?.type) {
    case 'millisats':
      return msat(body.amount)
    case 'fiat':
      throw invalid(
        'currency',
        `"currency": amounts in ${currency.code} need exchange rates, which this daemon does not have yet; ` +
          `send millisats`,
      )
    case undefined:
      throw invalid('currency', '"currency" must be "millisats" (1 sat is 1000)')
  }
}

function readDescription(text: string | null | undefined): string | null {
  const description = plainTextOrNull(text, 'description')
  if (description === null) return null
  // BOLT 11: the data of a tagged field is at most 1023 words of 5 bits, which is 639 bytes.
  const bytes = Buffer.byteLength(description)
  if (bytes <= DESCRIPTION_BYTES_MAX) return description
  const detail = `"description" must be at most ${DESCRIPTION_BYTES_MAX} bytes of UTF-8, got ${bytes}`
  throw invalid('description', detail)
}

function readMetadata(value: object | null | undefined): JsonObject | null {
  if (value === null || value === undefined) return null
  // The depth first: writing JSON, like every later walk, recurses.
  if (!shallow(value, METADATA_DEPTH_MAX)) {
    throw invalid('metadata', `"metadata" must be at most ${METADATA_DEPTH_MAX} levels deep`)
  }
  const bytes = Buffer.byteLength(JSON.stringify(value))
  if (bytes > METADATA_BYTES_MAX) {
    const detail = `"metadata" must be at most ${METADATA_BYTES_MAX} bytes of JSON, got ${bytes}`
    throw invalid('metadata', detail)
  }
  return value as JsonObject
}

function shallow(value: Json | object, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((item: Json) => shallow(item, levels - 1))
}

function invalid(field: string, detail: string): Refusal {
  return new Refusal('invalid_request', detail, { field })
}
