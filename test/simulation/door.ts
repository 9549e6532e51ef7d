// The daemon's HTTP door: the real app with its real handlers, made once because making it is dear, in
// front of whichever daemon lives now. A request dies with the daemon that was answering it.
import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import type { Engine } from '../../packages/daemon/src/engine/engine.ts'
import type { Logger } from '../../packages/daemon/src/engine/logger.ts'
import type { Clock } from '../../packages/daemon/src/engine/ports.ts'
import type { Webhooks } from '../../packages/daemon/src/engine/webhooks.ts'
import { createMetrics } from '../../packages/daemon/src/http/metrics.ts'
import { createHttpServer, type HttpServer } from '../../packages/daemon/src/http/server.ts'
import { findToken, storedToken } from '../../packages/daemon/src/http/tokens.ts'
import { Died, type Mortal } from './mortal.ts'
import { standInSecp256k1 as secp } from './stand-in-secp256k1.ts'
import type { World } from './world.ts'

export type Request = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** `refused`: nobody listens; `cut`: the daemon died before it had answered. */
export type Answer = { readonly status: number; readonly body: unknown } | 'refused' | 'cut'

/** A daemon that answers requests. */
export type Inhabitant = {
  readonly webhooks: Webhooks
  readonly mortal: Mortal
  readonly engine: Engine
  readonly world: World
  readonly log: Logger
  /** How many of those who wait for events it follows the log for. */
  readers: number
}

export interface Door {
  /** Whose door it is from now on. */
  inhabitant: Inhabitant | null
  /** Aborted by a caller who hangs up; it is never answered then. */
  call(request: Request, hungUp: AbortSignal): Promise<Answer>
  /** Whether whoever is here was paused since then, and so cannot have answered. */
  pausedSince(atMs: number): boolean
}

const TOKEN = 'token-of-the-simulation'
const TOKENS = [storedToken({ name: 'admin', scopes: ['admin'], token: TOKEN }, 0)]
// Registered once for all doors.
const METRICS = createMetrics()
const PLENTY = { perSecond: 1e9, burst: 1e9 }
const UNLIMITED = {
  read: { perToken: PLENTY, inAll: PLENTY },
  write: { perToken: PLENTY, inAll: PLENTY },
  creatingMax: 1e9,
  endingMax: 1e9,
  readersMax: 1e9,
  connectionsMax: 1e9,
}

export function createDoor(): Door {
  // Which daemon a request came to, so that one that died cannot be answered by the next.
  const arrivedAt = new AsyncLocalStorage<Inhabitant>()
  const door: { inhabitant: Inhabitant | null } = { inhabitant: null }
  const here = (): Inhabitant => {
    const inhabitant = arrivedAt.getStore() ?? door.inhabitant
    if (inhabitant === null || !inhabitant.mortal.alive) throw new Died('nobody is here')
    return inhabitant
  }
  const server = openServer(here, () => door.inhabitant)

  return {
    get inhabitant() {
      return door.inhabitant
    },
    set inhabitant(inhabitant) {
      door.inhabitant = inhabitant
    },
    pausedSince: (atMs) => door.inhabitant?.mortal.pausedSince(atMs) ?? false,
    async call(request, hungUp) {
      const { inhabitant } = door
      if (inhabitant === null || !inhabitant.mortal.alive) return 'refused'
      inhabitant.world.timeline.touched(true)
      const answer = inhabitant.mortal
        .awake()
        .then(() => arrivedAt.run(inhabitant, () => inject(server, request, hungUp)))
      const given = answer.then((reply) => sent(reply, inhabitant))
      hungUp.addEventListener('abort', () => inhabitant.world.timeline.touched(true))
      return Promise.race([inhabitant.mortal.death, given]).catch((error) => cutOff(error, hungUp))
    },
  }
}

function cutOff(error: unknown, hungUp: AbortSignal): 'cut' {
  if (error instanceof Died || hungUp.aborted) return 'cut'
  throw error
}

function sent(answer: Answer, { mortal, world }: Inhabitant): Answer {
  world.timeline.touched(true)
  return mortal.effect('an answer', () => answer) ?? 'cut'
}

async function inject(server: HttpServer, request: Request, hungUp: AbortSignal): Promise<Answer> {
  // What comes as a stream can be cut off at any time, and what does not only before it was read.
  const json = request.body === undefined ? null : JSON.stringify(request.body)
  const { statusCode, body } = await server.inject({
    method: request.method,
    url: request.url,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(json === null ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(json === null ? {} : { payload: Readable.from([Buffer.from(json)]) }),
    signal: hungUp,
  })
  const isJson = body.startsWith('{')
  return { status: statusCode, body: isJson ? JSON.parse(body) : body }
}

function openServer(here: () => Inhabitant, current: () => Inhabitant | null): HttpServer {
  const clock: Clock = {
    nowMs: () => current()?.mortal.clock.nowMs() ?? 0,
    setTimer(delayMs, run) {
      const { mortal, world } = here()
      const ring = () => {
        world.timeline.touched(true)
        run()
      }
      mortal.onDeath(() => ended(ring))
      return mortal.clock.setTimer(delayMs, ring)
    },
  }
  return createHttpServer({
    engine: engineBehind(here, current),
    clock,
    random: (length) => current()?.mortal.random(length) ?? new Uint8Array(length),
    secp,
    log: {
      info: (event, fields) => current()?.log.info(event, fields),
      warn: (event, fields) => current()?.log.warn(event, fields),
      error: (event, fields) => current()?.log.error(event, fields),
    },
    tokens: { verify: (bearer) => findToken(TOKENS, bearer, 0) },
    corsOrigins: [],
    version: '0.0.0',
    info: {
      network: () => 'regtest',
      sandbox: false,
      lightning: 'nwc',
      relays: () => [],
      warm: () => true,
    },
    webhooks: webhooksBehind(here),
    shared: null,
    relay: null,
    sandbox: null,
    metrics: { ...METRICS, show() {} },
    limits: UNLIMITED,
  })
}

/** Has a long poll of the dead come to its end, or this app would remember it for ever. */
function ended(ring: () => void): void {
  try {
    ring()
  } catch (error) {
    if (!(error instanceof Died)) throw error
  }
}

/** The engine of the daemon that a request came to. */
function engineBehind(here: () => Inhabitant, current: () => Inhabitant | null): Engine {
  const ask = <R>(run: (engine: Engine) => Promise<R>) => asked(here(), ({ engine }) => run(engine))
  return {
    get publicKey() {
      return here().engine.publicKey
    },
    get lightning() {
      return here().engine.lightning
    },
    log: {
      stream: (id) => ask(({ log }) => log.stream(id)),
      events: (id, from, limit) => ask(({ log }) => log.events(id, from, limit)),
      feed: (after, limit) => ask(({ log }) => log.feed(after, limit)),
      at: (after) => ask(({ log }) => log.at(after)),
      end: () => ask(({ log }) => log.end()),
      subscribe(id, listener) {
        const inhabitant = current()
        if (inhabitant === null) return () => {}
        const leave = inhabitant.engine.log.subscribe(id, (event) => {
          inhabitant.world.timeline.touched(true)
          listener(event)
        })
        inhabitant.readers += 1
        return () => {
          inhabitant.readers -= 1
          leave()
        }
      },
    },
    start: async () => {},
    stop: async () => {},
    endWaits() {},
    requestSinglePayment: (order, key) => ask((engine) => engine.requestSinglePayment(order, key)),
    requestInvoicePayment: (order, key) =>
      ask((engine) => engine.requestInvoicePayment(order, key)),
    cancelPayment: (id) => ask((engine) => engine.cancelPayment(id)),
    capturePayment: (id) => ask((engine) => engine.capturePayment(id)),
    resolveLate: (id, note) => ask((engine) => engine.resolveLate(id, note)),
    payment: (id) => ask((engine) => engine.payment(id)),
    listPayments: (filter, before, limit) =>
      ask((engine) => engine.listPayments(filter, before, limit)),
    startHandshake: (order, key) => ask((engine) => engine.startHandshake(order, key)),
    closeHandshake: (id) => ask((engine) => engine.closeHandshake(id)),
    authenticate: (order, key) => ask((engine) => engine.authenticate(order, key)),
    readiness: () => here().engine.readiness(),
  }
}

function webhooksBehind(here: () => Inhabitant): Webhooks {
  const ask = <R>(run: (webhooks: Webhooks) => Promise<R>) =>
    asked(here(), ({ webhooks }) => run(webhooks))
  return {
    list: () => ask((webhooks) => webhooks.list()),
    create: (order, key) => ask((webhooks) => webhooks.create(order, key)),
    remove: (id) => ask((webhooks) => webhooks.remove(id)),
    rotate: (id, order) => ask((webhooks) => webhooks.rotate(id, order)),
    enable: (id) => ask((webhooks) => webhooks.enable(id)),
    test: (id) => ask((webhooks) => webhooks.test(id)),
    deliveries: (id, filter, cursor, limit) =>
      ask((webhooks) => webhooks.deliveries(id, filter, cursor, limit)),
    redeliver: (id, what) => ask((webhooks) => webhooks.redeliver(id, what)),
  }
}

/** The answer of one who lives; the dead give none. */
function asked<R>(of: Inhabitant, run: (of: Inhabitant) => Promise<R>): Promise<R> {
  const { mortal, world } = of
  world.timeline.touched(true)
  const answer = run(of).finally(() => world.timeline.touched(true))
  return Promise.race([answer, mortal.death])
}
