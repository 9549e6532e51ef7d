// The words of Nostr Wallet Connect (NIP-47): requests, responses, notifications. Each is the
// plaintext of an encrypted event.

import {
  asObject,
  canonicalJson,
  type Fields,
  field,
  MalformedMessage,
  optionalObject,
  parseJson,
  requiredString,
} from './wire-json.ts'

export type NwcMethod =
  | 'pay_invoice'
  | 'make_invoice'
  | 'lookup_invoice'
  | 'list_transactions'
  | 'get_balance'
  | 'get_info'
  | (string & {})

export type NwcErrorCode = (typeof ERROR_CODES)[number]

export type NwcRequest = {
  readonly method: NwcMethod
  readonly params: Readonly<Record<string, unknown>>
}

export type NwcResponse = {
  readonly resultType: string
  /** A code that NIP-47 does not list is read as `OTHER`. */
  readonly error: { readonly code: NwcErrorCode; readonly message: string } | null
  readonly result: Readonly<Record<string, unknown>> | null
}

export type NwcNotification = {
  readonly type: 'payment_received' | 'payment_sent' | (string & {})
  readonly notification: Readonly<Record<string, unknown>>
}

export function encodeNwcRequest(request: NwcRequest): string {
  return canonicalJson({ method: request.method, params: request.params })
}

/** Undefined when malformed. In `params`, integers above 2^53-1 are bigint. */
export function parseNwcRequest(plaintext: string): NwcRequest | undefined {
  return read(plaintext, (fields) => ({
    method: requiredString(fields, 'method'),
    params: optionalObject(fields, 'params') ?? {},
  }))
}

export function encodeNwcResponse(response: NwcResponse): string {
  const { resultType, error, result } = response
  return canonicalJson({ result_type: resultType, error, result })
}

/** Undefined when malformed. In `result`, integers above 2^53-1 are bigint. */
export function parseNwcResponse(plaintext: string): NwcResponse | undefined {
  return read(plaintext, (fields) => ({
    resultType: requiredString(fields, 'result_type'),
    error: readError(optionalObject(fields, 'error')),
    result: optionalObject(fields, 'result'),
  }))
}

export function encodeNwcNotification(notification: NwcNotification): string {
  return canonicalJson({
    notification_type: notification.type,
    notification: notification.notification,
  })
}

/** Undefined when malformed. In `notification`, integers above 2^53-1 are bigint. */
export function parseNwcNotification(plaintext: string): NwcNotification | undefined {
  return read(plaintext, (fields) => ({
    type: requiredString(fields, 'notification_type'),
    notification: optionalObject(fields, 'notification') ?? {},
  }))
}

const ERROR_CODES = [
  'RATE_LIMITED',
  'NOT_IMPLEMENTED',
  'INSUFFICIENT_BALANCE',
  'QUOTA_EXCEEDED',
  'RESTRICTED',
  'UNAUTHORIZED',
  'INTERNAL',
  'UNSUPPORTED_ENCRYPTION',
  'PAYMENT_FAILED',
  'NOT_FOUND',
  'OTHER',
] as const

// A list of transactions over NIP-04 can be longer than a Portal message ever is.
const PLAINTEXT_CHARS_MAX = 131_072

function read<T>(plaintext: string, decode: (fields: Fields) => T): T | undefined {
  if (plaintext.length > PLAINTEXT_CHARS_MAX) return undefined
  try {
    return decode(asObject(parseJson(plaintext, plainNumber)))
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined
    throw error
  }
}

// Where the runtime does not tell the spelling, an unsafe integer stays a rounded number, which
// whoever reads an amount refuses.
function plainNumber(value: number, source: string | undefined): number | bigint {
  if (Number.isSafeInteger(value) || source === undefined) return value
  return /^-?[0-9]+$/.test(source) ? BigInt(source) : value
}

function readError(fields: Fields | null): NwcResponse['error'] {
  if (fields === null) return null
  const code = requiredString(fields, 'code')
  const message = field(fields, 'message')
  return {
    code: ERROR_CODES.find((known) => known === code) ?? 'OTHER',
    message: typeof message === 'string' ? message : '',
  }
}
