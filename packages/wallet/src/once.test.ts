import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NostrEvent } from 'portal-protocol'
import { type AnswerKey, createMemoryAnswerStore } from './answer-store.ts'
import { createOnce } from './once.ts'
import { createManualClock, settled } from './testing/manual-clock.ts'
import { randomIdentity } from './testing/merchant.ts'

const service = randomIdentity()
const keyOf = (id: string): AnswerKey => ({ service: service.publicKey, type: 'payment', id })

function setUp(inHandMax?: number) {
  const store = createMemoryAnswerStore({ clock: createManualClock(0) })
  const sent: NostrEvent[] = []
  const outbox = { send: (event: NostrEvent) => void sent.push(event) }
  return { store, sent, once: createOnce({ store, outbox, ...(inHandMax && { inHandMax }) }) }
}

test('a request is taken up once, however many copies come at the same time', async () => {
  const { once } = setUp()
  let taken = 0
  const takeUp = async () => {
    taken += 1
    await settled()
  }
  const copies = await Promise.all([1, 2, 3].map(() => once.run(keyOf('a'), takeUp)))
  assert.deepEqual(copies, [true, true, true])
  assert.equal(taken, 1)
})

test('a request of another service or another type is another request', async () => {
  const { once } = setUp()
  let taken = 0
  const takeUp = async () => {
    taken += 1
    await settled()
  }
  const other = { ...keyOf('a'), service: randomIdentity().publicKey }
  const login = { ...keyOf('a'), type: 'login' as const }
  await Promise.all([keyOf('a'), other, login].map((key) => once.run(key, takeUp)))
  assert.equal(taken, 3)
})

test('no more requests than allowed are in hand; what failed is in hand no longer', async () => {
  const { once } = setUp(2)
  const gate = Promise.withResolvers<void>()
  const first = once.run(keyOf('a'), () => gate.promise)
  const second = once.run(keyOf('b'), () => gate.promise)
  assert.equal(await once.run(keyOf('c'), assert.fail), false)
  gate.reject(new Error('broken'))
  await assert.rejects(first, /broken/)
  await assert.rejects(second, /broken/)
  assert.equal(await once.run(keyOf('c'), async () => {}), true)
})

test('a request that is being gone on with is not taken up again', async () => {
  const { once, store, sent } = setUp()
  const answer = service.sign({ kind: 28_001, created_at: 1, tags: [], content: '' })
  const record = { ...keyOf('a'), state: 'paying' as const, payable: null, answer }
  const kept = { ...record, keepUntil: 1, savedAtMs: 0 }
  await store.save(kept)
  await once.resume(kept, async () => {
    await once.run(keyOf('a'), assert.fail)
  })
  assert.deepEqual(sent, [answer])
})
