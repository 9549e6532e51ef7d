// Webhooks of several daemons on one store, in virtual time.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { createLogReader } from '../engine/log-reader.ts'
import { silentLogger } from '../engine/logger.ts'
import type { Store } from '../engine/ports.ts'
import type { Payment } from '../payment/payment.ts'
import { failure, NOW_MS, samplePayment } from '../store/sample-subjects.ts'
import { sqliteStoreOn } from '../store/sqlite-store.ts'
import { createTurns } from '../store/turns.ts'
import { createFakeSender } from '../testing/fake-sender.ts'
import { createLife, type Life } from '../testing/life.ts'
import { createChannels } from '../testing/memory-channels.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createWebhooks, type WebhookService } from './webhooks.ts'

const URL_ = 'https://shop.example/'
const ORDER = { url: URL_, secret: null, events: null, format: 'standard' } as const
const LEASE_MS = 5_000

describe('webhooks of several daemons', () => {
  it('are sent by one of them, each once and in order', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      const payments = [await pay(a.store, 3), await pay(b.store, 3)]
      await clock.advance(3_000)
      assert.deepEqual(receiver.accepted().sort(), payments.flatMap(indexes).sort())
      assert.deepEqual(ofStream(receiver.accepted(), payments[1]), indexes(payments[1]))
    })
  })

  it('go on when the one that sends is killed, within its lease and a second', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      receiver.delayMs = 300
      const first = await pay(a.store, 2)
      await clock.advance(100)
      a.life.end()
      const killedAtMs = clock.nowMs()
      const second = await pay(b.store, 2)
      await clock.advance(LEASE_MS + 1_000 - (clock.nowMs() - killedAtMs))
      assert.ok(receiver.got.some(({ atMs }) => atMs > killedAtMs))
      await clock.advance(3_000)
      // What was on its way came twice, under one id.
      for (const payment of [first, second]) {
        const ids = receiver.got.filter(({ data }) => data.stream_id === payment.streamId)
        assert.equal(new Set(ids.map(({ id }) => id)).size, 2)
        const indexesGot = ids.map(({ data }) => data.index)
        assert.deepEqual([...new Set(indexesGot)], [0, 1])
      }
    })
  })

  it('are left at once by one that stops', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      const stopped = a.webhooks.stop()
      await clock.advance(100)
      await stopped
      const payment = await pay(b.store, 1)
      await clock.advance(1_500)
      assert.deepEqual(receiver.accepted(), indexes(payment))
    })
  })

  it('keep their order though a daemon slept past its lease', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      const { endpoint } = await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      receiver.delayMs = 200
      const payment = await pay(a.store, 5)
      await clock.advance(250)
      a.life.freeze()
      await clock.advance(LEASE_MS + 3_000)
      const cursor = (await b.store.webhooks.endpoint(endpoint.id))?.cursor
      a.life.thaw()
      await clock.advance(5_000)
      // One message may have been on its way in the sleeper's hands; that is a repeat, under its id.
      const got = receiver.got.map(({ data }) => data.index)
      const firsts = [...new Set(got)]
      assert.deepEqual(firsts, [0, 1, 2, 3, 4])
      assert.ok(got.length <= 6, `${got}`)
      const after = await b.store.webhooks.endpoint(endpoint.id)
      assert.ok((after?.cursor ?? 0) >= (cursor ?? 0))
      const more = await pay(b.store, 2)
      await clock.advance(5_000)
      assert.deepEqual(ofStream(receiver.accepted(), more), indexes(more))
      assert.ok(payment.eventCount > 0)
    })
  })

  it('are written down by the holder of the lease alone, whatever another believes', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      a.isStubborn = true
      // Nothing of A's is renewed any more, and A does not know it.
      await clock.advance(LEASE_MS + 1_500)
      const payments = [await pay(a.store, 3), await pay(b.store, 3)]
      await clock.advance(3_000)
      assert.deepEqual([a.recorded, b.recorded], [0, 6])
      for (const payment of payments) {
        const firsts = [...new Set(ofStream(receiver.accepted(), payment))]
        assert.deepEqual(firsts, indexes(payment))
      }
    })
  })

  it('follow what the API changes at another daemon', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      const { endpoint } = await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      const before = await pay(a.store, 1)
      await clock.advance(500)
      const signature = receiver.got[0]?.headers['webhook-signature'] ?? ''
      await b.webhooks.rotate(endpoint.id, { secret: null, overlapS: 60 })
      await clock.advance(1_500)
      await pay(a.store, 1)
      await clock.advance(500)
      const rotated = receiver.got[1]?.headers['webhook-signature'] ?? ''
      assert.deepEqual(
        [signature, rotated].map((text) => text.split(' ').length),
        [1, 2],
      )

      const eventId = receiver.got[0]?.id ?? ''
      await b.webhooks.redeliver(endpoint.id, { eventId })
      await clock.advance(3_000)
      assert.equal(receiver.got.filter(({ id }) => id === eventId).length, 2)
      assert.ok(before.eventCount > 0)

      await b.webhooks.remove(endpoint.id)
      await clock.advance(1_500)
      const count = receiver.got.length
      await pay(a.store, 1)
      await clock.advance(3_000)
      assert.equal(receiver.got.length, count)
    })
  })

  it('come back at once when a pause is undone at another daemon, however soon', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      const { endpoint } = await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      receiver.behave = () => ({ status: 503, retryAfter: '3600' })
      const payment = await pay(a.store, 1)
      await clock.advance(10)
      receiver.behave = () => 200
      const eventId = receiver.got[0]?.id ?? ''
      assert.equal((await b.webhooks.redeliver(endpoint.id, { eventId })).queued, 1)
      await b.webhooks.enable(endpoint.id)
      await clock.advance(2_500)
      assert.deepEqual(receiver.accepted(), indexes(payment))
    })
  })

  it('keep a pause when another daemon goes on', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      receiver.behave = () => ({ status: 503, retryAfter: '3600' })
      await pay(a.store, 1)
      await clock.advance(100)
      a.life.end()
      receiver.behave = () => 200
      await pay(b.store, 1)
      await clock.advance(3_500_000)
      assert.equal(receiver.got.length, 1)
      await clock.advance(110_000)
      assert.equal(receiver.accepted().length, 2)
    })
  })

  it('come back when a 410 that one daemon was told is undone at another', async () => {
    await inTown(async ({ a, b, pay, clock, receiver }) => {
      const { endpoint } = await a.webhooks.create(ORDER, null)
      await clock.advance(1_500)
      receiver.behave = () => 410
      await pay(a.store, 1)
      await clock.advance(1_500)
      receiver.behave = () => 200
      const payment = await pay(a.store, 1)
      await clock.advance(1_500)
      assert.deepEqual(receiver.accepted(), [])
      await b.webhooks.enable(endpoint.id)
      await clock.advance(2_500)
      assert.deepEqual(ofStream(receiver.accepted(), payment), indexes(payment))
    })
  })
})

type Daemon = {
  readonly store: Store
  readonly webhooks: WebhookService
  readonly life: Life
  /** Tries that it wrote down. */
  recorded: number
  /** It believes to hold for ever what it held once. */
  isStubborn: boolean
}

async function inTown(
  check: (town: {
    readonly a: Daemon
    readonly b: Daemon
    readonly clock: ReturnType<typeof createVirtualClock>
    readonly receiver: ReturnType<ReturnType<typeof createFakeSender>['at']>
    readonly pay: (store: Store, events: number) => Promise<Payment>
  }) => Promise<void>,
): Promise<void> {
  const clock = createVirtualClock(NOW_MS)
  const sender = createFakeSender(clock)
  const database = new DatabaseSync(':memory:')
  const channels = createChannels()
  const turns = createTurns()
  let drawn = 0

  async function start(name: string): Promise<Daemon> {
    const life = createLife()
    const channel = channels.open()
    const store = await sqliteStoreOn(database, { clock }, { name, channel, turns })
    const seen = life.of(store)
    const daemon = { store, life, recorded: 0, isStubborn: false }
    const webhooks = createWebhooks({
      store: life.of(store.webhooks),
      leases: {
        shared: true,
        takeLease: async (...order) =>
          daemon.isStubborn ? { epoch: 1 } : seen.takeLease(...order),
        releaseLease: seen.releaseLease,
        freeLeases: seen.freeLeases,
      },
      reader: createLogReader(seen),
      conversation: (stream) => seen.conversation(stream),
      sender: life.of(sender),
      clock: life.clock(clock),
      random: (length) => {
        drawn += 1
        return Uint8Array.from({ length }, (_, i) => (drawn * 73 + i * 151) % 256)
      },
      log: silentLogger,
      allowPrivate: false,
      settings: [],
      recorded: () => {
        daemon.recorded += 1
      },
    })
    await webhooks.start()
    return Object.assign(daemon, { webhooks })
  }

  async function pay(store: Store, events: number): Promise<Payment> {
    let payment = samplePayment()
    await store.createPayment(payment, null, null)
    for (let i = 0; i < events; i++) {
      await store.commit(failure(payment, `reason ${i}`, { atMs: clock.nowMs() }))
      const { version, eventCount } = payment
      payment = { ...payment, version: version + 1, eventCount: eventCount + 1 }
    }
    return payment
  }

  const [a, b] = [await start('a'), await start('b')]
  await check({ a, b, clock, receiver: sender.at(URL_), pay })
  database.close()
}

function indexes(payment: Payment | undefined): string[] {
  if (payment === undefined) return []
  return Array.from({ length: payment.eventCount }, (_, i) => `${payment.streamId}/${i}`)
}

function ofStream(accepted: readonly string[], payment: Payment | undefined): string[] {
  return accepted.filter((event) => event.startsWith(`${payment?.streamId}/`))
}
