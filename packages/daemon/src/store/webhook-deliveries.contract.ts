import assert from 'node:assert/strict'
import type { Store } from '../engine/ports.ts'
import type { Attempted, Delivery, EndpointId } from '../engine/webhook-ports.ts'
import type { LogEvent, StreamId } from '../log/stream.ts'
import { type OpenStore, promiseOf } from './contract-test.ts'
import { failure, NOW_MS, samplePayment } from './sample-subjects.ts'
import { sampleEndpoint } from './webhook-endpoints.contract.ts'

const ID = 'we_1' as EndpointId

/** An endpoint, then `count` events in one stream. */
async function setUp({ webhooks, ...store }: Store, count: number): Promise<readonly LogEvent[]> {
  await webhooks.createEndpoint(sampleEndpoint({ id: ID }), null, 50)
  return events(store, count)
}

async function events(
  store: Pick<Store, 'createPayment' | 'commit' | 'events'>,
  count: number,
  atMs = NOW_MS,
): Promise<readonly LogEvent[]> {
  const payment = samplePayment()
  await store.createPayment(payment, null, null)
  for (let i = 0; i < count; i++) {
    const before = { ...payment, version: i, eventCount: i }
    await store.commit(failure(before, `reason ${i}`, { atMs: atMs + i }))
  }
  return store.events(payment.streamId, 0, 100)
}

const at = (list: readonly LogEvent[], i: number) => list[i] ?? assert.fail(`no event ${i}`)

function delivered(event: LogEvent, over: Partial<Delivery> = {}): Delivery {
  return {
    ...{ endpointId: ID, event, state: 'delivered', attempts: 1, queuedAtMs: NOW_MS },
    ...{ dueAtMs: null, lastAttemptAtMs: NOW_MS, status: 200, answer: null, error: null },
    ...over,
  }
}

function waiting(event: LogEvent, dueAtMs: number): Delivery {
  const failed = { status: 500, answer: 'no', error: 'it answered 500' }
  return delivered(event, { state: 'waiting', dueAtMs, ...failed })
}

function attempted(delivery: Delivery, over: Partial<Attempted> = {}): Attempted {
  return { delivery, cursor: 0, disable: false, pause: null, atMs: NOW_MS, ...over }
}

const due = async ({ webhooks }: Store, nowMs: number) =>
  (await webhooks.dueDeliveries(ID, nowMs, 100)).map(({ event }) => event.position)

export function exerciseDeliveries(open: OpenStore): void {
  const promise = promiseOf(open)

  promise('a try is kept with its cursor, and looked up with its event', async (store) => {
    const list = await setUp(store, 2)
    const { webhooks } = store
    const first = delivered(at(list, 0))
    const record = attempted(first, { cursor: at(list, 0).position })
    assert.deepEqual(await webhooks.recordAttempt(record), { blocked: false })
    const second = waiting(at(list, 1), NOW_MS + 5)
    assert.deepEqual(await webhooks.recordAttempt(attempted(second)), { blocked: true })
    assert.equal((await webhooks.endpoint(ID))?.cursor, at(list, 0).position)
    assert.deepEqual(await webhooks.deliveries(ID, null, null, 10), [second, first])
    assert.deepEqual(await webhooks.deliveries(ID, 'delivered', null, 10), [first])
    assert.deepEqual(await webhooks.deliveries(ID, 'failed', null, 10), [])
    assert.deepEqual(await webhooks.deliveries(ID, null, null, 1), [second])
    assert.deepEqual(await webhooks.deliveries(ID, null, at(list, 1).position, 10), [first])
    const { stream, index } = at(list, 1)
    assert.deepEqual(await webhooks.delivery(ID, stream.id, index), second)
    assert.equal(await webhooks.delivery(ID, stream.id, 9), null)
    assert.equal(await webhooks.lastRecorded(ID), at(list, 1).position)
    assert.equal(await webhooks.isRecorded(ID, at(list, 0).position), true)
    assert.equal(await webhooks.isRecorded(ID, at(list, 1).position + 1), false)
    const third = delivered(at(list, 1), { attempts: 2 })
    assert.deepEqual(await webhooks.recordAttempt(attempted(third)), { blocked: false })
    assert.deepEqual(await webhooks.delivery(ID, stream.id, index), third)
  })

  promise('of one stream only the earliest waiting delivery is due', async (store) => {
    const list = await setUp(store, 3)
    const positions = list.map(({ position }) => position)
    const { webhooks } = store
    assert.equal(await webhooks.queueBehind(ID, list.slice(1), 0, NOW_MS), false)
    const failed = waiting(at(list, 0), NOW_MS + 10)
    await webhooks.recordAttempt(attempted(failed))
    const behind = [at(list, 1), at(list, 2)]
    assert.equal(await webhooks.queueBehind(ID, behind, positions[2] ?? 0, NOW_MS), true)
    assert.equal((await webhooks.endpoint(ID))?.cursor, positions[2])
    assert.deepEqual(await due(store, NOW_MS + 9), [])
    assert.equal(await webhooks.nextDueAtMs(ID, NOW_MS), NOW_MS + 10)
    assert.equal(await webhooks.nextDueAtMs(ID, NOW_MS + 10), null)

    for (const [i, event] of list.entries()) {
      assert.deepEqual(await due(store, NOW_MS + 10), [event.position])
      const { blocked } = await webhooks.recordAttempt(attempted(delivered(event)))
      assert.equal(blocked, i < 2)
    }
    assert.deepEqual(await due(store, NOW_MS + 10), [])
  })

  promise('a delivery given up lets the next one go', async (store) => {
    const list = await setUp(store, 2)
    const { webhooks } = store
    const failed = waiting(at(list, 0), NOW_MS + 10)
    await webhooks.recordAttempt(attempted(failed))
    await webhooks.queueBehind(ID, [at(list, 1)], 0, NOW_MS)
    const gaveUp = delivered(at(list, 0), { state: 'failed', status: 500, error: 'no' })
    await webhooks.recordAttempt(attempted(gaveUp, { atMs: NOW_MS + 1 }))
    const [next] = await webhooks.dueDeliveries(ID, NOW_MS + 1, 10)
    assert.deepEqual([next?.event.index, next?.attempts], [1, 0])
  })

  promise(
    'deliveries are due in the order of their time, for their endpoint alone',
    async (store) => {
      const { webhooks } = store
      const other = 'we_2' as EndpointId
      await webhooks.createEndpoint(sampleEndpoint({ id: other }), null, 50)
      const [a] = await setUp(store, 1)
      const [b] = await events(store, 1)
      assert.ok(a !== undefined && b !== undefined)
      await webhooks.recordAttempt(attempted(waiting(a, 20)))
      await webhooks.recordAttempt(attempted(waiting(b, 10)))
      assert.deepEqual(await due(store, 30), [b.position, a.position])
      assert.equal((await webhooks.dueDeliveries(ID, 30, 1))[0]?.event.position, b.position)
      assert.deepEqual(await webhooks.dueDeliveries(other, 30, 10), [])
      assert.equal(await webhooks.queueBehind(other, [a], 0, NOW_MS), false)
    },
  )

  promise('an endpoint that says 410 is disabled with the try that heard it', async (store) => {
    const [event] = await setUp(store, 1)
    assert.ok(event !== undefined)
    await store.webhooks.recordAttempt(attempted(waiting(event, 9), { disable: true, atMs: 8 }))
    assert.equal((await store.webhooks.endpoint(ID))?.disabledAtMs, 8)
  })

  promise('an endpoint that is gone gets no deliveries any more', async (store) => {
    const [event] = await setUp(store, 1)
    assert.ok(event !== undefined)
    await store.webhooks.deleteEndpoint(ID, NOW_MS)
    await store.webhooks.recordAttempt(attempted(waiting(event, 9)))
    assert.deepEqual(await store.webhooks.deliveries(ID, null, null, 10), [])
  })

  promise('any event can be sent again, before those of its stream that wait', async (store) => {
    const list = await setUp(store, 3)
    const { webhooks } = store
    const stream = at(list, 0).stream.id
    const failed = waiting(at(list, 1), NOW_MS + 900)
    await webhooks.recordAttempt(attempted(failed))
    await webhooks.queueBehind(ID, [at(list, 2)], 0, NOW_MS)
    // To come in its turn; passed by and known to nobody; known and waiting; and what is no event at all.
    assert.equal(await webhooks.redeliver(ID, stream, 0, NOW_MS), true)
    assert.deepEqual(await due(store, NOW_MS + 900), [at(list, 1).position])
    await webhooks.moveCursor(ID, at(list, 2).position)
    assert.equal(await webhooks.redeliver(ID, stream, 0, NOW_MS), true)
    assert.deepEqual(await due(store, NOW_MS + 900), [at(list, 0).position])
    assert.equal(await webhooks.redeliver(ID, stream, 1, NOW_MS), true)
    assert.equal(await webhooks.redeliver(ID, stream, 3, NOW_MS), false)
    assert.equal(await webhooks.redeliver(ID, 'other' as StreamId, 0, NOW_MS), false)
    assert.deepEqual(await due(store, NOW_MS), [at(list, 0).position])
    const kept = await webhooks.delivery(ID, stream, 1)
    assert.deepEqual([kept?.attempts, kept?.status, kept?.queuedAtMs], [0, 500, NOW_MS])
    await webhooks.recordAttempt(attempted(delivered(at(list, 0))))
    assert.deepEqual(await due(store, NOW_MS), [at(list, 1).position])
  })

  promise('of pauses the one that ends last is kept', async (store) => {
    const list = await setUp(store, 1)
    const { webhooks } = store
    const pauses = [5, 9, 7].map((ms) => ({ sinceMs: NOW_MS, untilMs: NOW_MS + ms }))
    for (const pause of pauses) {
      await webhooks.recordAttempt(attempted(waiting(at(list, 0), NOW_MS), { pause }))
    }
    assert.deepEqual((await webhooks.endpoint(ID))?.pause, pauses[1])
    await webhooks.changeEndpoint(ID, () => ({ pause: null }))
    assert.equal((await webhooks.endpoint(ID))?.pause, null)
  })

  promise('what a clock noted that ran ahead comes back with it', async (store) => {
    const lists = [await setUp(store, 2), await events(store, 1), await events(store, 1)]
    const [tried, fresh, honest] = lists.map((list) => at(list, 0))
    const later = at(lists[0] ?? [], 1)
    assert(tried !== undefined && fresh !== undefined && honest !== undefined)
    const { webhooks } = store
    const aheadMs = NOW_MS + 1_000_000
    const pause = { sinceMs: aheadMs, untilMs: aheadMs + 60 }
    const ahead = { ...waiting(tried, aheadMs + 50), lastAttemptAtMs: aheadMs }
    await webhooks.recordAttempt(attempted(ahead, { atMs: aheadMs, pause }))
    await webhooks.queueBehind(ID, [later], 0, aheadMs)
    await webhooks.moveCursor(ID, honest.position)
    await webhooks.redeliver(ID, fresh.stream.id, 0, aheadMs)
    await webhooks.recordAttempt(attempted(waiting(honest, NOW_MS + 500)))

    await webhooks.followClock(ID, NOW_MS + 10)
    const dueOf = async ({ stream, index }: LogEvent) =>
      (await webhooks.delivery(ID, stream.id, index))?.dueAtMs
    assert.deepEqual(
      [await dueOf(tried), await dueOf(later), await dueOf(fresh), await dueOf(honest)],
      [NOW_MS + 60, null, NOW_MS + 10, NOW_MS + 500],
    )
    const moved = { sinceMs: NOW_MS + 10, untilMs: NOW_MS + 70 }
    assert.deepEqual((await webhooks.endpoint(ID))?.pause, moved)
    // Again, it changes nothing.
    await webhooks.followClock(ID, NOW_MS + 20)
    assert.equal(await dueOf(tried), NOW_MS + 60)
    assert.deepEqual((await webhooks.endpoint(ID))?.pause, moved)
  })

  promise('what was sent in some time can be sent again, page by page', async (store) => {
    const list = await setUp(store, 5)
    const { webhooks } = store
    for (const event of list) await webhooks.recordAttempt(attempted(delivered(event)))
    const range = { fromMs: NOW_MS + 1, toMs: NOW_MS + 4, after: 0 }
    const first = await webhooks.redeliverRange(ID, range, 2, NOW_MS)
    assert.deepEqual(first, { count: 2, next: at(list, 2).position })
    const rest = { ...range, after: first.next ?? 0 }
    assert.deepEqual(await webhooks.redeliverRange(ID, rest, 2, NOW_MS), { count: 1, next: null })
    const states = (await webhooks.deliveries(ID, null, null, 10)).map(({ state }) => state)
    assert.deepEqual(states, ['delivered', 'waiting', 'waiting', 'waiting', 'delivered'])
    assert.deepEqual(await due(store, NOW_MS), [at(list, 1).position])
  })

  promise('old deliveries are forgotten, but never work', async (store) => {
    const list = await setUp(store, 6)
    const { webhooks } = store
    const cursor = at(list, 4).position
    for (const event of list) {
      const tried = delivered(event, { lastAttemptAtMs: event.createdAtMs })
      await webhooks.recordAttempt(attempted(tried, { cursor }))
    }
    await webhooks.redeliver(ID, at(list, 1).stream.id, 1, NOW_MS)
    const left = async () =>
      (await webhooks.deliveries(ID, null, null, 10)).map(({ event }) => event.index)
    // By age; the second one waits.
    assert.equal(await webhooks.forgetDeliveries(NOW_MS + 3, 100, 1), 1)
    assert.equal(await webhooks.forgetDeliveries(NOW_MS + 3, 100, 100), 1)
    assert.deepEqual(await left(), [5, 4, 3, 1])
    // By number.
    assert.equal(await webhooks.forgetDeliveries(0, 2, 100), 1)
    assert.deepEqual(await left(), [5, 4, 1])
    // The last one lies beyond the cursor: it says that this event is done.
    assert.equal(await webhooks.forgetDeliveries(NOW_MS + 100, 100, 100), 1)
    assert.deepEqual(await left(), [5, 1])
    // Of an endpoint that is gone, all.
    await webhooks.deleteEndpoint(ID, NOW_MS)
    assert.equal(await webhooks.forgetDeliveries(0, 100, 1), 1)
    assert.equal(await webhooks.forgetDeliveries(0, 100, 100), 1)
    assert.deepEqual(await left(), [])
  })
}
