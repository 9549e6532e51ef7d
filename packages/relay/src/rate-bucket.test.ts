import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../test/manual-clock.ts'
import { createRateBucket } from './rate-bucket.ts'

function setUp() {
  const clock = createManualClock()
  return { clock, bucket: createRateBucket({ perSecond: 10, burst: 20 }, clock) }
}

test('so much at once, and then so much per second', async () => {
  const { clock, bucket } = setUp()
  assert.ok(bucket.take(15) && bucket.take(5))
  assert.equal(bucket.take(1), false)
  await clock.advance(500)
  assert.ok(bucket.take(5))
  assert.equal(bucket.take(1), false)
  await clock.advance(1_000_000)
  assert.ok(bucket.take(20))
  assert.equal(bucket.take(1), false)
})

test('a debt is paid back first, and is never deeper than one burst', async () => {
  const { clock, bucket } = setUp()
  bucket.charge(1_000)
  await clock.advance(2_000)
  assert.equal(bucket.take(1), false)
  await clock.advance(1_000)
  assert.ok(bucket.take(10))
})

test('a clock that is set back neither gives nor takes', async () => {
  const { clock, bucket } = setUp()
  assert.ok(bucket.take(10))
  clock.step(-3_600_000)
  assert.ok(bucket.take(10))
  assert.equal(bucket.take(1), false)
  await clock.advance(1_000)
  assert.ok(bucket.take(10))
})
