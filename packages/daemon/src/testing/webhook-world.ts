// Webhooks in virtual time: the real store in memory, receivers that do as a test says.
import { DatabaseSync } from 'node:sqlite'
import { createLogReader } from '../engine/log-reader.ts'
import { silentLogger } from '../engine/logger.ts'
import type { Store, StoreError } from '../engine/ports.ts'
import type { WebhookEndpoint } from '../engine/webhook-ports.ts'
import type { EndpointOrder } from '../engine/webhooks.ts'
import type { Payment } from '../payment/payment.ts'
import { failure, samplePayment } from '../store/sample-subjects.ts'
import { sqliteStoreOn } from '../store/sqlite-store.ts'
import type { Outcome } from '../webhooks/lane.ts'
import { createWebhooks, type WebhookService, type WebhooksDeps } from '../webhooks/webhooks.ts'
import { createFakeSender, type FakeSender, type Receiver } from './fake-sender.ts'
import { createLife } from './life.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

export const START_MS = 1_800_000_000_000

export interface WebhookWorld {
  readonly clock: VirtualClock
  readonly store: Store
  readonly sender: FakeSender
  readonly webhooks: WebhookService
  readonly outcomes: Outcome[]
  /** Thrown by every method of the webhook store while set. */
  trouble: StoreError | null
  /** Endpoint `https://NAME.example/`, all events unless told otherwise, and who receives there. */
  endpoint(
    name: string,
    order?: Partial<EndpointOrder>,
  ): Promise<{ readonly endpoint: WebhookEndpoint; readonly receiver: Receiver }>
  /** A new payment with so many events. */
  pay(events?: number): Promise<Payment>
  /** So many more events of a payment. */
  tell(payment: Payment, events: number): Promise<Payment>
  /** The process dies, whatever it was doing, and starts again on the same store. */
  crash(): Promise<void>
  close(): Promise<void>
}

export async function openWebhookWorld(
  over: Partial<Pick<WebhooksDeps, 'settings' | 'allowPrivate'>> = {},
): Promise<WebhookWorld> {
  const clock = createVirtualClock(START_MS)
  const store = await sqliteStoreOn(new DatabaseSync(':memory:'), { clock })
  const sender = createFakeSender(clock)
  const outcomes: Outcome[] = []
  let drawn = 0
  const random = (length: number) => {
    drawn += 1
    return Uint8Array.from({ length }, (_, i) => (drawn * 73 + i * 151) % 256)
  }
  let end = () => {}

  async function start(): Promise<WebhookService> {
    // What a process that died was about to write or to send, it never does.
    const life = createLife()
    const service = createWebhooks({
      store: life.of(store.webhooks, () => world.trouble),
      leases: store,
      reader: createLogReader(store),
      conversation: (stream) => store.conversation(stream),
      sender: life.of(sender),
      clock,
      random,
      log: silentLogger,
      allowPrivate: over.allowPrivate ?? false,
      settings: over.settings ?? [],
      recorded: (outcome) => void outcomes.push(outcome),
    })
    end = life.end
    await service.start()
    await clock.settle()
    return service
  }

  async function tell(payment: Payment, events: number): Promise<Payment> {
    let told = payment
    for (let i = 0; i < events; i++) {
      const change = failure(told, `reason ${told.eventCount}`, { atMs: clock.nowMs() })
      await store.commit(change)
      told = { ...told, version: told.version + 1, eventCount: told.eventCount + 1 }
    }
    return told
  }

  const world: WebhookWorld = {
    clock,
    store,
    sender,
    get webhooks() {
      return webhooks
    },
    outcomes,
    trouble: null,
    async endpoint(name, order = {}) {
      const url = `https://${name}.example/`
      const all = { url, secret: null, events: null, format: 'standard', ...order } as const
      const { endpoint } = await webhooks.create(all, null)
      await clock.settle()
      return { endpoint, receiver: sender.at(url) }
    },
    async pay(events = 1) {
      const payment = samplePayment()
      await store.createPayment(payment, null, null)
      return tell(payment, events)
    },
    tell,
    async crash() {
      end()
      sender.die()
      await clock.settle()
      webhooks = await start()
    },
    async close() {
      const stopped = webhooks.stop()
      await clock.advance(5_000)
      await stopped
      await store.close()
    },
  }
  let webhooks = await start()
  return world
}

/** A test's body, in a world of its own. */
export function inWebhookWorld(check: (world: WebhookWorld) => Promise<void>) {
  return async () => {
    const world = await openWebhookWorld()
    try {
      await check(world)
    } finally {
      await world.close()
    }
  }
}
