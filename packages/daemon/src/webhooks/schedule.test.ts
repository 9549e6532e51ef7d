import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { nextTryAtMs, RETRY_AFTER_MAX_MS, readRetryAfter } from './schedule.ts'

const NOW_MS = 1_800_000_000_000
const HOUR_MS = 3_600_000
const facts = { nowMs: NOW_MS, retryAfterMs: null, chance: 0.5 }

describe('a message that failed is tried again', () => {
  it('after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, then no more', () => {
    const delays = Array.from({ length: 10 }, (_, i) => nextTryAtMs(i + 1, facts))
    const hours = [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]
    assert.deepEqual(delays, [...hours.map((h) => NOW_MS + Math.round(h * HOUR_MS)), null])
  })

  it('with up to a tenth of jitter', () => {
    assert.equal(nextTryAtMs(1, { ...facts, chance: 0 }), NOW_MS + 4_500)
    assert.equal(nextTryAtMs(1, { ...facts, chance: 1 }), NOW_MS + 5_500)
  })

  it('when the receiver says so, if that is later, but within a day', () => {
    const after = (retryAfterMs: number) => nextTryAtMs(2, { ...facts, retryAfterMs })
    assert.equal(after(1_000), NOW_MS + 300_000)
    assert.equal(after(400_000), NOW_MS + 400_000)
    assert.equal(after(10 * 86_400_000), NOW_MS + 86_400_000)
  })

  it('always later, always within a bound', () => {
    const any = fc.record({
      tries: fc.integer({ min: 1, max: 12 }),
      retryAfterMs: fc.option(fc.maxSafeNat()),
      chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    })
    fc.assert(
      fc.property(any, ({ tries, ...rest }) => {
        const atMs = nextTryAtMs(tries, { ...rest, nowMs: NOW_MS })
        if (atMs === null) return
        assert.ok(atMs >= NOW_MS + 4_500 && atMs <= NOW_MS + RETRY_AFTER_MAX_MS * 1.1, `${atMs}`)
        assert.ok(Number.isInteger(atMs))
      }),
    )
  })
})

describe('Retry-After', () => {
  it('is seconds or an HTTP date, and anything else is nothing', () => {
    const cases: readonly [string | null, number | null][] = [
      ['120', 120_000],
      [' 0 ', 0],
      [new Date(NOW_MS + 60_000).toUTCString(), 60_000],
      [new Date(NOW_MS - 60_000).toUTCString(), 0],
      [null, null],
      ['', null],
      ['-5', null],
      ['1e9', null],
      ['9999999999', null],
      ['soon', null],
      ['2026', 2_026_000],
      ['Mon, nonsense', null],
    ]
    for (const [header, expected] of cases) {
      assert.equal(readRetryAfter(header, NOW_MS), expected, String(header))
    }
  })
})
