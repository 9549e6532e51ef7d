import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { retryDelayMs } from './retry.ts'

describe('the pause after an effect that failed', () => {
  it('is 250 ms, doubling up to 5 s, and up to 5 minutes once the end was told', () => {
    const delays = (afterEnd: boolean) =>
      [0, 1, 2, 3, 4, 5, 12, 1_000].map((attempts) => retryDelayMs(attempts, null, afterEnd))
    assert.deepEqual(delays(false), [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
    assert.deepEqual(delays(true), [250, 500, 1_000, 2_000, 4_000, 8_000, 300_000, 300_000])
  })

  it('is what the node asks for where that is longer, up to a minute', () => {
    assert.equal(retryDelayMs(0, 7_000, false), 7_000)
    assert.equal(retryDelayMs(0, 100, false), 250)
    assert.equal(retryDelayMs(0, 3_600_000, false), 60_000)
    assert.equal(retryDelayMs(12, 7_000, true), 300_000)
  })
})
