// The part of `npm run bench` that real nodes are needed for, in small.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureLightning } from '../../bench/lightning.ts'
import { lightningUnavailable } from './build.ts'

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, figures of real nodes: ${unavailable}`)

test('a payment in the good case costs no look-up, and every figure comes out', {
  skip: unavailable ?? false,
  timeout: 1_800_000,
}, async () => {
  const figures = await measureLightning({ payments: 3 })
  assert.equal(figures.length, 4)
  for (const { what, ratio } of figures) {
    assert(ratio !== null && Number.isFinite(ratio), what)
    if (what.startsWith('look-ups per payment')) assert.equal(ratio, 0, what)
  }
})
