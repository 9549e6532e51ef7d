// What a Lightning node is asked, and how soon its settlements are told, as figures for Prometheus.

import type { RecentMap } from 'portal-relay'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Clock, Lightning, LightningWatcher } from '../engine/ports.ts'

const CALLS = [
  'create_invoice',
  'look_up',
  'list_settled',
  'cancel_invoice',
  'settle_hold',
] as const
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Gives a node that is the same and counts in `registry`. Its pushes are noted: preimage → unix ms. */
export function lightningMetrics(
  registry: Registry,
  pushedAtMs: RecentMap<number>,
): (node: Lightning, clock: Clock) => Lightning {
  const registers = [registry]
  const calls = new Counter({
    name: 'portal_lightning_calls_total',
    help: 'Calls of the Lightning node; list_settled asks about all open payments together',
    labelNames: ['call'],
    registers,
  })
  for (const call of CALLS) calls.inc({ call }, 0)
  const settleToEvent = new Histogram({
    name: 'portal_settle_to_event_seconds',
    help: 'From the push of the Lightning node to the committed event',
    buckets: SECONDS,
    registers,
  })

  function counted<T>(call: (typeof CALLS)[number], answer: Promise<T>): Promise<T> {
    calls.inc({ call })
    return answer
  }

  function timed(watcher: LightningWatcher, clock: Clock): LightningWatcher {
    return {
      async settled(settlement) {
        const fromMs = clock.nowMs()
        const { preimage } = settlement
        if (preimage !== null && !pushedAtMs.has(preimage)) pushedAtMs.set(preimage, fromMs)
        const isNews = await watcher.settled(settlement)
        if (isNews) settleToEvent.observe(Math.max(0, clock.nowMs() - fromMs) / 1000)
        return isNews
      },
      touched: (paymentHash) => watcher.touched(paymentHash),
      held: (paymentHash, captureBefore) => watcher.held(paymentHash, captureBefore),
      connected: () => watcher.connected(),
      turns: watcher.turns,
      get isFirst() {
        return watcher.isFirst
      },
    }
  }

  return (node, clock) => ({
    get node() {
      return node.node
    },
    get pushes() {
      return node.pushes
    },
    get holds() {
      return node.holds
    },
    start: (watcher, cursor) => node.start(timed(watcher, clock), cursor),
    createInvoice: (order, timeoutMs) =>
      counted('create_invoice', node.createInvoice(order, timeoutMs)),
    lookUp: (paymentHash, timeoutMs) => counted('look_up', node.lookUp(paymentHash, timeoutMs)),
    cancelInvoice: (hash, timeoutMs, hold) =>
      counted('cancel_invoice', node.cancelInvoice(hash, timeoutMs, hold)),
    settleHold: (paymentId, timeoutMs) =>
      counted('settle_hold', node.settleHold(paymentId, timeoutMs)),
    watchHold: (paymentHash) => node.watchHold(paymentHash),
    settledSince(since, timeoutMs) {
      calls.inc({ call: 'list_settled' })
      return node.settledSince(since, timeoutMs)
    },
    ping: (timeoutMs) => node.ping(timeoutMs),
    close: () => node.close(),
  })
}
