// Payments in each state, for tests.
import { msat, parsePaymentHash, parsePublicKey, secp256k1 } from 'portal-protocol'
import type { StreamId } from '../log/stream.ts'
import { newPayment, type Payment, type PaymentId, type PaymentState } from './payment.ts'

export const NOW_MS = 1_800_000_000_000
export const EXPIRES_AT_MS = NOW_MS + 300_000

export const CAPTURE_BEFORE_MS = NOW_MS + 36_000_000

export const STATES: PaymentState[] = [
  'requested',
  'invoiced',
  'asked',
  'answered',
  'held',
  'closing',
  'paid',
  'unpaid',
]

const G = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'

/** A single payment of 10 sat as it typically is in this state. */
export function inState(state: PaymentState): Payment {
  const fresh = newPayment(
    {
      kind: 'single',
      capture: 'automatic',
      requestId: 'order-1',
      mainKey: parsePublicKey(G, secp256k1),
      subkeys: [],
      amountMsat: msat(10_000),
      description: 'Premium - 1 month',
      subscriptionId: null,
      authToken: null,
      metadata: null,
      expiresAt: EXPIRES_AT_MS / 1000,
    },
    { id: 'payment-1' as PaymentId, streamId: 'stream-1' as StreamId },
    NOW_MS,
    null,
  )
  if (state === 'requested') return fresh
  const invoiced: Payment = {
    ...fresh,
    state,
    invoice: 'lnbcrt100n1',
    paymentHash: parsePaymentHash('22'.repeat(32)) ?? null,
    invoiceState: 'open',
  }
  if (state === 'invoiced') return invoiced
  const asked: Payment = {
    ...invoiced,
    delivery: [{ url: 'wss://relay.example', acceptedAtMs: NOW_MS, error: null }],
    firstSentAtMs: NOW_MS - 10_000,
    lastSentAtMs: NOW_MS - 2_000,
    taskAtMs: NOW_MS + 5_000,
  }
  switch (state) {
    case 'asked':
      return asked
    case 'held':
      return {
        ...asked,
        capture: 'manual',
        status: 'held',
        captureBefore: CAPTURE_BEFORE_MS / 1000,
        taskAtMs: NOW_MS + 600_000,
      }
    case 'answered':
    case 'closing':
      return { ...asked, answeredAtMs: NOW_MS }
    case 'paid':
      return { ...asked, status: 'paid', endedAtMs: NOW_MS, paidAtMs: NOW_MS }
    case 'unpaid':
      return { ...asked, status: 'timeout', code: 'unpaid', endedAtMs: NOW_MS }
  }
}
