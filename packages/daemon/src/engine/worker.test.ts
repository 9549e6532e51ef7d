import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import type { Clock } from './ports.ts'
import { createWorker } from './worker.ts'

const START_MS = 1_800_000_000_000

describe('the worker', () => {
  it('looks into its own store when something is due, and once a minute', async () => {
    const { looks, virtual } = setUp({ shared: false, wakeAtMs: START_MS + 90_000 })
    await virtual.advance(59_999)
    assert.deepEqual(looks, [0])
    await virtual.advance(60_001)
    assert.deepEqual(looks, [0, 60_000, 90_000])
  })

  it('looks into a store of several every five seconds', async () => {
    const { looks, virtual } = setUp({ shared: true, wakeAtMs: null })
    await virtual.advance(10_000)
    assert.deepEqual(looks, [0, 5_000, 10_000])
  })

  it('catches up within five seconds with a clock that was set', async () => {
    const { looks, virtual, set } = setUp({ shared: false, wakeAtMs: START_MS + 50_000 })
    await virtual.advance(1_000)
    set(45_000)
    await virtual.advance(4_999)
    assert.deepEqual(looks, [0, 50_000])
    set(-3_600_000)
    await virtual.advance(5_000)
    assert.deepEqual(looks, [0, 50_000, -3_545_000])
  })
})

/** `looks`: when, by its clock, the worker looked into the store, which has something due once. */
function setUp({ shared, wakeAtMs }: { shared: boolean; wakeAtMs: number | null }) {
  const virtual = createVirtualClock(START_MS)
  const looks: number[] = []
  let offsetMs = 0
  let nextMs = wakeAtMs
  const clock: Clock = { ...virtual, nowMs: () => virtual.nowMs() + offsetMs }
  const store = {
    shared,
    async claimDue(nowMs: number) {
      looks.push(nowMs - START_MS)
      if (nextMs !== null && nextMs <= nowMs) nextMs = null
      return []
    },
    nextWakeAtMs: async () => nextMs,
  }
  const log = { info() {}, warn() {}, error() {} }
  const room = () => 100
  createWorker({ store, clock, log, leaseMs: 5_000, room, takeUp() {} }).start()
  const set = (byMs: number) => {
    offsetMs += byMs
  }
  return { looks, virtual, set }
}
