// Money that arrived, in layers: the node's push, a batched reconcile on every (re)connect and at a slow
// beat for what pushes missed, and after an end a rarer one for late money. Nothing polls per payment.
import type { PaymentHash } from 'portal-protocol'
import type { Facts } from './facts.ts'
import type { Logger } from './logger.ts'
import type { Clock, Lightning, LightningWatcher, Settlement, Store, Timer } from './ports.ts'
import { lookUp, type TaskDeps } from './tasks.ts'
import { paymentsOfMoney } from './whose-money.ts'

export const CURSOR_VALUE = 'lightning_cursor'

const BEAT_WITH_PUSHES_MS = 30_000
const BEAT_WITHOUT_PUSHES_MS = 2_000
const LATE_BEAT_MS = 600_000
const LATE_WATCH_MS = 7 * 86_400_000
const RECONCILE_TIMEOUT_MS = 30_000
// A node's clock may be behind ours when it stamps an invoice.
const SKEW_S = 120
const OPEN_MAX = 10_000
const CREDITED_MAX = 20_000

export interface Settlements {
  start(): Promise<void>
  /** Reconciles all there is, at once: something may have been missed. */
  lookAgain(): void
  stop(): Promise<void>
}

export type SettlementsDeps = TaskDeps & {
  readonly store: Store
  readonly lightning: Lightning
  readonly clock: Clock
  readonly facts: Facts
  readonly log: Logger
}

export function createSettlements(deps: SettlementsDeps): Settlements {
  const { store, lightning, clock, facts, log } = deps
  // Hashes already told: a reconcile lists them again and again.
  const credited = new Set<PaymentHash>()
  let timer: Timer | null = null
  let stopped = false
  let reconciling: Promise<void> = Promise.resolve()
  let lateDueAtMs = 0

  const watcher: LightningWatcher = {
    async settled(settlement) {
      await credit(settlement)
      if (settlement.cursor !== null) await store.setValue(CURSOR_VALUE, settlement.cursor)
    },
    async touched(paymentHash) {
      for (const payment of await paymentsOfMoney(store, paymentHash)) {
        await facts.payment(payment, await lookUp(payment, deps))
      }
    },
    async held(paymentHash, captureBefore) {
      for (const payment of await paymentsOfMoney(store, paymentHash)) {
        await facts.payment(payment, { type: 'invoice_held', captureBefore })
      }
    },
    connected() {
      lookAgain()
      lookAtOpen().catch((error: unknown) =>
        log.warn('open_not_looked_at', { error: String(error) }),
      )
    },
  }

  async function credit({ paymentHash, preimage }: Settlement): Promise<void> {
    if (credited.has(paymentHash)) return
    for (const payment of await paymentsOfMoney(store, paymentHash)) {
      await facts.payment(payment, { type: 'invoice_settled', preimage })
    }
    credited.add(paymentHash)
    if (credited.size > CREDITED_MAX) credited.clear()
  }

  // What the list of a reconcile does not show: holds, which nodes tell of one invoice at a time; and
  // invoices that the merchant brought, which may be older than any payment.
  async function lookAtOpen(): Promise<void> {
    for (const due of await store.awaitingAnswer(null, OPEN_MAX)) {
      if (due.type !== 'payment' || due.payment.paymentHash === null) continue
      const { payment } = due
      if (payment.capture === 'manual' && lightning.holds !== false) {
        lightning.watchHold(due.payment.paymentHash)
      }
      if (payment.kind !== 'invoice' || !payment.ownInvoice) continue
      const found = await lookUp(payment, deps)
      // That it is unpaid is not for this look to say: its end may have come meanwhile.
      if (found.type === 'invoice_settled') await facts.payment(payment, found)
    }
  }

  function lookAgain(): void {
    lateDueAtMs = 0
    beat(0)
  }

  function beat(delayMs: number): void {
    if (stopped) return
    timer?.cancel()
    timer = clock.setTimer(delayMs, () => {
      reconciling = reconcile()
        .catch((error: unknown) => log.warn('reconcile_failed', { error: String(error) }))
        .then(() => beat(lightning.pushes ? BEAT_WITH_PUSHES_MS : BEAT_WITHOUT_PUSHES_MS))
    })
  }

  async function reconcile(): Promise<void> {
    const nowMs = clock.nowMs()
    const late = nowMs >= lateDueAtMs
    // Before its list comes, if it does: one too long to be had must not keep the open ones waiting.
    if (late) lateDueAtMs = nowMs + LATE_BEAT_MS
    const sinceMs = await store.oldestUnsettledMs(
      late ? { expiresAfterMs: nowMs - LATE_WATCH_MS } : { open: true },
    )
    if (sinceMs !== null) {
      const since = Math.max(0, Math.floor(sinceMs / 1000) - SKEW_S)
      for (const settlement of await lightning.settledSince(since, RECONCILE_TIMEOUT_MS)) {
        await watcher.settled(settlement)
      }
    }
  }

  return {
    async start() {
      stopped = false
      lightning.start(watcher, await store.value(CURSOR_VALUE))
      beat(BEAT_WITHOUT_PUSHES_MS)
    },
    lookAgain,
    async stop() {
      stopped = true
      timer?.cancel()
      await reconciling
    },
  }
}
