import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { type CommitResult, type Store, StoreError } from '../engine/ports.ts'
import type { LogEvent } from '../log/stream.ts'
import type { Payment } from '../payment/payment.ts'
import { type OpenStore, promiseOf } from './contract-test.ts'
import {
  change,
  failure,
  hash,
  hex,
  key,
  NOW_MS,
  paid,
  preimage,
  sampleAuthentication,
  sampleHandshake,
  samplePayment,
  timedOut,
} from './sample-subjects.ts'

export function exerciseCommit(open: OpenStore): void {
  const promise = promiseOf(open)
  describe('a commit', () => {
    promise('writes the subject, its events and its wake time together', async (store) => {
      const payment = await created(store)
      const approved: Payment = { ...payment, status: 'user_approved', eventCount: 1 }
      const event = { status: 'user_approved' } as const
      const wakeAtMs = NOW_MS + 5
      const done = await store.commit(change(approved, { events: [event], wakeAtMs, atMs: 77 }))
      assert.equal(done, 'committed')
      assert.deepEqual(await store.payment(payment.id), { ...approved, version: 1 })
      assert.equal(await store.nextWakeAtMs(), wakeAtMs)
      const { id, streamId, requestId } = payment
      const stream = { id: streamId, type: 'payment', paymentId: id, requestId, ended: false }
      assert.deepEqual(await store.stream(streamId), stream)
      const [logged, ...others] = await store.events(streamId, 0, 10)
      const { position } = logged ?? assert.fail('nothing was logged')
      assert.deepEqual(logged, { position, stream, index: 0, createdAtMs: 77, data: event })
      assert.deepEqual(others, [])
    })

    promise('from an older version is stale and changes nothing', async (store) => {
      const payment = await created(store)
      const change = failure(payment, 'first')
      assert.equal(await store.commit(change), 'committed')
      const late = failure(payment, 'second', { receivedEventId: hex(1), wakeAtMs: 5 })
      assert.equal(await store.commit(late), 'stale')
      assert.deepEqual(await store.payment(payment.id), { ...change.subject, version: 1 })
      assert.equal((await store.events(payment.streamId, 0, 10)).length, 1)
      assert.equal(await store.nextWakeAtMs(), null)
      // The event that came with the stale change was not used up.
      const again = failure({ ...payment, version: 1, eventCount: 1 }, 'second', {
        receivedEventId: hex(1),
      })
      assert.equal(await store.commit(again), 'committed')
    })

    promise('that brings an invoice which another payment has changes nothing', async (store) => {
      const [one, other, third] = [await created(store), await created(store), await created(store)]
      const bring = (payment: Payment) =>
        store.commit(change({ ...payment, state: 'invoiced', paymentHash: hash(5) }))
      // Also when both come at once.
      const results = await Promise.all([bring(one), bring(other)])
      assert.deepEqual(results.sort(), ['committed', 'payment_hash_taken'])
      assert.equal(await bring(third), 'payment_hash_taken')
      assert.equal((await store.paymentsByHash(hash(5), 10)).length, 1)
      assert.deepEqual(await store.payment(third.id), third)
    })

    promise('of an event received before is a duplicate and changes nothing', async (store) => {
      const [one, other] = [await created(store), await created(store)]
      const receivedEventId = hex(1)
      assert.equal(await store.commit(failure(one, 'said', { receivedEventId })), 'committed')
      assert.equal(await store.commit(failure(other, 'said', { receivedEventId })), 'duplicate')
      assert.deepEqual(await store.payment(other.id), other)
      assert.deepEqual(await store.events(other.streamId, 0, 10), [])
    })

    promise('counts an event once, however often it comes at once', async (store) => {
      const payments = await Promise.all(Array.from({ length: 10 }, () => created(store)))
      const results = await Promise.all(
        payments.map((payment) => store.commit(failure(payment, 'r', { receivedEventId: hex(9) }))),
      )
      assert.deepEqual(results.sort(), ['committed', ...Array(9).fill('duplicate')])
      assert.equal((await store.feed(0, 100)).length, 1)
    })

    promise(
      'that follows from several events is one of none, where one came before',
      async (store) => {
        const [one, other] = [await created(store), await created(store)]
        const brought = (n: number) => ({
          receivedEventId: hex(n),
          userRelays: { mainKey: key(n), relays: [`wss://r${n}`] },
        })
        const more = [brought(2), brought(3)]
        assert.equal(await store.commit(failure(one, 'said', { ...brought(1), more })), 'committed')
        assert.deepEqual(await store.relaysOf(key(3)), ['wss://r3'])
        assert.deepEqual(await store.receivedAmong([hex(2), hex(3), hex(4)]), [hex(2), hex(3)])
        const again = failure(other, 'said', { ...brought(4), more: [brought(3), brought(5)] })
        assert.equal(await store.commit(again), 'duplicate')
        assert.deepEqual(await store.payment(other.id), other)
        assert.deepEqual(await store.receivedAmong([hex(4), hex(5)]), [])
      },
    )

    promise('that leaves a gap in its stream is refused alone', async (store) => {
      const [one, broken, other] = await Promise.all([1, 2, 3].map(() => created(store)))
      if (one === undefined || broken === undefined || other === undefined) assert.fail()
      const gap = failure({ ...broken, eventCount: 3 }, 'r', { receivedEventId: hex(1) })
      const [first, refused, last] = await Promise.allSettled([
        store.commit(failure(one, 'r')),
        store.commit(gap),
        store.commit(failure(other, 'r')),
      ])
      assert.deepEqual(first, { status: 'fulfilled', value: 'committed' })
      assert.deepEqual(last, { status: 'fulfilled', value: 'committed' })
      assert.equal(refused.status === 'rejected' && codeOf(refused.reason), 'refused')
      assert.deepEqual(await store.payment(broken.id), broken)
      assert.equal(
        await store.commit(failure(broken, 'r', { receivedEventId: hex(1) })),
        'committed',
      )
    })

    promise('of a subject that was never created is refused', async (store) => {
      await assert.rejects(store.commit(failure(samplePayment(), 'r')), { code: 'refused' })
      await assert.rejects(store.commit(change(sampleHandshake())), { code: 'refused' })
    })

    promise('keeps what handshakes and authentications became', async (store) => {
      const handshake = sampleHandshake({ reusable: true, expiresAt: null })
      const asked = sampleAuthentication()
      await store.createConversation(handshake, null, null)
      await store.createConversation(asked, null, null)
      const scanned = { ...handshake, eventCount: 1 }
      const client_info = { name: 'wallet', version: '1' }
      const scan = { main_key: key(1), preferred_relays: ['wss://r'], client_info }
      const declined = { ...asked, ended: true, eventCount: 1 }
      const no = { status: 'declined', reason: 'no' } as const
      assert.equal(await store.commit(change(scanned, { events: [scan] })), 'committed')
      assert.equal(await store.commit(change(declined, { events: [no] })), 'committed')
      assert.equal(await store.commit(change(declined, { events: [no] })), 'stale')
      assert.deepEqual(await store.conversation(asked.streamId), { ...declined, version: 1 })
      const told = (await store.feed(0, 10)).map(({ stream, data }) => [
        stream.type,
        stream.ended,
        data,
      ])
      assert.deepEqual(told, [
        ['key_handshake', false, scan],
        ['authenticate_key', true, no],
      ])
    })

    promise('remembers at most five relays of a user, those named last', async (store) => {
      const handshake = sampleHandshake({ reusable: true })
      await store.createConversation(handshake, null, null)
      assert.deepEqual(await store.relaysOf(key(1)), [])
      const many = [1, 2, 3, 4, 5, 6, 7].map((n) => `wss://relay${n}`)
      for (const [version, relays] of [['wss://old'], many].entries()) {
        const named = change({ ...handshake, version }, { userRelays: { mainKey: key(1), relays } })
        assert.equal(await store.commit(named), 'committed')
      }
      assert.deepEqual(await store.relaysOf(key(1)), many.slice(0, 5))
    })
  })

  describe('the log', () => {
    promise('numbers each stream densely from 0 under concurrent commits', async (store) => {
      const payments = await Promise.all(Array.from({ length: 4 }, () => created(store)))
      const writers = payments.flatMap((payment) =>
        Array.from({ length: 10 }, (_, i) => insist(store, payment, `reason ${i}`)),
      )
      await Promise.all(writers)
      for (const { streamId } of payments) {
        const events = await store.events(streamId, 0, 100)
        assert.deepEqual(
          events.map(({ index }) => index),
          Array.from({ length: 10 }, (_, i) => i),
        )
        assert.equal(new Set(events.map(({ data }) => JSON.stringify(data))).size, 10)
      }
    })

    promise('tells listeners everything once, in order, after it can be read', async (store) => {
      const told: LogEvent[] = []
      const readable: Promise<boolean>[] = []
      const stop = store.onCommitted((events) => {
        told.push(...events)
        for (const { stream, index } of events) {
          readable.push(store.events(stream.id, index, 1).then(([event]) => event !== undefined))
        }
      })
      const payments = await Promise.all(Array.from({ length: 30 }, () => created(store)))
      await Promise.all(payments.map((payment) => insist(store, payment, 'r')))
      assert.deepEqual(told, await store.feed(0, 100))
      assert.equal(told.length, 30)
      const positions = told.map(({ position }) => position)
      assert.deepEqual(
        positions,
        [...positions].sort((a, b) => a - b),
      )
      assert.ok((await Promise.all(readable)).every((there) => there))
      stop()
      await insist(store, payments[0] ?? assert.fail(), 'unheard')
      assert.equal(told.length, 30)
    })

    promise('is read in pages by index and by position', async (store) => {
      const [one, other] = [await created(store), await created(store)]
      for (let i = 0; i < 5; i++) {
        await insist(store, one, `r${i}`)
        await insist(store, other, `r${i}`)
      }
      const page = await store.events(one.streamId, 2, 2)
      assert.deepEqual(
        page.map(({ index }) => index),
        [2, 3],
      )
      assert.deepEqual(await store.events(one.streamId, 5, 10), [])
      const seen: LogEvent[] = []
      for (;;) {
        const next = await store.feed(seen.at(-1)?.position ?? 0, 3)
        if (next.length === 0) break
        seen.push(...next)
      }
      assert.deepEqual(seen, await store.feed(0, 100))
      assert.equal(await store.logEnd(), seen.at(-1)?.position)
      assert.equal(seen.length, 10)
    })

    promise('goes on after the end, for money that comes late', async (store) => {
      const payment = await created(store)
      const ended = timedOut(payment)
      await store.commit(ended)
      assert.equal((await store.stream(payment.streamId))?.ended, true)
      const before = { ...payment, ...ended.subject, version: 1 }
      const late = { status: 'paid', preimage: preimage(1), late: true } as const
      const told = { ...before, late: true, eventCount: 2 }
      assert.equal(await store.commit(change(told, { events: [late] })), 'committed')
      const events = await store.events(payment.streamId, 1, 10)
      assert.deepEqual(
        events.map(({ index, data }) => [index, data]),
        [[1, late]],
      )
      assert.equal(events[0]?.stream.ended, true)
    })

    promise('of an unknown stream is empty', async (store) => {
      const { streamId } = samplePayment()
      assert.equal(await store.stream(streamId), null)
      assert.deepEqual(await store.events(streamId, 0, 10), [])
    })
  })

  describe('closing', () => {
    promise('finishes the writes that were taken and takes no more', async (store) => {
      const payment = samplePayment()
      const creating = store.createPayment(payment, null, null)
      const closing = store.close()
      assert.equal((await creating).result, 'created')
      await closing
      await assert.rejects(store.commit(paid(payment)), { code: 'closed' })
      await assert.rejects(store.payment(payment.id), { code: 'closed' })
      assert.equal(await store.ping(), false)
    })
  })
}

async function created(store: Store): Promise<Payment> {
  const payment = samplePayment()
  await store.createPayment(payment, null, null)
  return payment
}

// Loads, decides and commits until it is not stale, as the engine does.
async function insist(store: Store, payment: Payment, reason: string): Promise<void> {
  let result: CommitResult
  do {
    const now = (await store.payment(payment.id)) ?? assert.fail('the payment is gone')
    result = await store.commit(failure(now, reason))
  } while (result === 'stale')
}

function codeOf(error: unknown): string | null {
  return error instanceof StoreError ? error.code : null
}
