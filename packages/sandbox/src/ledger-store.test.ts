import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { generateSecretKey, msat, publicKeyOf, secp256k1 } from 'portal-protocol'
import { createInvoiceIssuer } from './invoice-issuer.ts'
import { type LedgerStore, openLedgerStore } from './ledger-store.ts'
import { random } from './test-world.ts'

function withFile(name: string, run: (path: string) => void): void {
  test(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
    try {
      run(join(folder, 'ledger.sqlite'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

const issuer = createInvoiceIssuer(generateSecretKey(random, secp256k1), {
  network: 'regtest',
  secp: secp256k1,
  random,
})

function addWallet(store: LedgerStore, balance: number) {
  const key = publicKeyOf(generateSecretKey(random, secp256k1), secp256k1)
  const methods = ['pay_invoice', 'get_balance']
  store.addWallet({ key, balanceMsat: msat(balance), methods, encryptions: [] })
  return key
}

withFile('everything is there again when the file is opened again', (path) => {
  const before = openLedgerStore(path)
  const [payee, payer] = [addWallet(before, 0), addWallet(before, 500)]
  const terms = { amountMsat: msat(200), description: 'ナンセンス', createdAt: 10 }
  const invoice = issuer.issue({ payee, ...terms, expiresInSeconds: 60 })
  before.saveSecret('service', new Uint8Array(32).fill(7))
  before.addInvoice(invoice)
  const paid = { ...invoice, payment: { payer, paidAt: 20 } }
  before.savePayment(paid)
  before.saveBalance(payer, msat(300))
  before.saveBalance(payee, msat(200))
  before.saveEncryptions(payer, ['nip04'])
  before.saveAnswer('request', 'answer', 20)
  const totals = before.totals()
  before.close()

  const after = openLedgerStore(path)
  assert.deepEqual(after.secret('service'), new Uint8Array(32).fill(7))
  assert.equal(after.secret('node'), undefined)
  assert.deepEqual(after.invoiceByText(invoice.invoice), paid)
  assert.deepEqual(after.invoiceByHash(invoice.paymentHash), paid)
  assert.deepEqual(after.wallet(payer), {
    key: payer,
    balanceMsat: 300n,
    methods: ['pay_invoice', 'get_balance'],
    encryptions: ['nip04'],
  })
  assert.equal(after.answer('request'), 'answer')
  assert.deepEqual(after.totals(), totals)
  assert.deepEqual(totals, {
    wallets: 2,
    issuedMsat: 500n,
    heldMsat: 500n,
    invoices: 1,
    payments: 1,
    paidMsat: 200n,
  })
  after.close()
})

withFile('one process at a time: the second is told so', (path) => {
  const store = openLedgerStore(path)
  assert.throws(() => openLedgerStore(path), { code: 'storage_in_use' })
  store.close()
  openLedgerStore(path).close()
})

withFile('a ledger written by a newer version is left alone', (path) => {
  openLedgerStore(path).close()
  const database = new DatabaseSync(path)
  database.exec('pragma user_version = 99')
  database.close()
  assert.throws(() => openLedgerStore(path), { code: 'storage_newer' })
})

withFile('the file, which holds keys, is for its owner only', (path) => {
  const store = openLedgerStore(path)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  store.close()
})

test('the tables themselves refuse a second payment and a negative balance', () => {
  const store = openLedgerStore(':memory:')
  const [payee, payer] = [addWallet(store, 0), addWallet(store, 500)]
  const terms = { amountMsat: msat(200), description: '', createdAt: 10, expiresInSeconds: 60 }
  const invoice = issuer.issue({ payee, ...terms })
  store.addInvoice(invoice)
  const paid = { ...invoice, payment: { payer, paidAt: 20 } }
  store.savePayment(paid)
  assert.throws(() => store.savePayment(paid), { code: 'broken_ledger' })
  assert.throws(() => store.saveBalance(payer, -1n as never), /constraint/)
  store.close()
})

test('answers are forgotten when they are old', () => {
  const store = openLedgerStore(':memory:')
  for (const at of [1, 2, 3]) store.saveAnswer(`request ${at}`, 'answer', at)
  store.forgetAnswers(3)
  assert.deepEqual([store.answer('request 2'), store.answer('request 3')], [undefined, 'answer'])
  store.close()
})
