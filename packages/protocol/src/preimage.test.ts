import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePaymentHash, parsePreimage, paymentHashOf, proves } from './preimage.ts'

// A preimage and its payment hash out of a real payment (vectors/captured-exchange.json).
const PREIMAGE = '059593cefbd51066e0452e7aafe4920e83eb372fbd07d441da0d8e6da78f90ef'
const HASH = '1187d7f10ab6c9430ea1fd9ffe3dbd7e0ec5f2b19b1458a6308adceb00dfc2de'

test('a preimage proves its payment hash and no other', () => {
  const preimage = parsePreimage(PREIMAGE.toUpperCase()) ?? assert.fail()
  const hash = parsePaymentHash(HASH.toUpperCase()) ?? assert.fail()
  const other = parsePaymentHash(PREIMAGE) ?? assert.fail()
  assert.equal(preimage, PREIMAGE)
  assert.equal(paymentHashOf(preimage), HASH)
  assert.equal(proves(preimage, hash), true)
  assert.equal(proves(preimage, other), false)
})

test('what is not 64 hex characters is neither', () => {
  for (const text of ['', PREIMAGE.slice(1), `${PREIMAGE}0`, `${PREIMAGE}\n`, 'z'.repeat(64)]) {
    assert.equal(parsePreimage(text), undefined)
    assert.equal(parsePaymentHash(text), undefined)
  }
})
