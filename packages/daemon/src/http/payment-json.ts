// A payment in the words of the API. The only place where camelCase becomes snake_case on the way
// out.
import type { Payment, RelayDelivery } from '../payment/payment.ts'
import type { PaymentCreatedJson, PaymentJson } from './payment-schemas.ts'

export function paymentCreatedJson(payment: Payment): PaymentCreatedJson {
  return {
    stream_id: payment.streamId,
    payment_id: payment.id,
    invoice: payment.invoice,
    payment_hash: payment.paymentHash,
    expires_at: payment.expiresAt,
  }
}

export function paymentJson(payment: Payment): PaymentJson {
  return {
    payment_id: payment.id,
    stream_id: payment.streamId,
    request_id: payment.requestId,
    status: payment.status,
    code: payment.code,
    reason: payment.reason,
    main_key: payment.mainKey,
    subkeys: [...payment.subkeys],
    capture: payment.capture,
    capture_before: payment.captureBefore,
    // Exact: what came in was at most 2^53-1.
    amount: Number(payment.amountMsat),
    currency: 'millisats',
    description: payment.description,
    invoice: payment.invoice,
    payment_hash: payment.paymentHash,
    preimage: payment.preimage,
    late: payment.late,
    created_at: seconds(payment.createdAtMs),
    expires_at: payment.expiresAt,
    ended_at: secondsOrNull(payment.endedAtMs),
    paid_at: secondsOrNull(payment.paidAtMs),
    late_resolved_at: secondsOrNull(payment.lateResolvedAtMs),
    late_note: payment.lateNote,
    subscription_id: payment.subscriptionId,
    metadata: payment.metadata,
    delivery: {
      relays: payment.delivery.map(relayJson),
      answered_at: secondsOrNull(payment.answeredAtMs),
    },
  }
}

function relayJson(relay: RelayDelivery) {
  return { url: relay.url, accepted_at: secondsOrNull(relay.acceptedAtMs), error: relay.error }
}

export function secondsOrNull(atMs: number | null): number | null {
  return atMs === null ? null : seconds(atMs)
}

function seconds(atMs: number): number {
  return Math.floor(atMs / 1000)
}
