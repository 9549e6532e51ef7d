// The webhooks of a daemon: its endpoints, a courier for each, and what the API asks.
import type { RandomBytes } from 'portal-protocol'
import type { LogReader } from '../engine/log-reader.ts'
import type { Logger } from '../engine/logger.ts'
import type { Clock, Conversation, Timer } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import type {
  EndpointChange,
  EndpointId,
  HttpSender,
  WebhookEndpoint,
  WebhookStore,
} from '../engine/webhook-ports.ts'
import type { Webhooks } from '../engine/webhooks.ts'
import type { StreamId } from '../log/stream.ts'
import { attempt } from './attempt.ts'
import { type CrewDeps, createCrew } from './crew.ts'
import { findDeliveries, redeliver } from './delivery-log.ts'
import { type EndpointSettings, syncSettings } from './from-settings.ts'
import type { Outcome } from './lane.ts'
import { postOf, testMessage } from './message.ts'
import { newEndpoint, newEndpointId, rotated } from './new-endpoint.ts'

/** Made by the API; those of the settings come on top. */
export const ENDPOINTS_MAX = 50
/** How long a delivery is remembered, and how many at most of one endpoint. */
const KEPT_MS = 30 * 86_400_000
const KEPT_MAX = 50_000
const FORGET_EVERY_MS = 3_600_000
const FORGET_AT_ONCE = 500
const TESTS_MAX = 8

export type WebhooksDeps = {
  readonly store: WebhookStore
  /** Of the store, where daemons share it. */
  readonly leases: CrewDeps['leases']
  readonly reader: LogReader
  readonly conversation: (stream: StreamId) => Promise<Conversation | null>
  readonly sender: HttpSender
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Logger
  /** Whether addresses inside our network, and plain http, are allowed. */
  readonly allowPrivate: boolean
  readonly settings: readonly EndpointSettings[]
  /** Told of every try once it is written down. */
  readonly recorded?: (outcome: Outcome) => void
}

export interface WebhookService extends Webhooks {
  start(): Promise<void>
  /** Begins nothing new; what is on its way has 3 s, and is sent again after the next start. */
  stop(): Promise<void>
}

export function createWebhooks(deps: WebhooksDeps): WebhookService {
  const { store, clock, random, log } = deps
  const stop = new AbortController()
  let testing = 0
  let forgetting: Timer | null = null

  const crew = createCrew({
    ...deps,
    holder: newEndpointId(random),
    chance: () => new DataView(random(4).buffer).getUint32(0) / 2 ** 32,
    async authentication(stream) {
      const found = await deps.conversation(stream)
      return found?.type === 'authenticate_key' ? found : null
    },
    recorded: (outcome) => deps.recorded?.(outcome),
  })

  async function forgetOld(): Promise<void> {
    try {
      const beforeMs = clock.nowMs() - KEPT_MS
      let forgotten = FORGET_AT_ONCE
      while (forgotten === FORGET_AT_ONCE && !stop.signal.aborted) {
        forgotten = await store.forgetDeliveries(beforeMs, KEPT_MAX, FORGET_AT_ONCE)
      }
    } catch (error) {
      log.error('webhook_store_failed', { error: String(error) })
    }
    if (!stop.signal.aborted) forgetting = clock.setTimer(FORGET_EVERY_MS, () => void forgetOld())
  }

  async function known(id: string): Promise<WebhookEndpoint> {
    const endpoint = /^[A-Za-z0-9_-]{1,64}$/.test(id)
      ? await store.endpoint(id as EndpointId)
      : null
    if (endpoint === null) throw noEndpoint()
    return endpoint
  }

  async function changed(
    id: EndpointId,
    change: (before: WebhookEndpoint) => EndpointChange,
  ): Promise<WebhookEndpoint> {
    const endpoint = await store.changeEndpoint(id, change)
    if (endpoint === null) throw noEndpoint()
    crew.changed(endpoint)
    return endpoint
  }

  return {
    async start() {
      await syncSettings(deps.settings, deps)
      await crew.start()
      void forgetOld()
    },
    async stop() {
      stop.abort()
      forgetting?.cancel()
      await crew.stop()
    },

    list: () => store.endpoints(),
    async create(order, key) {
      const endpoint = newEndpoint(order, deps)
      const created = await store.createEndpoint(endpoint, key, ENDPOINTS_MAX)
      switch (created.result) {
        case 'created':
          crew.made(created.endpoint)
          return secretOf(created.endpoint)
        case 'repeated':
          return secretOf(created.endpoint)
        case 'key_mismatch':
          throw new Refusal('idempotency_mismatch', 'this Idempotency-Key made something else')
        case 'too_many':
          throw new Refusal('conflict', `there are ${ENDPOINTS_MAX} endpoints; delete one first`)
      }
    },
    async remove(id) {
      const endpoint = await known(id)
      refuseSettings(endpoint)
      if (!(await store.deleteEndpoint(endpoint.id, clock.nowMs()))) throw noEndpoint()
      await crew.removed(endpoint.id)
    },
    async rotate(id, order) {
      const endpoint = await known(id)
      refuseSettings(endpoint)
      const change = (before: WebhookEndpoint) => ({ secrets: rotated(before, order, deps) })
      return secretOf(await changed(endpoint.id, change))
    },
    enable: async (id) =>
      changed((await known(id)).id, () => ({ disabledAtMs: null, pause: null })),

    async test(id) {
      const endpoint = await known(id)
      if (testing >= TESTS_MAX) {
        throw new Refusal('unavailable', 'other tests are under way', { retryAfterS: 15 })
      }
      testing += 1
      try {
        const name = newEndpointId(random).slice(-22)
        const message = testMessage(name, endpoint.format, clock.nowMs())
        const post = async () => postOf(message, endpoint, clock.nowMs())
        const { verdict, status, answer } = await attempt(post, stop.signal, deps)
        const delivered = verdict.type === 'delivered'
        return { delivered, status, answer, error: delivered ? null : verdict.error }
      } finally {
        testing -= 1
      }
    },
    deliveries: async (id, filter, cursor, limit) =>
      findDeliveries((await known(id)).id, filter, cursor, limit, store),
    async redeliver(id, what) {
      const { id: endpointId } = await known(id)
      const queued = await redeliver(endpointId, what, deps)
      crew.wake(endpointId)
      return { queued, endpoint: await known(id) }
    },
  }
}

function secretOf(endpoint: WebhookEndpoint) {
  return { endpoint, secret: endpoint.secrets[0]?.value ?? '' }
}

function noEndpoint(): Refusal {
  return new Refusal('not_found', 'there is no webhook endpoint with this endpoint_id')
}

function refuseSettings({ source }: WebhookEndpoint): void {
  if (source === 'settings') {
    throw new Refusal('conflict', 'this endpoint is set in portal.toml: change it there')
  }
}
