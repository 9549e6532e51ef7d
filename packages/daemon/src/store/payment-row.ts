// A payment as a row, and back.
import { msat, type PaymentHash, type Preimage } from 'portal-protocol'
import { StoreError } from '../engine/ports.ts'
import type { JsonObject } from '../log/json.ts'
import type { StreamId } from '../log/stream.ts'
import type {
  Capture,
  ErrorCode,
  Payment,
  PaymentId,
  PaymentKind,
  PaymentState,
  RelayDelivery,
  Status,
  TimeoutCode,
} from '../payment/payment.ts'
import { damaged, flag, hex32, json, list, publicKey, publicKeys, word } from './decode.ts'
import type { PaymentRow } from './schema.ts'

/** Throws StoreError `refused` for an amount that JSON and the column could not hold exactly. */
export function paymentRow(p: Payment, wakeAtMs: number | null): PaymentRow {
  if (p.amountMsat > Number.MAX_SAFE_INTEGER) {
    throw new StoreError('refused', `an amount of ${p.amountMsat} msat exceeds 2^53-1`)
  }
  return {
    id: p.id,
    stream_id: p.streamId,
    version: p.version,
    kind: p.kind,
    request_id: p.requestId,
    main_key: p.mainKey,
    subkeys: JSON.stringify(p.subkeys),
    amount_msat: Number(p.amountMsat),
    description: p.description,
    subscription_id: p.subscriptionId,
    auth_token: p.authToken,
    metadata: p.metadata === null ? null : JSON.stringify(p.metadata),
    expires_at: p.expiresAt,
    created_at_ms: p.createdAtMs,
    state: p.state,
    status: p.status,
    code: p.code,
    reason: p.reason,
    invoice: p.invoice,
    payment_hash: p.paymentHash,
    own_invoice: p.ownInvoice ? 1 : 0,
    invoice_state: p.invoiceState,
    preimage: p.preimage,
    late: p.late ? 1 : 0,
    delivery: JSON.stringify(p.delivery),
    first_sent_at_ms: p.firstSentAtMs,
    last_sent_at_ms: p.lastSentAtMs,
    answered_at_ms: p.answeredAtMs,
    approved: p.approved ? 1 : 0,
    failures: p.failures,
    claimed: p.claimed ? 1 : 0,
    attempts: p.attempts,
    task_at_ms: p.taskAtMs,
    event_count: p.eventCount,
    ended_at_ms: p.endedAtMs,
    paid_at_ms: p.paidAtMs,
    late_resolved_at_ms: p.lateResolvedAtMs,
    late_note: p.lateNote,
    wake_at_ms: wakeAtMs,
    capture: p.capture,
    capture_before: p.captureBefore,
  }
}

/** Throws StoreError `damaged`. */
export function paymentOf(row: PaymentRow): Payment {
  const hash = row.payment_hash
  return {
    id: row.id as PaymentId,
    streamId: row.stream_id as StreamId,
    version: row.version,
    kind: word(KIND, row.kind, 'payments.kind'),
    capture: word(CAPTURE, row.capture, 'payments.capture'),
    requestId: row.request_id,
    mainKey: publicKey(row.main_key, 'payments.main_key'),
    subkeys: publicKeys(row.subkeys, 'payments.subkeys'),
    amountMsat: msat(row.amount_msat),
    description: row.description,
    subscriptionId: row.subscription_id,
    authToken: row.auth_token,
    metadata: row.metadata === null ? null : metadata(row.metadata),
    expiresAt: row.expires_at,
    createdAtMs: row.created_at_ms,
    state: word(STATE, row.state, 'payments.state'),
    status: word(STATUS, row.status, 'payments.status'),
    code: row.code === null ? null : word(CODE, row.code, 'payments.code'),
    reason: row.reason,
    invoice: row.invoice,
    paymentHash: hash === null ? null : (hex32(hash, 'payments.payment_hash') as PaymentHash),
    ownInvoice: flag(row.own_invoice, 'payments.own_invoice'),
    invoiceState: word(INVOICE_STATE, row.invoice_state, 'payments.invoice_state'),
    captureBefore: row.capture_before,
    preimage: row.preimage === null ? null : (hex32(row.preimage, 'payments.preimage') as Preimage),
    late: flag(row.late, 'payments.late'),
    delivery: row.delivery === '[]' ? [] : list(row.delivery, 'payments.delivery', relayDelivery),
    firstSentAtMs: row.first_sent_at_ms,
    lastSentAtMs: row.last_sent_at_ms,
    answeredAtMs: row.answered_at_ms,
    approved: flag(row.approved, 'payments.approved'),
    failures: row.failures,
    claimed: flag(row.claimed, 'payments.claimed'),
    attempts: row.attempts,
    taskAtMs: row.task_at_ms,
    eventCount: row.event_count,
    endedAtMs: row.ended_at_ms,
    paidAtMs: row.paid_at_ms,
    lateResolvedAtMs: row.late_resolved_at_ms,
    lateNote: row.late_note,
  }
}

const KIND: { readonly [K in PaymentKind]: K } = { single: 'single', invoice: 'invoice' }

const CAPTURE: { readonly [C in Capture]: C } = { automatic: 'automatic', manual: 'manual' }

const STATE: { readonly [S in PaymentState]: S } = {
  requested: 'requested',
  invoiced: 'invoiced',
  asked: 'asked',
  answered: 'answered',
  held: 'held',
  closing: 'closing',
  paid: 'paid',
  unpaid: 'unpaid',
}

const STATUS: { readonly [S in Status]: S } = {
  pending: 'pending',
  user_approved: 'user_approved',
  user_failed: 'user_failed',
  held: 'held',
  user_rejected: 'user_rejected',
  paid: 'paid',
  timeout: 'timeout',
  error: 'error',
}

const CODE: { readonly [C in TimeoutCode | ErrorCode]: C } = {
  no_relay: 'no_relay',
  unanswered: 'unanswered',
  unpaid: 'unpaid',
  unproven: 'unproven',
  no_invoice: 'no_invoice',
  cancelled: 'cancelled',
  capture_expired: 'capture_expired',
  internal: 'internal',
}

const INVOICE_STATE: { readonly [S in Payment['invoiceState']]: S } = {
  none: 'none',
  open: 'open',
  cancelled: 'cancelled',
  watched: 'watched',
}

function metadata(text: string): JsonObject {
  const value = json(text, 'payments.metadata')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw damaged('payments.metadata')
  }
  return value as JsonObject
}

function relayDelivery(value: unknown): RelayDelivery {
  if (typeof value === 'object' && value !== null) {
    const { url, acceptedAtMs, error } = value as Partial<Record<string, unknown>>
    const accepted = acceptedAtMs === null || typeof acceptedAtMs === 'number'
    const told = error === null || typeof error === 'string'
    if (typeof url === 'string' && accepted && told) return { url, acceptedAtMs, error }
  }
  throw damaged('payments.delivery')
}
