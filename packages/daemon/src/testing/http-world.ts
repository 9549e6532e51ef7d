// A daemon for HTTP tests: the real engine on a store in memory, with a fake node and a fake messenger.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { secp256k1 as secp } from 'portal-protocol'
import { type EmbeddedRelay, systemClock } from 'portal-relay'
import { createEngine, type Engine } from '../engine/engine.ts'
import { silentLogger } from '../engine/logger.ts'
import type { Clock, Store } from '../engine/ports.ts'
import type { Metrics } from '../http/metrics.ts'
import { createHttpServer, type HttpServer, type Limits } from '../http/server.ts'
import { findToken, type Scope, storedToken, type TokenVerifier } from '../http/tokens.ts'
import { createSqliteStore } from '../store/sqlite-store.ts'
import { createWebhooks } from '../webhooks/webhooks.ts'
import { createFakeLightning, type FakeLightning } from './fake-lightning.ts'
import { createFakeMessenger, type FakeMessenger } from './fake-messenger.ts'
import { createFakeSender, type FakeSender } from './fake-sender.ts'

export const ADMIN_TOKEN = 'admin-token-of-the-tests'

export type HttpWorld = {
  readonly server: HttpServer
  readonly engine: Engine
  readonly store: Store
  readonly lightning: FakeLightning
  readonly messenger: FakeMessenger
  /** Who receives webhooks. */
  readonly sender: FakeSender
  /** Names of the methods of the engine and of webhooks that requests have reached. */
  readonly reached: string[]
  /** A request without a socket, with the admin token unless told otherwise. */
  call(
    method: 'GET' | 'POST' | 'DELETE' | 'PUT',
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

export type HttpWorldOptions = {
  readonly clock?: Clock
  readonly limits?: Limits
  readonly corsOrigins?: readonly string[]
  readonly relay?: EmbeddedRelay
  readonly sandbox?: { createWallet(): Promise<{ nwc: string }> }
  readonly metrics?: Metrics
  readonly tokens?: TokenVerifier
  /** In place of an empty one. */
  readonly store?: Store
}

export async function openHttpWorld(options: HttpWorldOptions = {}): Promise<HttpWorld> {
  const clock = options.clock ?? systemClock
  const store = options.store ?? (await createSqliteStore(':memory:', { clock }))
  const lightning = createFakeLightning(clock)
  const messenger = createFakeMessenger()
  const random = (length: number) => randomBytes(length)
  const reached: string[] = []
  const log = silentLogger
  const ports = { store, lightning, messenger, clock, random, secp, log }
  const real = createEngine({ ...ports, network: null })
  const engine = recorded(real, reached)
  await engine.start()
  const sender = createFakeSender(clock)
  const webhooks = createWebhooks({
    store: store.webhooks,
    leases: store,
    reader: engine.log,
    conversation: (stream) => store.conversation(stream),
    sender,
    clock,
    random,
    log,
    allowPrivate: false,
    settings: [],
    ...(options.metrics === undefined ? {} : { recorded: options.metrics.webhookTried }),
  })
  await webhooks.start()
  const server = createHttpServer({
    engine,
    clock,
    random,
    secp,
    log,
    tokens: options.tokens ?? { verify: (bearer) => findToken(TOKENS, bearer, 0) },
    corsOrigins: options.corsOrigins ?? [],
    version: '1.2.3',
    info: {
      network: () => 'regtest',
      sandbox: true,
      lightning: 'sandbox',
      warm: () => true,
      relays: () => ['wss://own.example'],
    },
    relay: options.relay ?? null,
    sandbox: options.sandbox ?? null,
    webhooks: noting(reached, webhooks, WEBHOOK_METHODS),
    shared: store.shared ? store : null,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
  })
  async function close(): Promise<void> {
    await server.close()
    await webhooks.stop()
    await engine.stop()
    await store.close()
  }
  let closing: Promise<void> | null = null
  return {
    server,
    engine,
    store,
    lightning,
    messenger,
    sender,
    reached,
    call(method, url, body, headers = {}) {
      const request: InjectOptions = {
        method,
        url,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      }
      return server.inject(request)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** A token with exactly these scopes. */
export function tokenWith(...scopes: readonly Scope[]): string {
  return `token-with-scopes-${scopes.join('+')}`
}

const TOKENS = [
  storedToken({ name: 'admin', scopes: ['admin'], token: ADMIN_TOKEN }, 0),
  ...(
    [['payments:read'], ['payments:write'], ['auth'], ['payments:read', 'payments:write']] as const
  ).map((scopes, i) => storedToken({ name: `token-${i}`, scopes, token: tokenWith(...scopes) }, 0)),
]

const WEBHOOK_METHODS = [
  'list',
  'create',
  'remove',
  'rotate',
  'enable',
  'test',
  'deliveries',
  'redeliver',
] as const

function recorded(engine: Engine, reached: string[]): Engine {
  const noted = noting(reached, engine, [
    'requestSinglePayment',
    'requestInvoicePayment',
    'cancelPayment',
    'capturePayment',
    'resolveLate',
    'payment',
    'listPayments',
    'startHandshake',
    'closeHandshake',
    'authenticate',
  ])
  return { ...engine, ...noted }
}

/** These methods, each noting its name before it runs. */
function noting<T extends object, N extends keyof T & string>(
  reached: string[],
  of: T,
  names: readonly N[],
): Pick<T, N> {
  const noted = names.map((name) => {
    const run = of[name]
    assert.ok(typeof run === 'function')
    const call = (...args: unknown[]): unknown => {
      reached.push(name)
      return run(...args)
    }
    return [name, call]
  })
  return Object.fromEntries(noted)
}
