import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOW_MS } from './sample-subjects.ts'
import { createSqliteStore } from './sqlite-store.ts'

const clock = { nowMs: () => NOW_MS, setTimer: () => ({ cancel() {} }) }
const rate = { perSecond: 4, burst: 10 }

describe('an allowance', () => {
  it('comes back as time passes, up to its burst', async () => {
    const store = await createSqliteStore(':memory:', { clock })
    const take = (want: number, atMs: number) => store.takeAllowance('a', want, rate, NOW_MS + atMs)
    assert.equal(await take(20, 0), 10)
    assert.equal(await take(20, 249), 0)
    assert.equal(await take(20, 250), 1)
    assert.equal(await take(2, 1_250), 2)
    assert.equal(await take(20, 1_250), 2)
    assert.equal(await take(20, 1_000_000), 10)
    await store.close()
  })

  it('is neither given nor taken by a clock that is set back', async () => {
    const store = await createSqliteStore(':memory:', { clock })
    const take = (want: number, atMs: number) => store.takeAllowance('a', want, rate, NOW_MS + atMs)
    assert.equal(await take(5, 0), 5)
    assert.equal(await take(1, -60_000), 1)
    assert.equal(await take(9, -60_000), 4)
    assert.equal(await take(9, -59_000), 4)
    await store.close()
  })
})
