import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Fence } from '../engine/webhook-ports.ts'
import { type OpenStore, promiseOf } from './contract-test.ts'
import { failure, hex, NOW_MS, paid, samplePayment } from './sample-subjects.ts'
import { sampleEndpoint } from './webhook-endpoints.contract.ts'

const HOUR_MS = 3_600_000

export function exerciseCoordination(open: OpenStore): void {
  const promise = promiseOf(open)

  describe('a lease', () => {
    promise('is one holder’s until it is given back', async (store) => {
      const take = (holder: string) => store.takeLease('courier', holder, NOW_MS, HOUR_MS)
      const first = (await take('a')) ?? assert.fail('it was free')
      assert.equal(await take('b'), null)
      assert.deepEqual(await take('a'), first)
      await store.releaseLease('courier', 'b')
      assert.equal(await take('b'), null)
      await store.releaseLease('courier', 'a')
      const second = (await take('b')) ?? assert.fail('it was given back')
      assert.ok(second.epoch > first.epoch)
      assert.equal(await take('a'), null)
      assert.notEqual(await store.takeLease('another', 'a', NOW_MS, HOUR_MS), null)
    })

    promise('is another’s once it has run out', async (store) => {
      const first = (await store.takeLease('courier', 'a', NOW_MS, 0)) ?? assert.fail()
      const second = (await store.takeLease('courier', 'b', NOW_MS, HOUR_MS)) ?? assert.fail()
      assert.ok(second.epoch > first.epoch)
      assert.equal(await store.takeLease('courier', 'a', NOW_MS, HOUR_MS), null)
    })

    promise('is seen to be free, or not, without taking it', async (store) => {
      const free = () => store.freeLeases(['mine', 'ended', 'never'], NOW_MS)
      await store.takeLease('mine', 'a', NOW_MS, HOUR_MS)
      await store.takeLease('ended', 'a', NOW_MS, 0)
      assert.deepEqual(await free(), ['ended', 'never'])
      await store.releaseLease('mine', 'a')
      assert.deepEqual(await free(), ['mine', 'ended', 'never'])
    })

    promise('goes to one of those who ask at once', async (store) => {
      const holders = Array.from({ length: 10 }, (_, i) => `holder ${i}`)
      const taken = await Promise.all(
        holders.map((holder) => store.takeLease('courier', holder, NOW_MS, HOUR_MS)),
      )
      assert.equal(taken.filter((lease) => lease !== null).length, 1)
    })

    promise('that is another’s fences off what a courier wanted to write', async (store) => {
      const { webhooks } = store
      const payment = samplePayment()
      await store.createPayment(payment, null, null)
      await webhooks.createEndpoint(sampleEndpoint(), null, 50)
      const { id } = sampleEndpoint()
      await store.commit(paid(payment))
      const [event] = await store.feed(0, 10)
      if (event === undefined) assert.fail('nothing was logged')
      const { epoch } = (await store.takeLease('courier', 'a', NOW_MS, 0)) ?? assert.fail()
      const mine: Fence = { lease: 'courier', epoch }
      await webhooks.moveCursor(id, event.position - 1, mine)
      const delivery = {
        endpointId: id,
        event,
        state: 'waiting',
        attempts: 1,
        queuedAtMs: NOW_MS,
        dueAtMs: NOW_MS,
        lastAttemptAtMs: NOW_MS,
        status: 500,
        answer: null,
        error: 'no',
      } as const
      const told = { cursor: event.position, disable: false, pause: null, atMs: NOW_MS }
      const attempted = { delivery, ...told }
      await webhooks.recordAttempt(attempted, mine)

      await store.takeLease('courier', 'b', NOW_MS, HOUR_MS)
      const before = [await webhooks.endpoint(id), await webhooks.deliveries(id, null, null, 10)]
      const late = { ...attempted, delivery: { ...delivery, attempts: 2 } }
      const far = event.position + 9
      await assert.rejects(webhooks.recordAttempt(late, mine), { code: 'fenced' })
      await assert.rejects(webhooks.moveCursor(id, far, mine), { code: 'fenced' })
      await assert.rejects(webhooks.followClock(id, 0, mine), { code: 'fenced' })
      await assert.rejects(webhooks.queueBehind(id, [event], far, NOW_MS, mine), { code: 'fenced' })
      const after = [await webhooks.endpoint(id), await webhooks.deliveries(id, null, null, 10)]
      assert.deepEqual(after, before)
    })
  })

  describe('an allowance', () => {
    const rate = { perSecond: 1, burst: 10 }

    promise('gives out what there is and no more', async (store) => {
      assert.equal(await store.takeAllowance('requests', 4, rate, NOW_MS), 4)
      assert.equal(await store.takeAllowance('requests', 10, rate, NOW_MS), 6)
      assert.equal(await store.takeAllowance('requests', 1, rate, NOW_MS), 0)
      assert.equal(await store.takeAllowance('others', 1, rate, NOW_MS), 1)
    })

    promise('is shared by those who ask at once', async (store) => {
      const asked = Array.from({ length: 8 }, () =>
        store.takeAllowance('requests', 3, rate, NOW_MS),
      )
      const granted = await Promise.all(asked)
      assert.equal(
        granted.reduce((sum, n) => sum + n, 0),
        10,
      )
    })
  })

  promise('a value with an index moves on and never back within its series', async (store) => {
    const reached: (string | null)[] = []
    for (const text of ['n:9', 'n:10', 'n:9', 'n:10', 'n2:3', 'n2:2', ':7', 'n:1']) {
      await store.advanceValue('cursor', text)
      reached.push(await store.value('cursor'))
    }
    assert.deepEqual(reached, ['n:9', 'n:10', 'n:10', 'n:10', 'n2:3', 'n2:3', ':7', 'n:1'])
    await store.setValue('cursor', 'n:not a number')
    await store.advanceValue('cursor', 'm:1')
    assert.equal(await store.value('cursor'), 'm:1')
    await assert.rejects(store.advanceValue('cursor', 'no index'), RangeError)
  })

  promise('events that were received are told from those that were not', async (store) => {
    const payment = samplePayment()
    await store.createPayment(payment, null, null)
    await store.commit(failure(payment, 'r', { receivedEventId: hex(1) }))
    assert.deepEqual(await store.receivedAmong([hex(2), hex(1), hex(3)]), [hex(1)])
    assert.deepEqual(await store.receivedAmong([]), [])
  })
}
