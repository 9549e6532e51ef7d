// Every route of the daemon.
import type { RandomBytes, Secp256k1 } from 'portal-protocol'
import type { EmbeddedRelay } from 'portal-relay'
import type { Engine } from '../engine/engine.ts'
import type { Logger } from '../engine/logger.ts'
import type { Clock } from '../engine/ports.ts'
import type { Webhooks } from '../engine/webhooks.ts'
import type { App } from './app.ts'
import { type DaemonInfo, daemonRoutes } from './daemon.ts'
import { eventRoutes } from './events.ts'
import { keyRoutes } from './keys.ts'
import { lateRoutes } from './late.ts'
import type { Metrics } from './metrics.ts'
import { paymentRoutes } from './payments.ts'
import type { Gate } from './rate-limit.ts'
import type { Readers } from './readers.ts'
import { relayRoutes } from './relay-route.ts'
import { type SandboxWallets, sandboxRoutes } from './sandbox.ts'
import type { TokenVerifier } from './tokens.ts'
import { webhookRoutes } from './webhooks.ts'

export type RouteDeps = {
  readonly engine: Engine
  readonly clock: Clock
  readonly random: RandomBytes
  readonly secp: Secp256k1
  readonly log: Logger
  readonly tokens: TokenVerifier
  readonly version: string
  readonly info: DaemonInfo
  readonly metrics: Metrics
  /** Bounds the requests that wait for an invoice. */
  readonly creating: Gate
  /** Bounds cancellations and captures. */
  readonly ending: Gate
  readonly readers: Readers
  readonly relay: EmbeddedRelay | null
  readonly sandbox: SandboxWallets | null
  readonly webhooks: Webhooks
}

export function declareRoutes(app: App, deps: RouteDeps): void {
  paymentRoutes(app, deps)
  lateRoutes(app, deps)
  eventRoutes(app, deps)
  keyRoutes(app, deps)
  webhookRoutes(app, deps)
  daemonRoutes(app, deps)
  sandboxRoutes(app, deps.sandbox)
  relayRoutes(app, deps.relay)
}
