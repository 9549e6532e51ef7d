// Figures about webhooks.

import type { RecentMap } from 'portal-relay'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { WebhookTried } from '../engine/webhooks.ts'

const RESULTS = [
  'delivered',
  'failed',
  'gave_up',
  'gone',
] as const satisfies readonly WebhookTried['result'][]
const QUICK = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
// What failed at first comes by the schedule: minutes, hours.
const SECONDS = [...QUICK, 60, 600, 3_600, 21_600, 86_400]

/**
 * Counts tries, and measures how long settled money took to reach the receivers: from the node's push
 * of this preimage, or from the event where this daemon heard of the money in another way.
 */
export function webhookMetrics(
  registry: Registry,
  pushedAtMs: RecentMap<number>,
): (tried: WebhookTried) => void {
  const registers = [registry]
  const tries = new Counter({
    name: 'portal_webhook_tries_total',
    help: 'Tries to deliver an event to an endpoint, by result',
    labelNames: ['result'],
    registers,
  })
  for (const result of RESULTS) tries.inc({ result }, 0)
  const settleToWebhook = new Histogram({
    name: 'portal_settle_to_webhook_seconds',
    help: 'From the push of the Lightning node to the answer of the webhook receiver that took it',
    buckets: SECONDS,
    registers,
  })
  return ({ event, result, sinceEventMs }) => {
    tries.inc({ result })
    if (result !== 'delivered' || sinceEventMs === null) return
    const { data } = event
    if (typeof data !== 'object' || data === null || !('status' in data)) return
    if (data.status !== 'paid') return
    const pushed = 'preimage' in data ? pushedAtMs.get(String(data.preimage)) : undefined
    const beforeEventMs = pushed === undefined ? 0 : event.createdAtMs - pushed
    settleToWebhook.observe(Math.max(0, beforeEventMs + sinceEventMs) / 1000)
  }
}
