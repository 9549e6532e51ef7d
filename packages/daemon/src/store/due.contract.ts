import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Due, Store } from '../engine/ports.ts'
import { type OpenStore, promiseOf } from './contract-test.ts'
import { change, paid, sampleAuthentication, samplePayment } from './sample-subjects.ts'

const LEASE_MS = 5_000

export function exerciseDue(open: OpenStore): void {
  const promise = promiseOf(open)
  describe('what is due', () => {
    promise('is claimed earliest first, payments and conversations alike', async (store) => {
      const [late, asked, early] = [samplePayment(), sampleAuthentication(), samplePayment()]
      await store.createPayment(late, null, 300)
      await store.createConversation(asked, null, 200)
      await store.createPayment(early, null, 100)
      await store.createPayment(samplePayment(), null, null)
      assert.equal(await store.nextWakeAtMs(), 100)
      assert.deepEqual(await store.claimDue(99, 10, LEASE_MS), [])
      assert.deepEqual(await store.claimDue(1_000, 2, LEASE_MS), [
        { type: 'payment', payment: early },
        { type: 'conversation', conversation: asked },
      ])
      assert.equal(await store.nextWakeAtMs(), 300)
      assert.deepEqual(await claimed(store, 1_000), [late.id])
      assert.equal(await store.nextWakeAtMs(), 1_000 + LEASE_MS)
    })

    promise('is claimed again when the lease has passed and nothing came of it', async (store) => {
      const payment = samplePayment()
      await store.createPayment(payment, null, 100)
      assert.deepEqual(await claimed(store, 100), [payment.id])
      assert.deepEqual(await claimed(store, 100 + LEASE_MS - 1), [])
      assert.deepEqual(await claimed(store, 100 + LEASE_MS), [payment.id])
    })

    promise('is never claimed by two at once', async (store) => {
      const payments = Array.from({ length: 30 }, () => samplePayment())
      await Promise.all(payments.map((payment) => store.createPayment(payment, null, 100)))
      const claims = await Promise.all(
        Array.from({ length: 8 }, () => store.claimDue(200, 5, LEASE_MS)),
      )
      const ids = claims.flat().map(idOf)
      assert.deepEqual(ids.sort(), payments.map(({ id }) => id as string).sort())
    })

    promise('stays claimable by version: a claim changes no subject', async (store) => {
      const payment = samplePayment()
      await store.createPayment(payment, null, 100)
      await store.claimDue(100, 10, LEASE_MS)
      assert.equal(await store.commit(paid(payment)), 'committed')
    })

    promise('is due at once when its claim is dropped, however far ahead it was', async (store) => {
      const claimed = samplePayment({ taskAtMs: 50 })
      const waiting = samplePayment({ taskAtMs: 700_000 })
      const asked = { ...sampleAuthentication(), taskAtMs: 50 }
      await store.createPayment(claimed, null, 600_000)
      await store.createPayment(waiting, null, 700_000)
      await store.createPayment(samplePayment(), null, null)
      await store.createConversation(asked, null, 600_000)
      await store.dropClaims(100)
      assert.deepEqual(
        (await store.claimDue(100, 10, LEASE_MS)).map(idOf).sort(),
        [claimed.id as string, asked.streamId as string].sort(),
      )
      assert.equal(await store.nextWakeAtMs(), 100 + LEASE_MS)
      await store.dropClaims(200_000)
      assert.equal((await store.claimDue(699_999, 10, LEASE_MS)).length, 2)
      assert.equal((await store.claimDue(700_000, 10, LEASE_MS)).length, 1)
    })

    promise('is put off, or no longer due at all, by a commit', async (store) => {
      const payment = samplePayment()
      await store.createPayment(payment, null, 100)
      await store.commit(change(payment, { wakeAtMs: 900 }))
      assert.equal(await store.nextWakeAtMs(), 900)
      await store.commit(change({ ...payment, version: 1 }, { wakeAtMs: null }))
      assert.equal(await store.nextWakeAtMs(), null)
      assert.deepEqual(await claimed(store, 10_000), [])
    })
  })
}

async function claimed(store: Store, nowMs: number): Promise<string[]> {
  return (await store.claimDue(nowMs, 10, LEASE_MS)).map(idOf)
}

function idOf(due: Due): string {
  return due.type === 'payment' ? due.payment.id : due.conversation.streamId
}
