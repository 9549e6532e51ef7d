// Hold invoices over Nostr Wallet Connect, where the wallet service has them: NIP-47's
// make_hold_invoice, settle_hold_invoice, cancel_hold_invoice, and hold_invoice_accepted.
import type { NwcInfo } from 'portal-protocol'
import { captureBefore } from './capture-before.ts'

export const HOLD_ACCEPTED = 'hold_invoice_accepted'
const METHODS = ['make_hold_invoice', 'settle_hold_invoice', 'cancel_hold_invoice']
// A service that does not say until when it holds is not trusted with more than this.
const UNKNOWN_S = 1_800

/** Whether the service has all it takes: one that does not tell what it holds is found out too late. */
export function canHold(info: Pick<NwcInfo, 'methods' | 'notifications'>): boolean {
  return (
    METHODS.every((method) => info.methods.includes(method)) &&
    info.notifications.includes(HOLD_ACCEPTED)
  )
}

/**
 * When what the transaction describes must be captured, unix seconds: its `settle_deadline` is a
 * block, and `height` the newest one where the service tells it.
 */
export function nwcCaptureBefore(
  transaction: Readonly<Record<string, unknown>>,
  height: unknown,
  nowMs: number,
): number {
  const { settle_deadline: deadline } = transaction
  if (isHeight(deadline) && isHeight(height)) return captureBefore(deadline, height, nowMs)
  return Math.floor(nowMs / 1000) + UNKNOWN_S
}

function isHeight(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
