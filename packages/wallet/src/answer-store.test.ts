import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { msat, parsePaymentHash } from 'portal-protocol'
import {
  type AnswerRecord,
  type AnswerStore,
  AnswerStoreError,
  createMemoryAnswerStore,
  type PayingRecord,
} from './answer-store.ts'
import { openSqliteAnswerStore } from './sqlite-answer-store.ts'
import { createManualClock } from './testing/manual-clock.ts'
import { randomIdentity } from './testing/merchant.ts'

const NOW = 1_790_000_000
const clock = createManualClock(NOW * 1_000)
const service = randomIdentity()
const answer = service.sign({ kind: 28_001, created_at: NOW, tags: [['p', 'é']], content: 'x' })

function record(id: string, fields: Partial<AnswerRecord> = {}): AnswerRecord {
  return {
    service: service.publicKey,
    type: 'payment',
    id,
    state: 'closed',
    payable: null,
    answer,
    keepUntil: NOW + 60,
    savedAtMs: NOW * 1_000,
    ...fields,
  }
}

function paying(id: string, hash: string, fields: Partial<AnswerRecord> = {}): PayingRecord {
  const paymentHash = parsePaymentHash(hash.repeat(64))
  assert(paymentHash !== undefined)
  const payable = { invoice: `lnbcrt${hash}`, paymentHash, amountMsat: msat(2n ** 53n - 1n) }
  return { ...record(id, fields), state: 'paying', payable }
}

type Opened = { store: AnswerStore; reopen: () => AnswerStore; close: () => Promise<void> }

const STORES: Record<string, (recordsMax: number) => Opened> = {
  memory(recordsMax) {
    const store = createMemoryAnswerStore({ clock, recordsMax })
    return { store, reopen: () => store, close: () => store.close() }
  },
  sqlite(recordsMax) {
    const dir = mkdtempSync(join(tmpdir(), 'portal-wallet-'))
    const path = join(dir, 'answers.sqlite')
    let store = openSqliteAnswerStore(path, { clock, recordsMax })
    return {
      store,
      reopen() {
        store.close()
        store = openSqliteAnswerStore(path, { clock, recordsMax })
        return store
      },
      async close() {
        await store.close()
        rmSync(dir, { recursive: true })
      },
    }
  },
}

for (const [name, open] of Object.entries(STORES)) {
  describe(`the ${name} answer store`, () => {
    async function withStore(run: (opened: Opened) => Promise<void>, recordsMax = 100) {
      const opened = open(recordsMax)
      try {
        await run(opened)
      } finally {
        await opened.close()
      }
    }

    test('gives back exactly what was saved, also after it was opened again', () =>
      withStore(async ({ store, reopen }) => {
        const saved = paying('a', '1')
        await store.begin(saved)
        await store.save(record('b', { type: 'login', answer: null }))
        const again = reopen()
        assert.deepEqual(await again.find(saved), saved)
        assert.deepEqual(await again.find(record('b', { type: 'login' })), {
          ...record('b', { type: 'login', answer: null }),
        })
        assert.equal(await again.find(record('b')), null)
      }))

    test('knows what is being paid until it is told the end', () =>
      withStore(async ({ store, reopen }) => {
        const begun = paying('a', '1')
        await store.begin(begun)
        await store.begin(paying('b', '2'))
        await store.save({ ...paying('b', '2'), state: 'paid' })
        assert.deepEqual(await reopen().paying(), [begun])
      }))

    test('tells what was saved of late, the newest first', () =>
      withStore(async ({ store }) => {
        for (const [id, savedAtMs] of [
          ['b', 2],
          ['a', 1],
          ['c', 3],
        ] as const) {
          await store.save(record(id, { savedAtMs }))
        }
        const ids = async (atMs: number, limit: number) =>
          (await store.savedSince(atMs, limit)).map(({ id }) => id)
        assert.deepEqual(await ids(2, 10), ['c', 'b'])
        assert.deepEqual(await ids(0, 1), ['c'])
      }))

    test('an invoice is paid once, for whatever request; a failed one may be tried again', () =>
      withStore(async ({ store }) => {
        assert.equal(await store.begin(paying('a', '1')), true)
        assert.equal(await store.begin(paying('b', '1')), false)
        assert.equal(await store.find(record('b')), null)
        await store.save({ ...paying('a', '1'), state: 'paid' })
        assert.equal(await store.begin(paying('b', '1')), false)
        await store.save({ ...paying('a', '1'), state: 'closed' })
        assert.equal(await store.begin(paying('b', '1')), true)
      }))

    test('of two that begin to pay the same invoice at once, one does', () =>
      withStore(async ({ store }) => {
        const begun = await Promise.all(['a', 'b', 'c'].map((id) => store.begin(paying(id, '1'))))
        assert.deepEqual(begun, [true, false, false])
      }))

    test('forgets the expired, then the oldest unpaid, never a payment', () =>
      withStore(async ({ store }) => {
        await store.begin(paying('paying', '1', { keepUntil: NOW - 10 }))
        await store.save({ ...paying('paid', '2'), state: 'paid' })
        await store.save(record('first'))
        await store.save(record('expired', { keepUntil: NOW - 1 }))
        await store.save(record('second'))
        await store.save(record('third'))
        const kept = async () => {
          const ids = ['paying', 'paid', 'first', 'expired', 'second', 'third']
          const found = await Promise.all(ids.map((id) => store.find(record(id))))
          return found.flatMap((each) => (each === null ? [] : [each.id]))
        }
        assert.deepEqual(await kept(), ['paying', 'paid', 'second', 'third'])
        await store.save({ ...paying('second', '3'), state: 'paid' })
        await store.save({ ...paying('third', '4'), state: 'paid' })
        await assert.rejects(
          store.save(record('one too many')),
          (error) => error instanceof AnswerStoreError && error.code === 'full',
        )
        // What is on record can still be brought to its end.
        await store.save({ ...paying('paying', '1'), state: 'paid' })
      }, 4))
  })
}

test('a second wallet on the same file is refused', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'portal-wallet-'))
  const path = join(dir, 'answers.sqlite')
  const store = openSqliteAnswerStore(path, { clock })
  assert.throws(
    () => openSqliteAnswerStore(path, { clock }),
    (error) => error instanceof AnswerStoreError && error.code === 'in_use',
  )
  await store.close()
  await openSqliteAnswerStore(path, { clock }).close()
  rmSync(dir, { recursive: true })
})
