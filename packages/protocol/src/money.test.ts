import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLISATS_WIRE, msat, parseCurrency, parseWireCurrency } from './money.ts'

test('an amount is a bigint, from a bigint of any size or a safe integer', () => {
  assert.equal(msat(21_000), 21_000n)
  assert.equal(msat(0), 0n)
  assert.equal(msat(2n ** 64n - 1n), 18_446_744_073_709_551_615n)
})

test('a negative, fractional or rounded amount is refused', () => {
  for (const value of [-1, -1n, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => msat(value), RangeError)
  }
})

test('people may write a currency in any case', () => {
  for (const text of ['millisats', 'Millisats', 'MILLISATS']) {
    assert.deepEqual(parseCurrency(text), { type: 'millisats' })
  }
  assert.deepEqual(parseCurrency('eur'), { type: 'fiat', code: 'EUR' })
  for (const text of ['', 'sats', 'msat', 'EU', 'EURO', ' EUR', '€', 'E1R']) {
    assert.equal(parseCurrency(text), undefined)
  }
})

test('on the wire only the exact spelling is millisats; anything else is a fiat code', () => {
  assert.deepEqual(parseWireCurrency(MILLISATS_WIRE), { type: 'millisats' })
  for (const code of ['millisats', 'EUR', '']) {
    assert.deepEqual(parseWireCurrency(code), { type: 'fiat', code })
  }
})
