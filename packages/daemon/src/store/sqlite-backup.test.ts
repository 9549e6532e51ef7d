import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { Store } from '../engine/ports.ts'
import { failure, NOW_MS, paid, samplePayment } from './sample-subjects.ts'
import { backUpSqlite } from './sqlite-backup.ts'
import { createSqliteStore } from './sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'portal-backup-'))
after(() => rmSync(folder, { recursive: true }))

let nowMs = NOW_MS
const open = (path: string) =>
  createSqliteStore(path, { clock: { nowMs: () => nowMs, setTimer: () => ({ cancel() {} }) } })
let files = 0
const fresh = () => join(folder, `${++files}.db`)

/** A payment whose log gets `count` events. */
async function tell(store: Store, count: number): Promise<void> {
  let payment = samplePayment()
  await store.createPayment(payment, null, null)
  for (let i = 0; i < count; i++) {
    const change = failure(payment, `${i}`)
    assert.equal(await store.commit(change), 'committed')
    payment = { ...payment, ...change.subject, version: i + 1 } as typeof payment
  }
}

async function lastOf(store: Store): Promise<number> {
  return (await store.feed(0, 1_000)).at(-1)?.position ?? 0
}

describe('a copy of the store, restored', () => {
  it('has all there was when it was made, and is its owner’s only', async () => {
    const path = fresh()
    const store = await open(path)
    const payment = samplePayment()
    await store.createPayment(payment, null, null)
    await store.commit(paid(payment))
    await store.setValue('settlement_cursor', '17')
    const copy = fresh()
    backUpSqlite(path, copy)
    assert.equal(statSync(copy).mode & 0o777, 0o600)
    assert.deepEqual([existsSync(`${copy}.part`), existsSync(`${copy}-wal`)], [false, false])

    const restored = await open(copy)
    assert.deepEqual(await restored.payment(payment.id), await store.payment(payment.id))
    assert.deepEqual(await restored.feed(0, 10), await store.feed(0, 10))
    assert.equal(await restored.value('settlement_cursor'), '17')
    await Promise.all([store.close(), restored.close()])
  })

  it('is another log, whose new events lie beyond all that the lost ones were given', async () => {
    const path = fresh()
    const store = await open(path)
    await tell(store, 3)
    const kept = await lastOf(store)
    const copy = fresh()
    backUpSqlite(path, copy)
    await tell(store, 2)
    const lost = await lastOf(store)
    const { logId } = await store.logAt(0)
    assert.deepEqual(await store.logAt(lost), { logId, lostSince: null, wasRestored: false })

    const restored = await open(copy)
    const place = await restored.logAt(kept)
    assert.notEqual(place.logId, logId)
    assert.deepEqual([place.lostSince, place.wasRestored], [null, true])
    assert.equal((await restored.logAt(lost)).lostSince, kept)
    await tell(restored, 2)
    const [event] = await restored.feed(kept, 1)
    assert(event !== undefined && event.position > lost)
    // For ever, whatever came since.
    for (const after of [kept + 1, lost]) {
      assert.equal((await restored.logAt(after)).lostSince, kept)
    }
    assert.equal((await restored.logAt(event.position)).lostSince, null)
    // Opened again it is the same log.
    await restored.close()
    const again = await open(copy)
    assert.equal((await again.logAt(0)).logId, place.logId)
    await Promise.all([store.close(), again.close()])
  })

  it('restored twice, does not give out what it gave out the first time', async () => {
    const path = fresh()
    const store = await open(path)
    await tell(store, 1)
    await store.close()
    const copies = [fresh(), fresh()]
    for (const copy of copies) backUpSqlite(path, copy)
    const positions: number[] = []
    for (const copy of copies) {
      nowMs += 3_600_000
      const restored = await open(copy)
      await tell(restored, 5)
      const [, ...told] = await restored.feed(0, 10)
      positions.push(...told.map(({ position }) => position))
      await restored.close()
    }
    assert.equal(new Set(positions).size, 10)
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    )
  })

  it('says what is in the way, and leaves it alone', async () => {
    const path = fresh()
    await (await open(path)).close()
    const there = fresh()
    writeFileSync(there, 'mine')
    assert.throws(() => backUpSqlite(path, there), { code: 'io', message: /exists/ })
    assert.throws(() => backUpSqlite(fresh(), fresh()), { code: 'io', message: /no store/ })
    assert.throws(() => backUpSqlite(there, fresh()), { code: 'damaged' })
  })
})

describe('a log that was never restored', () => {
  it('refuses a cursor beyond its end, as of a copy that bears no mark', async () => {
    const store = await open(':memory:')
    await tell(store, 2)
    const end = await lastOf(store)
    assert.equal((await store.logAt(end)).lostSince, null)
    assert.equal((await store.logAt(end + 1)).lostSince, end)
    await store.close()
  })
})
