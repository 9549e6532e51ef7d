// Money that arrived, in layers: the node's push, a batched reconcile on every (re)connect and at a slow
// beat for what pushes missed, and after an end a rarer one for late money. Nothing polls per payment.
//
// Daemons that share a store all hear the node. The one that had the invoice made credits it at once, and so
// does the one whose duty this is; the others wait a moment and then find it credited, or do it themselves.
// The beat is a duty, too.
//
// The cursor says: all settlements up to it are committed. Each daemon follows the node from the cursor
// it read at its start, commits what it is told (or finds it committed), all of it and in order, and
// only then moves the cursor, never back. So whoever moves it knows what lies between his start and it to
// be committed, and what lay before his start was so by the same reasoning of whoever moved it there. How
// far another daemon has got does not matter to one that runs: it follows its own place.
import type { PaymentHash } from 'portal-protocol'
import { createRecentMap } from 'portal-relay'
import type { Payment } from '../payment/payment.ts'
import type { Duty } from './duty.ts'
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
// A node's clock may be behind ours when it stamps an invoice. The rare look at everything also finds what
// was made while ours was set wrong.
const SKEW_S = 120
const SKEW_LATE_S = 86_400
const OPEN_MAX = 10_000
const CREDITED_MAX = 20_000
/** Invoices of ours whose settlements are credited here at once. */
const OWN_MAX = 20_000
/** How long the daemon that had the invoice made may take before others credit its money. */
const COURTESY_MS = 250
/** The cursor may be so old when a daemon dies; what came since is told again, and known. */
const CURSOR_EVERY_MS = 1_000

export interface Settlements {
  /** This daemon had the invoice made. */
  expect(paymentHash: PaymentHash): void
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
  readonly duty: Duty
  readonly log: Logger
}

export function createSettlements(deps: SettlementsDeps): Settlements {
  const { store, lightning, clock, facts, duty, log } = deps
  // Hashes already told: a reconcile lists them again and again.
  const credited = new Set<PaymentHash>()
  const own = createRecentMap<true>(OWN_MAX)
  const watched = new Set<PaymentHash>()
  /** Ends what waits for another daemon. */
  const hurry = new Set<() => void>()
  let cursor: string | null = null
  let cursorTimer: Timer | null = null
  let timer: Timer | null = null
  let stopped = false
  let reconciling: Promise<void> = Promise.resolve()
  let lateDueAtMs = 0

  const watcher: LightningWatcher = {
    async settled(settlement) {
      await othersFirst(settlement.paymentHash)
      const isNews = await credit(settlement)
      if (settlement.cursor !== null) moveCursor(settlement.cursor)
      return isNews
    },
    async touched(paymentHash) {
      await othersFirst(paymentHash)
      for (const payment of await paymentsOfMoney(store, paymentHash)) {
        await facts.payment(payment, await lookUp(payment, deps))
      }
    },
    async held(paymentHash, captureBefore) {
      await othersFirst(paymentHash)
      for (const payment of await paymentsOfMoney(store, paymentHash)) {
        await facts.payment(payment, { type: 'invoice_held', captureBefore })
      }
    },
    turns: store,
    get isFirst() {
      return duty.isOurs
    },
    connected() {
      lookAgain()
      watched.clear()
      lookAtOpen().catch((error: unknown) =>
        log.warn('open_not_looked_at', { error: String(error) }),
      )
    },
  }

  async function credit({ paymentHash, preimage }: Settlement): Promise<boolean> {
    if (credited.has(paymentHash)) return false
    const payments = await paymentsOfMoney(store, paymentHash)
    for (const payment of payments) {
      await facts.payment(payment, { type: 'invoice_settled', preimage })
    }
    credited.add(paymentHash)
    if (credited.size > CREDITED_MAX) credited.clear()
    return payments.length > 0
  }

  async function othersFirst(paymentHash: PaymentHash): Promise<void> {
    const isOurs = duty.isOurs || own.has(paymentHash)
    if (isOurs || stopped || credited.has(paymentHash)) return
    await new Promise<void>((resolve) => {
      const end = () => {
        patience.cancel()
        hurry.delete(end)
        resolve()
      }
      const patience = clock.setTimer(COURTESY_MS, end)
      hurry.add(end)
    })
  }

  // Not with each settlement: all daemons write the same row.
  function moveCursor(to: string): void {
    cursor = to
    if (stopped) return
    cursorTimer ??= clock.setTimer(CURSOR_EVERY_MS, () => {
      cursorTimer = null
      keepCursor().catch((error: unknown) => log.warn('cursor_not_kept', { error: String(error) }))
    })
  }

  async function keepCursor(): Promise<void> {
    const reached = cursor
    if (reached === null) return
    cursor = null
    try {
      await store.advanceValue(CURSOR_VALUE, reached)
    } catch (error) {
      cursor ??= reached
      throw error
    }
  }

  // What the list of a reconcile does not show: holds, which nodes tell of one invoice at a time; and
  // invoices that the merchant brought, which may be older than any payment.
  async function lookAtOpen(): Promise<void> {
    for (const payment of await openPayments()) {
      watchHold(payment)
      if (payment.kind !== 'invoice' || !payment.ownInvoice) continue
      const found = await lookUp(payment, deps)
      // That it is unpaid is not for this look to say: its end may have come meanwhile.
      if (found.type === 'invoice_settled') await facts.payment(payment, found)
    }
  }

  function watchHold({ capture, paymentHash }: Payment): void {
    if (capture !== 'manual' || paymentHash === null || lightning.holds === false) return
    if (watched.has(paymentHash)) return
    if (watched.size >= OPEN_MAX) watched.clear()
    watched.add(paymentHash)
    lightning.watchHold(paymentHash)
  }

  async function openPayments(): Promise<readonly Payment[]> {
    const due = await store.awaitingAnswer(null, OPEN_MAX)
    return due.flatMap((one) => (one.type === 'payment' ? one.payment : []))
  }

  function lookAgain(): void {
    lateDueAtMs = 0
    beat(0)
  }

  function beat(delayMs: number): void {
    if (stopped) return
    timer?.cancel()
    timer = clock.setTimer(delayMs, () => {
      const isAsked = delayMs === 0
      reconciling = (isAsked || duty.isOurs ? reconcile() : Promise.resolve())
        .catch((error: unknown) => {
          log.warn('reconcile_failed', { error: String(error) })
          duty.pass()
        })
        .then(() => beat(lightning.pushes ? BEAT_WITH_PUSHES_MS : BEAT_WITHOUT_PUSHES_MS))
    })
  }

  // The open ones first: the other list is that of a whole day, and may be too long to be had at all.
  async function reconcile(): Promise<void> {
    await creditSince(await store.oldestUnsettledMs({ open: true }), SKEW_S)
    // What a daemon watched that is no longer there.
    if (store.shared) for (const payment of await openPayments()) watchHold(payment)
    const nowMs = clock.nowMs()
    if (nowMs < lateDueAtMs) return
    lateDueAtMs = nowMs + LATE_BEAT_MS
    const expiresAfterMs = nowMs - LATE_WATCH_MS
    await creditSince(await store.oldestUnsettledMs({ expiresAfterMs }), SKEW_LATE_S)
  }

  async function creditSince(sinceMs: number | null, skewS: number): Promise<void> {
    if (sinceMs === null) return
    const since = Math.max(0, Math.floor(sinceMs / 1000) - skewS)
    // As they come: a daemon that never lives to the end of a long list gets on all the same.
    for await (const settlement of lightning.settledSince(since, RECONCILE_TIMEOUT_MS)) {
      await credit(settlement)
    }
  }

  return {
    expect: (paymentHash) => own.set(paymentHash, true),
    async start() {
      stopped = false
      lightning.start(watcher, await store.value(CURSOR_VALUE))
      beat(BEAT_WITHOUT_PUSHES_MS)
    },
    lookAgain,
    async stop() {
      stopped = true
      timer?.cancel()
      for (const end of [...hurry]) end()
      await reconciling
      cursorTimer?.cancel()
      await keepCursor().catch(() => {})
    },
  }
}
