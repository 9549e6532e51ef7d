import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  msat,
  type PublicKey,
  parsePaymentHash,
  parsePreimage,
  parsePublicKey,
  paymentHashOf,
  secp256k1,
  toHex,
} from 'portal-protocol'
import { decidePayment, type SandboxInvoice, type SandboxWallet, transactionOf } from './ledger.ts'

const KEYS = [1, 2, 3].map((seed) => {
  const secret = new Uint8Array(32).fill(seed)
  return parsePublicKey(toHex(secp256k1.xOnlyPublicKey(secret)), secp256k1)
})
const [ALICE, BOB] = KEYS as [PublicKey, PublicKey, PublicKey]

test('a payment moves exactly the amount, from the payer to the payee', () => {
  const decision = decidePayment({
    invoice: invoiceOf(BOB, 700n),
    payer: walletOf(ALICE, 1_000n),
    payee: walletOf(BOB, 5n),
    amountMsat: null,
    now: 100,
  })
  assert.ok(decision.type === 'paid')
  assert.deepEqual(decision.balances, [
    { key: ALICE, balanceMsat: 300n },
    { key: BOB, balanceMsat: 705n },
  ])
  assert.deepEqual(decision.invoice.payment, { payer: ALICE, paidAt: 100 })
})

test('each reason to refuse has its code', () => {
  const invoice = invoiceOf(BOB, 700n)
  const fair = { invoice, payer: walletOf(ALICE, 700n), payee: walletOf(BOB, 0n), now: 199 }
  const code = (change: Partial<Parameters<typeof decidePayment>[0]>) => {
    const decision = decidePayment({ ...fair, amountMsat: null, ...change })
    return decision.type === 'refused' ? decision.refusal.code : decision.type
  }
  assert.equal(code({}), 'paid')
  assert.equal(code({ now: 200 }), 'PAYMENT_FAILED')
  assert.equal(code({ payer: walletOf(ALICE, 699n) }), 'INSUFFICIENT_BALANCE')
  assert.equal(code({ amountMsat: msat(701) }), 'OTHER')
  assert.equal(code({ amountMsat: msat(700) }), 'paid')
  const paid = { ...invoice, payment: { payer: ALICE, paidAt: 150 } }
  assert.equal(code({ invoice: paid }), 'PAYMENT_FAILED')
})

test('whatever is tried in whatever order, money is conserved and nothing is paid twice', () => {
  const attempt = fc.record({
    invoice: fc.nat(9),
    payer: fc.nat(2),
    now: fc.integer({ min: 0, max: 250 }),
  })
  const amounts = fc.array(fc.bigInt(1n, 3_000n), { minLength: 10, maxLength: 10 })
  fc.assert(
    fc.property(amounts, fc.array(attempt, { maxLength: 60 }), (asked, attempts) => {
      const balances = new Map(KEYS.map((key) => [key, msat(4_000)]))
      const invoices = asked.map((amount, index) => {
        const payee = KEYS[index % 3]
        assert.ok(payee)
        return invoiceOf(payee, amount)
      })
      const paid: number[] = []
      for (const { invoice: index, payer, now } of attempts) {
        const [invoice, key] = [invoices[index], KEYS[payer]]
        assert.ok(invoice && key)
        const wallet = (of: PublicKey) => walletOf(of, balances.get(of) ?? 0n)
        const parties = { payer: wallet(key), payee: wallet(invoice.payee) }
        const decision = decidePayment({ invoice, ...parties, amountMsat: null, now })
        if (decision.type === 'refused') continue
        paid.push(index)
        invoices[index] = decision.invoice
        for (const { key, balanceMsat } of decision.balances) balances.set(key, balanceMsat)
      }
      assert.equal(new Set(paid).size, paid.length)
      assert.ok([...balances.values()].every((balance) => balance >= 0n))
      assert.equal(
        [...balances.values()].reduce((sum, balance) => sum + balance, 0n),
        12_000n,
      )
    }),
  )
})

test('the preimage of an unpaid invoice is shown to nobody', () => {
  const invoice = invoiceOf(BOB, 700n)
  for (const now of [0, 200]) {
    assert.ok(!JSON.stringify(transactionOf(invoice, 'incoming', now)).includes(invoice.preimage))
  }
  const paid = { ...invoice, payment: { payer: ALICE, paidAt: 150 } }
  assert.equal(transactionOf(paid, 'incoming', 160).preimage, invoice.preimage)
})

function walletOf(key: PublicKey, balance: bigint): SandboxWallet {
  return { key, balanceMsat: msat(balance), methods: ['pay_invoice'], encryptions: [] }
}

function invoiceOf(payee: PublicKey, amount: bigint): SandboxInvoice {
  const preimage = parsePreimage('17'.repeat(32))
  assert.ok(preimage)
  const paymentHash = parsePaymentHash(paymentHashOf(preimage))
  assert.ok(paymentHash)
  return {
    paymentHash,
    preimage,
    payee,
    invoice: 'lnbcrt1',
    amountMsat: msat(amount),
    description: '',
    createdAt: 0,
    expiresAt: 200,
    payment: null,
  }
}
