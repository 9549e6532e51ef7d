// An engine in a world of fakes: virtual time, a node and a messenger that do as a test says, the real
// store in memory.
import { DatabaseSync } from 'node:sqlite'
import { type LightningNetwork, msat, type PublicKey, secp256k1 as secp } from 'portal-protocol'
import { createEngine, type Engine } from '../engine/engine.ts'
import { silentLogger } from '../engine/logger.ts'
import type { Store } from '../engine/ports.ts'
import type { SingleOrder } from '../engine/requests.ts'
import type { Json } from '../log/json.ts'
import type { StreamId } from '../log/stream.ts'
import type { Payment } from '../payment/payment.ts'
import { sqliteStoreOn } from '../store/sqlite-store.ts'
import { createFakeLightning, type FakeLightning } from './fake-lightning.ts'
import { createFakeMessenger, type FakeMessenger, testKey } from './fake-messenger.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

export const USER: PublicKey = testKey(200)
export const START_MS = 1_800_000_000_000

export interface World {
  readonly clock: VirtualClock
  readonly lightning: FakeLightning
  readonly messenger: FakeMessenger
  readonly store: Store
  readonly engine: Engine
  /** Asks USER for 10 sat; `order` overrides. */
  ask(order?: Partial<SingleOrder>): Promise<Payment>
  /** What the merchant was told in this stream, as `status/code`. */
  told(streamId: StreamId): Promise<string[]>
  data(streamId: StreamId): Promise<Json[]>
  current(payment: Payment): Promise<Payment>
  /** The process dies and starts again on the same store; the messenger and engine are new. */
  restart(): Promise<void>
  close(): Promise<void>
}

export async function openWorld(network: LightningNetwork | null = null): Promise<World> {
  const clock = createVirtualClock(START_MS)
  const lightning = createFakeLightning(clock)
  const store = await sqliteStoreOn(new DatabaseSync(':memory:'), { clock })
  let drawn = 0
  let messenger = createFakeMessenger()
  let engine = await startEngine()

  async function startEngine(): Promise<Engine> {
    const random = (length: number) => {
      drawn += 1
      return Uint8Array.from({ length }, (_, i) => ((drawn * 31 + i * 7) % 256) ^ (drawn >> 3))
    }
    const started = createEngine({
      store,
      lightning,
      messenger,
      clock,
      random,
      secp,
      log: silentLogger,
      network,
    })
    await started.start()
    await clock.settle()
    return started
  }

  const events = (streamId: StreamId) => store.events(streamId, 0, 1_000)

  return {
    clock,
    lightning,
    get messenger() {
      return messenger
    },
    store,
    get engine() {
      return engine
    },
    async ask(order = {}) {
      const asked = engine.requestSinglePayment({ ...ORDER, ...order }, null)
      await clock.settle()
      return asked
    },
    async told(streamId) {
      await clock.settle()
      return (await events(streamId)).map(({ data }) => words(data))
    },
    data: async (streamId) => (await events(streamId)).map((event) => event.data),
    async current(payment) {
      await clock.settle()
      const found = await store.payment(payment.id)
      if (found === null) throw new Error('the payment is gone')
      return found
    },
    async restart() {
      await engine.stop()
      messenger = createFakeMessenger()
      engine = await startEngine()
    },
    async close() {
      await engine.stop()
      await store.close()
    },
  }
}

/** A test's body, in a world of its own. */
export function inWorld(check: (world: World) => Promise<void>, network?: LightningNetwork) {
  return async () => {
    const world = await openWorld(network)
    try {
      await check(world)
    } finally {
      await world.close()
    }
  }
}

export const ORDER: SingleOrder = {
  mainKey: USER,
  subkeys: [],
  amountMsat: msat(10_000),
  description: 'Premium - 1 month',
  subscriptionId: null,
  authToken: null,
  requestId: null,
  capture: 'automatic',
  expiresInS: null,
  metadata: null,
}

function words(data: Json): string {
  if (typeof data !== 'object' || data === null || !('status' in data)) return JSON.stringify(data)
  const { status, code, late } = data
  return [status, code, late === true ? 'late' : undefined]
    .filter((word) => word !== undefined)
    .join('/')
}
