// Manual capture: the money is held at our node until the merchant captures or cancels.
import { type Decision, type EndEvent, end, silently, tell, unchanged } from './decision.ts'
import type { Payment } from './payment.ts'

// Blocks come as they like: what is held is looked at again, and its deadline with it.
const HOLD_LOOK_MS = 600_000

export function invoiceHeld(p: Payment, captureBefore: number, atMs: number): Decision {
  if (p.capture !== 'manual') return unchanged(p)
  switch (p.state) {
    case 'closing':
      // What was held and not captured in time is being let go.
      return p.captureBefore === null ? hold(p, captureBefore, atMs) : unchanged(p)
    case 'invoiced':
    case 'asked':
    case 'answered':
      return hold(p, captureBefore, atMs)
    case 'held': {
      // Blocks came faster than thought: never later than the merchant was told.
      const earlier = Math.min(captureBefore, p.captureBefore ?? captureBefore)
      return silently({ ...p, captureBefore: earlier, attempts: 0, taskAtMs: atMs + HOLD_LOOK_MS })
    }
    case 'unpaid':
      // Too late to be captured: the user must get it back.
      if (p.late || (p.invoiceState === 'open' && p.taskAtMs <= atMs)) return unchanged(p)
      return silently({ ...p, invoiceState: 'open', attempts: 0, taskAtMs: atMs })
    case 'requested':
    case 'paid':
      return unchanged(p)
  }
}

function hold(p: Payment, captureBefore: number, atMs: number): Decision {
  const held: Payment = {
    ...p,
    state: 'held',
    status: 'held',
    reason: null,
    captureBefore,
    claimed: false,
    attempts: 0,
    taskAtMs: atMs + HOLD_LOOK_MS,
  }
  return tell(held, { status: 'held', capture_before: captureBefore })
}

/** A look at the node found it not held any more: let go, or not yet known to be. */
export function noLongerHeld(p: Payment, cancelled: boolean, atMs: number): Decision {
  if (cancelled) return end({ ...p, invoiceState: 'cancelled' }, captureExpired(), atMs)
  return silently({ ...p, attempts: 0, taskAtMs: atMs + HOLD_LOOK_MS })
}

export function captureExpired(): EndEvent {
  const reason = 'the payment was held and not captured in time; the user was not charged'
  return { status: 'error', code: 'capture_expired', reason }
}
