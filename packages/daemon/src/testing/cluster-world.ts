// Several daemons' engines on one shared store, with one node and one set of relays that all of them hear.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  type KeyHandshake,
  KIND,
  type PaymentResponseStatus,
  type PublicKey,
  secp256k1 as secp,
} from 'portal-protocol'
import { createEngine, type Engine } from '../engine/engine.ts'
import { silentLogger } from '../engine/logger.ts'
import type { Clock, Store } from '../engine/ports.ts'
import type { SingleOrder } from '../engine/requests.ts'
import type { Payment } from '../payment/payment.ts'
import { createFakeLightning, type FakeLightning } from './fake-lightning.ts'
import { createFakeMessenger, type FakeMessenger } from './fake-messenger.ts'
import { createLife, type Life } from './life.ts'
import { ORDER } from './world.ts'

export type ClusterDaemon = {
  readonly engine: Engine
  readonly store: Store
  readonly messenger: FakeMessenger
  readonly lightning: FakeLightning
  /** How often each method of the store was called. */
  readonly calls: Map<string, number>
  freeze(): void
  thaw(): void
  /** SIGKILL. */
  kill(): void
  /** SIGTERM. */
  stop(): Promise<void>
}

export interface ClusterWorld {
  readonly clock: Clock
  start(): Promise<ClusterDaemon>
  /** Asks a user of this test's own for 10 sat, at one of the daemons. */
  ask(at: ClusterDaemon, order?: Partial<SingleOrder>): Promise<Payment>
  /** All that run hear the same event. */
  answer(payment: Payment, status: PaymentResponseStatus): void
  handshake(author: PublicKey, message: KeyHandshake): void
  told(payment: Payment): Promise<string[]>
  /** What `look` finds once `holds`; time passes meanwhile. */
  until<T>(look: () => T | Promise<T>, holds: (found: T) => boolean): Promise<T>
  /** What comes of what was begun; time passes meanwhile. */
  outcome<T>(begun: Promise<T>): Promise<T>
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

export type ClusterParts = {
  readonly clock: Clock
  readonly openStore: () => Promise<Store>
  readonly until: ClusterWorld['until']
  readonly pass: ClusterWorld['pass']
  readonly close: () => Promise<void>
}

let events = 0

export function createCluster(parts: ClusterParts): ClusterWorld {
  const { clock } = parts
  const node = createFakeLightning(clock)
  const running = new Map<ClusterDaemon, Life>()
  const stores: Store[] = []
  const failures: unknown[] = []

  async function start(): Promise<ClusterDaemon> {
    const real = await parts.openStore()
    stores.push(real)
    const life = createLife()
    const calls = new Map<string, number>()
    const store = life.of(counted(real, calls))
    const messenger = createFakeMessenger()
    const lightning = node.seenByAnother()
    const engine = createEngine({
      store,
      lightning,
      messenger,
      clock: life.clock(clock),
      random: (length) => randomBytes(length),
      secp,
      log: silentLogger,
      network: null,
    })
    await engine.start()
    const leave = () => {
      running.delete(daemon)
      void lightning.close()
    }
    const daemon: ClusterDaemon = {
      engine,
      store,
      messenger,
      lightning,
      calls,
      freeze: life.freeze,
      thaw: life.thaw,
      kill() {
        life.end()
        leave()
      },
      async stop() {
        await engine.stop()
        leave()
      },
    }
    running.set(daemon, life)
    return daemon
  }

  function hear(
    author: PublicKey,
    kind: number,
    deliver: (daemon: ClusterDaemon, eventId: string) => Promise<void>,
  ): void {
    events += 1
    const eventId = events.toString(16).padStart(64, '0')
    for (const daemon of running.keys()) {
      if (!daemon.messenger.inbound.wanted(author, kind)) continue
      deliver(daemon, eventId).catch((error: unknown) => failures.push(error))
    }
  }

  async function outcome<T>(begun: Promise<T>): Promise<T> {
    let isOver = false
    const end = () => {
      isOver = true
    }
    begun.then(end, end)
    await parts.until(
      () => isOver,
      (over) => over,
    )
    return begun
  }

  const readable = () => stores[0] ?? fail()

  return {
    clock,
    start,
    async ask(at, order = {}) {
      return at.engine.requestSinglePayment({ ...ORDER, ...order }, null)
    },
    answer: ({ mainKey, requestId }, status) =>
      hear(mainKey, KIND.paymentResponse, ({ messenger }, eventId) =>
        messenger.inbound.paymentResponse({ eventId, author: mainKey }, { requestId, status }),
      ),
    handshake: (author, message) =>
      hear(author, KIND.keyHandshake, ({ messenger }, eventId) =>
        messenger.inbound.keyHandshake({ eventId, author }, message, message.preferredRelays),
      ),
    async told({ streamId }) {
      const logged = await readable().events(streamId, 0, 1_000)
      return logged.map(({ data }) => JSON.stringify(data))
    },
    until: parts.until,
    outcome,
    pass: parts.pass,
    async close() {
      assert.deepEqual(failures, [])
      await outcome(Promise.all([...running.keys()].map((daemon) => daemon.stop())))
      await outcome(Promise.all(stores.map((store) => store.close())))
      await parts.close()
    },
  }
}

function fail(): never {
  throw new Error('no daemon was started')
}

function counted(store: Store, calls: Map<string, number>): Store {
  const get = (target: Store, name: string | symbol, self: unknown) => {
    const method: unknown = Reflect.get(target, name, self)
    if (typeof method !== 'function' || typeof name !== 'string') return method
    return (...args: unknown[]) => {
      calls.set(name, (calls.get(name) ?? 0) + 1)
      return method.apply(target, args)
    }
  }
  return new Proxy(store, { get })
}
