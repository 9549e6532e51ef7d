import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Due } from '../engine/ports.ts'
import type { Payment } from '../payment/payment.ts'
import { type OpenStore, promiseOf } from './contract-test.ts'
import {
  change,
  hash,
  key,
  NOW_MS,
  paid,
  sampleAuthentication,
  sampleHandshake,
  samplePayment,
  timedOut,
} from './sample-subjects.ts'

export function exerciseFind(open: OpenStore): void {
  const promise = promiseOf(open)
  describe('finding', () => {
    promise('knows a payment by user and request id', async (store) => {
      const one = samplePayment({ requestId: 'order', mainKey: key(1) })
      const other = samplePayment({ requestId: 'order', mainKey: key(2) })
      await store.createPayment(one, null, null)
      await store.createPayment(other, null, null)
      assert.deepEqual(await store.paymentByRequest(key(1), 'order'), one)
      assert.equal(await store.paymentByRequest(key(3), 'order'), null)
      assert.deepEqual(await store.paymentsByRequestId('order', 10), [other, one])
      assert.deepEqual(await store.paymentsByRequestId('order', 1), [other])
    })

    promise('knows all payments of a hash, newest first', async (store) => {
      const payments = [1, 2, 3].map((n) =>
        samplePayment({ paymentHash: hash(5), createdAtMs: NOW_MS + n, endedAtMs: NOW_MS }),
      )
      for (const payment of payments) await store.createPayment(payment, null, null)
      assert.deepEqual(await store.paymentsByHash(hash(5), 2), payments.toReversed().slice(0, 2))
      assert.deepEqual(await store.paymentsByHash(hash(6), 2), [])
    })

    promise('answers null for what is not there', async (store) => {
      assert.equal(await store.payment(samplePayment().id), null)
      assert.equal(await store.conversation(sampleHandshake().streamId), null)
      assert.equal(await store.handshakeByToken('none'), null)
      assert.equal(await store.authenticationByChallenge('none'), null)
      assert.equal(await store.value('none'), null)
    })

    promise(
      'finds what waits for a key: main, declared or proven, until it ends',
      async (store) => {
        const payment = samplePayment({ mainKey: key(1), subkeys: [key(2)] })
        const asked = sampleAuthentication({ mainKey: key(1) })
        await store.createPayment(payment, null, null)
        await store.createConversation(asked, null, null)
        await store.createPayment(samplePayment({ mainKey: key(9) }), null, null)
        await store.createConversation(sampleHandshake(), null, null)
        const waiting = async (n: number) => ids(await store.awaitingAnswer([key(n)], 10))
        assert.deepEqual(await waiting(1), [payment.id, asked.streamId])
        assert.deepEqual(await waiting(2), [payment.id])
        assert.deepEqual(await waiting(3), [])

        const proven = { ...payment, subkeys: [key(2), key(3)] }
        await store.commit(change(proven))
        await store.commit(change({ ...asked, subkeys: [key(3)] }))
        assert.deepEqual(await waiting(3), [payment.id, asked.streamId])
        assert.equal((await store.awaitingAnswer(null, 10)).length, 3)
        assert.equal((await store.awaitingAnswer(null, 2)).length, 2)
        assert.equal((await store.awaitingAnswer([key(1), key(2), key(9)], 10)).length, 3)

        await store.commit(paid({ ...proven, version: 1 }))
        const declined = { ...asked, subkeys: [key(3)], version: 1, ended: true, eventCount: 1 }
        await store.commit(change(declined, { events: [{ status: 'timeout' }] }))
        for (const n of [1, 2, 3]) assert.deepEqual(await waiting(n), [])
      },
    )

    promise('names the keys that may answer, one for each thing that waits', async (store) => {
      const first = samplePayment({ mainKey: key(1), subkeys: [key(2)], createdAtMs: 100 })
      const second = samplePayment({ mainKey: key(1), createdAtMs: 200 })
      const asked = sampleAuthentication({ mainKey: key(3), createdAtMs: 300 })
      await store.createPayment(first, null, null)
      await store.createPayment(second, null, null)
      await store.createConversation(asked, null, null)
      const all = await store.answerKeys(150, 10)
      assert.deepEqual([...all.open].sort(), [key(1), key(1), key(2), key(3)])
      assert.deepEqual(all.recent, [key(3), key(1)])
      // However many wait: whoever is not named is not heard.
      assert.deepEqual((await store.answerKeys(150, 1)).open.toSorted(), all.open.toSorted())
      await store.commit(timedOut(first))
      const later = await store.answerKeys(0, 10)
      assert.deepEqual([...later.open].sort(), [key(1), key(3)])
      assert.deepEqual(later.recent, [key(3), key(1), key(2)])
      assert.equal((await store.answerKeys(0, 1)).recent.length, 1)
    })

    promise('names the relays of users with something unended', async (store) => {
      const payment = samplePayment({ mainKey: key(1) })
      const asked = sampleAuthentication({ mainKey: key(2) })
      await store.createPayment(payment, null, null)
      await store.createConversation(asked, null, null)
      const handshake = sampleHandshake({ reusable: true })
      await store.createConversation(handshake, null, null)
      const relays = [['wss://a', 'wss://b'], ['wss://b'], ['wss://c']]
      for (const [i, named] of relays.entries()) {
        const userRelays = { mainKey: key(i + 1), relays: named }
        await store.commit(change({ ...handshake, version: i }, { userRelays, atMs: i }))
      }
      assert.deepEqual(await store.relaysInUse(10), ['wss://b', 'wss://a'])
      assert.deepEqual(await store.relaysInUse(1), ['wss://b'])
      await store.commit(paid(payment))
      assert.deepEqual(await store.relaysInUse(10), ['wss://b'])
    })
  })

  describe('the oldest invoice worth reconciling', () => {
    const own = (n: number, over: Partial<Payment> = {}) =>
      samplePayment({ paymentHash: hash(n), invoiceState: 'open', createdAtMs: n, ...over })

    promise('is that of an open payment with an invoice of our own', async (store) => {
      const oldest = async () => store.oldestUnsettledMs({ open: true })
      assert.equal(await oldest(), null)
      await store.createPayment(samplePayment({ createdAtMs: 1 }), null, null)
      await store.createPayment(own(2, { ownInvoice: false }), null, null)
      assert.equal(await oldest(), null)
      const payment = own(3)
      await store.createPayment(payment, null, null)
      await store.createPayment(own(4), null, null)
      assert.equal(await oldest(), 3)
      await store.commit(paid(payment))
      assert.equal(await oldest(), 4)
    })

    promise('counts ended ones too, until they expired long ago', async (store) => {
      const old = own(1, { expiresAt: 100 })
      const newer = own(2, { expiresAt: 200 })
      const dead = own(0, { invoiceState: 'cancelled' })
      for (const payment of [old, newer, dead]) await store.createPayment(payment, null, null)
      await store.commit(timedOut(old))
      const oldest = async (expiresAfterMs: number) => store.oldestUnsettledMs({ expiresAfterMs })
      assert.equal(await oldest(99_999), 1)
      assert.equal(await oldest(100_000), 2)
      assert.equal(await oldest(200_000), null)
      await store.commit(paid(newer))
      assert.equal(await oldest(0), 1)
    })
  })

  describe('values', () => {
    promise('are set, replaced, and set only where there is none', async (store) => {
      await store.setValue('cursor', '1')
      await store.setValue('cursor', '2')
      assert.equal(await store.value('cursor'), '2')
      const secrets = await Promise.all(['a', 'b', 'c'].map((v) => store.initValue('secret', v)))
      assert.deepEqual(secrets, ['a', 'a', 'a'])
      assert.equal(await store.initValue('cursor', '3'), '2')
    })

    promise('are written and read by a ping', async (store) => {
      assert.equal(await store.ping(), true)
    })
  })
}

function ids(dues: readonly Due[]): string[] {
  return dues.map((due) => (due.type === 'payment' ? due.payment.id : due.conversation.streamId))
}
