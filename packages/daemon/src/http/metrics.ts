// Figures for Prometheus, in a registry of their own.

import { createRecentMap } from 'portal-relay'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LogReader } from '../engine/log-reader.ts'
import type { Clock, Lightning } from '../engine/ports.ts'
import type { WebhookTried } from '../engine/webhooks.ts'
import type { LogEvent } from '../log/stream.ts'
import { lightningMetrics } from './lightning-metrics.ts'
import type { RelayStats } from './relay-route.ts'
import { webhookMetrics } from './webhook-metrics.ts'

export interface Metrics {
  render(): Promise<{ readonly mediaType: string; readonly body: string }>
  /** A request was answered; `route` is the pattern, never the path. */
  answered(request: { method: string; route: string; status: number; seconds: number }): void
  /** Counts these events from now on. Returns the end of it. */
  follow(log: LogReader): () => void
  /** The same node, its calls counted, and its pushes measured until the event is committed. */
  measured(node: Lightning, clock: Clock): Lightning
  /** The daemon waited for PostgreSQL. */
  databaseAsked(of: 'write' | 'read'): void
  /** A webhook was tried. */
  webhookTried(tried: WebhookTried): void
  /** Figures that are asked for only when they are shown. */
  show(sources: { readonly readers: () => number; readonly relay: (() => RelayStats) | null }): void
}

const STATUSES = [
  'user_approved',
  'user_failed',
  'held',
  'paid',
  'user_rejected',
  'timeout',
  'error',
]
/** Settlements of which is remembered when the node told them, until the webhook has been delivered. */
const PUSHES_MAX = 4_000
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** `ofProcess`: whether to tell of memory and event loop, too. What measures these never ends. */
export function createMetrics({ ofProcess = true } = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const pushedAtMs = createRecentMap<number>(PUSHES_MAX)
  if (ofProcess) collectDefaultMetrics({ register: registry })

  const payments = new Counter({
    name: 'portal_payments_total',
    help:
      'Events of payments, by status; late money counts in portal_late_payments_total instead. ' +
      'Of daemons on one store each counts the events of all: take one, do not add',
    labelNames: ['status'],
    registers,
  })
  for (const status of STATUSES) payments.inc({ status }, 0)
  const late = new Counter({
    name: 'portal_late_payments_total',
    help: 'Payments whose money came after their end',
    registers,
  })
  const requests = new Counter({
    name: 'portal_http_requests_total',
    help: 'HTTP requests answered, by route pattern',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const roundTrips = new Counter({
    name: 'portal_database_round_trips_total',
    help: 'Waits for PostgreSQL; what is sent together is one wait',
    labelNames: ['of'],
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'portal_http_request_seconds',
    help: 'Time to the answer; a long poll or SSE counts as long as it stays',
    labelNames: ['route'],
    buckets: SECONDS,
    registers,
  })

  function count(event: LogEvent): void {
    if (event.stream.type !== 'payment') return
    const { data } = event
    if (typeof data !== 'object' || data === null || !('status' in data)) return
    if ('late' in data) late.inc()
    else payments.inc({ status: String(data.status) })
  }

  return {
    async render() {
      return { mediaType: registry.contentType, body: await registry.metrics() }
    },
    answered({ method, route, status, seconds }) {
      requests.inc({ method, route, status: String(status) })
      requestSeconds.observe({ route }, seconds)
    },
    databaseAsked: (of) => roundTrips.inc({ of }),
    follow: (log) => log.subscribe(null, count),
    webhookTried: webhookMetrics(registry, pushedAtMs),
    measured: lightningMetrics(registry, pushedAtMs),
    show({ readers, relay }) {
      gauge(registry, 'portal_http_readers', 'Readers waiting for events', readers)
      if (relay === null) return
      const of = (key: keyof RelayStats) => () => relay()[key]
      gauge(
        registry,
        'portal_relay_connections',
        'Clients of the embedded relay',
        of('connections'),
      )
      gauge(registry, 'portal_relay_subscriptions', 'Their subscriptions', of('subscriptions'))
      gauge(registry, 'portal_relay_events', 'Events it took since the start', of('events'))
    },
  }
}

function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value())
    },
  })
}
