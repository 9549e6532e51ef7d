import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseNwcTransaction } from './nwc-transaction.ts'

const hash = '1187d7f10ab6c9430ea1fd9ffe3dbd7e0ec5f2b19b1458a6308adceb00dfc2de'
const preimage = '059593cefbd51066e0452e7aafe4920e83eb372fbd07d441da0d8e6da78f90ef'
const settled = {
  type: 'incoming',
  state: 'settled',
  invoice: 'lnbcrt210n1',
  description: 'One coffee',
  payment_hash: hash,
  preimage,
  amount: 21_000,
  fees_paid: 0,
  created_at: 1_795_333_957,
  expires_at: 1_795_337_557,
  settled_at: 1_795_333_958,
}

test('a transaction is read in our terms', () => {
  assert.deepEqual(parseNwcTransaction(settled), {
    type: 'incoming',
    state: 'settled',
    invoice: 'lnbcrt210n1',
    description: 'One coffee',
    preimage,
    paymentHash: hash,
    amountMsat: 21_000n,
    feesPaidMsat: 0n,
    createdAt: 1_795_333_957,
    expiresAt: 1_795_337_557,
    settledAt: 1_795_333_958,
  })
})

test('the least that a wallet may say is a payment hash and an amount', () => {
  assert.deepEqual(parseNwcTransaction({ payment_hash: hash, amount: 1 }), {
    type: 'incoming',
    state: null,
    invoice: null,
    description: null,
    preimage: null,
    paymentHash: hash,
    amountMsat: 1n,
    feesPaidMsat: null,
    createdAt: 0,
    expiresAt: null,
    settledAt: null,
  })
})

test('the habits of wallets are understood', () => {
  const read = (change: object) => parseNwcTransaction({ ...settled, ...change })
  assert.equal(read({ preimage: '' })?.preimage, null)
  assert.equal(read({ preimage: preimage.toUpperCase() })?.preimage, preimage)
  assert.equal(read({ payment_hash: hash.toUpperCase() })?.paymentHash, hash)
  assert.equal(read({ state: 'SETTLED' })?.state, 'settled')
  assert.equal(read({ state: undefined })?.state, 'settled')
  assert.equal(read({ state: null, settled_at: 0 })?.state, null)
  assert.equal(read({ state: undefined, settled_at: null })?.state, null)
  assert.equal(read({ state: 'something new', settled_at: null })?.state, null)
  assert.equal(read({ state: 'pending' })?.state, 'pending')
  assert.equal(read({ invoice: '' })?.invoice, null)
  assert.equal(read({ amount: 18_446_744_073_709_551_615n })?.amountMsat, 2n ** 64n - 1n)
  assert.equal(read({ fees_paid: -1 })?.feesPaidMsat, null)
  assert.equal(read({ type: 'outgoing' })?.type, 'outgoing')
})

test('a preimage alone settles nothing: wallets tell it when they make the invoice', () => {
  const made = { ...settled, state: undefined, settled_at: undefined }
  assert.equal(parseNwcTransaction(made)?.state, null)
})

test('without a payment hash, an exact amount or a known type it is no transaction', () => {
  const changes = [
    { payment_hash: undefined },
    { payment_hash: 'ab' },
    { payment_hash: 5 },
    { amount: undefined },
    { amount: -1 },
    { amount: 0.5 },
    { amount: '21000' },
    { amount: 2 ** 53 },
    { type: 'sideways' },
    { type: 5 },
  ]
  for (const change of changes) {
    assert.equal(parseNwcTransaction({ ...settled, ...change }), undefined, JSON.stringify(change))
  }
})

test('no value makes the reader throw', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      parseNwcTransaction(value)
    }),
  )
  const keys = fc.constantFrom(...Object.keys(settled))
  fc.assert(
    fc.property(keys, fc.anything(), (key, value) => {
      parseNwcTransaction({ ...settled, [key]: value })
    }),
  )
})
