import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backoffMs, retryAfterS } from './backoff.ts'

test('each wait is up to twice the one before, never over the limit, never under half of its due', () => {
  const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  const property = fc.property(fc.nat(5_000), random, (failures, r) => {
    const due = Math.min(4_000, 250 * 2 ** failures)
    const ms = backoffMs(failures, r, 250, 4_000)
    assert.ok(ms >= due / 2 && ms <= due)
  })
  fc.assert(property)
})

test('Retry-After is read as seconds or as a date, and nonsense as nothing', () => {
  const nowMs = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')
  assert.equal(retryAfterS('120', nowMs), 120)
  assert.equal(retryAfterS('Wed, 21 Oct 2026 07:28:30 GMT', nowMs), 30)
  assert.equal(retryAfterS('Wed, 21 Oct 2026 07:00:00 GMT', nowMs), 0)
  for (const nonsense of [null, '', ' ', 'soon']) assert.equal(retryAfterS(nonsense, nowMs), null)
})
