import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type PaymentRequest, secp256k1 as secp } from 'portal-protocol'
import { checkRequest } from './check-request.ts'
import { makeInvoice, makeRequest } from './testing/merchant.ts'

const NOW = 1_790_000_000
const AT = { now: NOW, network: 'regtest' } as const

function check(fields: Partial<PaymentRequest>, at: Parameters<typeof checkRequest>[1] = AT) {
  return checkRequest(makeRequest(NOW, fields), at, secp)
}

test('a request whose invoice is over the asked amount is put before the user', () => {
  const { invoice } = makeInvoice(NOW, { expiresInSeconds: 600 })
  const result = check({ invoice, expiresAt: NOW + 300 })
  assert.equal(result.verdict, 'ask')
  if (result.verdict !== 'ask') return
  assert.equal(result.payable.amountMsat, 10_000n)
  assert.equal(result.payable.invoice, invoice)
  assert.equal(result.deadline, NOW + 300)
  assert.equal(result.keepUntil, NOW + 600)
})

test('an invoice that expires before the request sets the deadline', () => {
  const { invoice } = makeInvoice(NOW, { expiresInSeconds: 60 })
  const result = check({ invoice })
  assert.deepEqual(result.verdict === 'ask' && [result.deadline, result.keepUntil], [
    NOW + 60,
    NOW + 300,
  ])
})

test('expired requests and zero amounts are ignored, a request in its last second is not', () => {
  assert.deepEqual(check({ expiresAt: NOW - 1 }), { verdict: 'ignore', reason: 'it has expired' })
  assert.deepEqual(check({ amount: 0n }), { verdict: 'ignore', reason: 'its amount is 0' })
  assert.equal(check({ expiresAt: NOW }).verdict, 'ask')
})

test('what must not be paid is rejected with a reason', () => {
  const reasonOf = (fields: Partial<PaymentRequest>) => {
    const result = check(fields)
    assert.equal(result.verdict, 'reject')
    return result.verdict === 'reject' ? result.reason : ''
  }
  assert.match(reasonOf({ invoice: 'lnbcrt1garbage' }), /bech32/)
  assert.match(reasonOf({ invoice: 'x'.repeat(60_000) }), /longer than/)
  assert.match(
    reasonOf({ invoice: makeInvoice(NOW, { network: 'bitcoin' }).invoice }),
    /the invoice is for bitcoin, this wallet pays on regtest/,
  )
  assert.match(
    reasonOf({ invoice: makeInvoice(NOW, { amountMsat: null }).invoice }),
    /states no amount/,
  )
  assert.match(reasonOf({ invoice: makeInvoice(NOW - 3_600).invoice }), /the invoice has expired/)
  assert.match(reasonOf({ currency: 'EUR', amount: 499n }), /fiat/)
  // protocol.md §1.9: any other spelling is a fiat currency of that name.
  assert.match(reasonOf({ currency: 'millisats' }), /fiat/)
})

test('a mismatch of a single msat is told in sats', () => {
  const { invoice } = makeInvoice(NOW, { amountMsat: 10_001n })
  assert.deepEqual(check({ invoice }), {
    verdict: 'reject',
    reason: 'the invoice is over 10.001 sat, the request over 10 sat',
  })
})

test('the network is not checked while the payer cannot tell its own', () => {
  const { invoice } = makeInvoice(NOW, { network: 'bitcoin' })
  assert.equal(check({ invoice }, { now: NOW, network: null }).verdict, 'ask')
})

test('only equal amounts are ever put before the user', () => {
  const amount = fc.bigInt({ min: 1n, max: 2n ** 53n - 1n })
  fc.assert(
    fc.property(amount, fc.oneof(fc.constant(null), amount), (asked, other) => {
      const billed = other ?? asked
      const { invoice } = makeInvoice(NOW, { amountMsat: billed })
      const result = check({ invoice, amount: asked })
      assert.equal(result.verdict, billed === asked ? 'ask' : 'reject')
      if (result.verdict === 'ask') assert.equal(result.payable.amountMsat, asked)
    }),
    { numRuns: 200 },
  )
})
