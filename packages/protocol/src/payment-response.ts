// Payment response, kind 28001, wallet → merchant; several per request, in any order. `status` is
// tagged outside: `"approved"`, or one key that names the variant.

import {
  asObject,
  canonicalJson,
  type Fields,
  field,
  MalformedMessage,
  optionalString,
  readMessage,
  requiredString,
} from './wire-json.ts'

export type PaymentResponseStatus =
  | { readonly type: 'approved' }
  /** A claim, as sent: the preimage may be null, empty, or not a preimage at all. */
  | { readonly type: 'success'; readonly preimage: string | null }
  | { readonly type: 'rejected'; readonly reason: string | null }
  | { readonly type: 'failed'; readonly reason: string | null }

export type PaymentResponse = {
  readonly requestId: string
  readonly status: PaymentResponseStatus
}

/** The plaintext of the message. */
export function encodePaymentResponse(message: PaymentResponse): string {
  return canonicalJson({ request_id: message.requestId, status: statusValue(message.status) })
}

/** The message in a decrypted plaintext, or undefined when it is malformed. */
export function parsePaymentResponse(plaintext: string): PaymentResponse | undefined {
  return readMessage(plaintext, (fields) => ({
    requestId: requiredString(fields, 'request_id'),
    status: readStatus(field(fields, 'status')),
  }))
}

function statusValue(status: PaymentResponseStatus): string | Fields {
  switch (status.type) {
    case 'approved':
      return 'approved'
    case 'success':
      return { success: { preimage: status.preimage } }
    case 'rejected':
      return { rejected: { reason: status.reason } }
    case 'failed':
      return { failed: { reason: status.reason } }
  }
}

function readStatus(value: unknown): PaymentResponseStatus {
  if (value === 'approved') return { type: 'approved' }
  const [variant, ...others] = Object.entries(asObject(value))
  if (variant === undefined || others.length > 0) {
    throw new MalformedMessage('"status" must have exactly one key')
  }
  const [type, content] = variant
  if (type === 'approved' && content === null) return { type }
  if (type === 'success') return { type, preimage: optionalString(asObject(content), 'preimage') }
  if (type === 'rejected' || type === 'failed') {
    return { type, reason: optionalString(asObject(content), 'reason') }
  }
  throw new MalformedMessage('"status" must be approved, success, rejected or failed')
}
