// What a decision is made of: the payment as it is then, and what the merchant is told.
import type { Payment, PaymentEvent } from './payment.ts'

export type Decision = { readonly payment: Payment; readonly events: readonly PaymentEvent[] }

export type EndEvent = Extract<PaymentEvent, { status: 'user_rejected' | 'timeout' | 'error' }>

/** True once the merchant has been told how it ended; late money may still follow. */
export function hasEnded(payment: Payment): boolean {
  return payment.state === 'paid' || payment.state === 'unpaid'
}

export function unchanged(payment: Payment): Decision {
  return { payment, events: [] }
}

export function silently(payment: Payment): Decision {
  return { payment, events: [] }
}

export function tell(payment: Payment, event: PaymentEvent): Decision {
  return { payment: { ...payment, eventCount: payment.eventCount + 1 }, events: [event] }
}

export function end(p: Payment, event: EndEvent, atMs: number): Decision {
  const ended: Payment = {
    ...p,
    state: 'unpaid',
    status: event.status,
    code: event.status === 'user_rejected' ? null : event.code,
    reason: event.reason,
    claimed: false,
    attempts: 0,
    taskAtMs: atMs,
    endedAtMs: atMs,
  }
  return tell(ended, event)
}
