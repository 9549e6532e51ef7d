// The HTTP server: one app with every route, opened and closed.
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { RandomBytes, Secp256k1 } from 'portal-protocol'
import type { EmbeddedRelay } from 'portal-relay'
import type { Coordination } from '../engine/coordination-ports.ts'
import type { Engine } from '../engine/engine.ts'
import type { Logger } from '../engine/logger.ts'
import type { Clock, Timer } from '../engine/ports.ts'
import type { Webhooks } from '../engine/webhooks.ts'
import type { DaemonInfo } from './daemon.ts'
import { type Listening, listen } from './listen.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { newApp } from './new-app.ts'
import { type ApiDocument, apiDocument } from './openapi.ts'
import { createGate, createRateLimiter, type Rate } from './rate-limit.ts'
import { createReaders } from './readers.ts'
import { acceptRelayClients, isRelayUpgrade } from './relay-route.ts'
import { declareRoutes } from './routes.ts'
import type { SandboxWallets } from './sandbox.ts'
import { createSharedRateLimiter } from './shared-rate-limit.ts'
import type { TokenVerifier } from './tokens.ts'

export type Limits = {
  readonly read: { readonly perToken: Rate; readonly inAll: Rate }
  readonly write: { readonly perToken: Rate; readonly inAll: Rate }
  /** Requests that wait for their invoice. */
  readonly creatingMax: number
  /** Cancellations and captures, which a slow node's creations must not keep out. */
  readonly endingMax: number
  /** Long polls and SSE readers. */
  readonly readersMax: number
  readonly connectionsMax: number
}

/** Far above what a shop needs, below what would make everybody slow. */
export const LIMITS: Limits = {
  read: {
    perToken: { perSecond: 3_000, burst: 10_000 },
    inAll: { perSecond: 5_000, burst: 20_000 },
  },
  write: {
    perToken: { perSecond: 1_000, burst: 3_000 },
    inAll: { perSecond: 1_500, burst: 4_500 },
  },
  creatingMax: 2_000,
  endingMax: 2_000,
  readersMax: 20_000,
  connectionsMax: 30_000,
}

export type HttpDeps = {
  readonly engine: Engine
  readonly clock: Clock
  readonly random: RandomBytes
  readonly secp: Secp256k1
  readonly log: Logger
  readonly tokens: TokenVerifier
  /** Origins whose pages may call; none: CORS is closed. */
  readonly corsOrigins: readonly string[]
  readonly version: string
  readonly info: DaemonInfo
  readonly relay: EmbeddedRelay | null
  readonly sandbox: SandboxWallets | null
  readonly webhooks: Webhooks
  /** The store's allowances, where several daemons keep the limits together. */
  readonly shared: Pick<Coordination, 'takeAllowance'> | null
  /** Given where other parts are measured too. */
  readonly metrics?: Metrics
  readonly limits?: Limits
}

export interface HttpServer {
  /** Rejects when the address cannot be listened on. */
  listen(address: {
    readonly host: string
    readonly port: number
  }): Promise<{ readonly port: number }>
  /** A request without a socket, for tests. */
  inject(request: InjectOptions | string): Promise<LightMyRequestResponse>
  openapi(): Promise<ApiDocument>
  /**
   * Takes no new requests, sends readers and relay clients away (they come back to the next instance),
   * lets the others finish for a while; who waits for the node by then is told so. Resolves when every
   * connection is closed.
   */
  close(): Promise<void>
}

/** So long callers may wait for the node while we stop, and so long for whatever else is not done. */
const ANSWER_MS = 2_000
const DRAIN_MS = 5_000
const SWEEP_MS = 50

export function createHttpServer(deps: HttpDeps): HttpServer {
  const { engine, clock, relay } = deps
  const limits = deps.limits ?? LIMITS
  const readers = createReaders(limits.readersMax)
  const creating = createGate(limits.creatingMax, 'requests')
  const ending = createGate(limits.endingMax, 'cancellations and captures')
  const { shared } = deps
  const limiter = (kind: 'read' | 'write') =>
    shared === null
      ? createRateLimiter(limits[kind], clock)
      : createSharedRateLimiter(kind, limits[kind], shared, clock)
  const metrics = deps.metrics ?? createMetrics()
  metrics.show({ readers: () => readers.count, relay: relay === null ? null : () => relay.stats() })
  const unfollow = metrics.follow(engine.log)

  const app = newApp({
    ...deps,
    metrics,
    guard: {
      tokens: deps.tokens,
      limits: {
        read: limiter('read'),
        write: limiter('write'),
      },
    },
    isUpgrade: (request) => isRelayUpgrade(request, relay),
    routes: (child) => declareRoutes(child, { ...deps, metrics, creating, ending, readers }),
  })
  const relayClients = relay === null ? null : acceptRelayClients(app.server, relay, clock)

  let listening: Listening | null = null
  let stopped: Promise<void> | undefined
  let sweeping: Timer | null = null
  let answering: Timer | null = null
  let forcing: Timer | null = null
  app.addHook('preClose', async () => {
    unfollow()
    stopped = listening?.close()
    readers.endAll()
    relayClients?.close()
    answering = clock.setTimer(ANSWER_MS, () => {
      engine.endWaits()
      ending.endAll()
    })
    forcing = clock.setTimer(DRAIN_MS, () => app.server.closeAllConnections())
    // A connection becomes idle when its last answer is out; Node closes those only when told.
    const sweep = () => {
      app.server.closeIdleConnections()
      sweeping = clock.setTimer(SWEEP_MS, sweep)
    }
    sweep()
  })

  return {
    async listen(address) {
      const listener = { server: app.server, listen: app.listen.bind(app) }
      listening = await listen(listener, address, limits.connectionsMax)
      return listening
    },
    // Begun at once: what fastify gives begins when it is first awaited.
    inject: async (request) => app.inject(request),
    async openapi() {
      await app.ready()
      return apiDocument(app)
    },
    async close() {
      await app.close()
      await stopped
      sweeping?.cancel()
      answering?.cancel()
      forcing?.cancel()
    },
  }
}
