// Every invoice that POST /payments/invoice refuses, each with the field that is to blame and a sentence.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  encodeInvoice,
  generateSecretKey,
  type InvoiceFields,
  msat,
  parsePaymentHash,
  secp256k1 as secp,
} from 'portal-protocol'
import { assertAnswers } from '../testing/assert-answers.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { type HttpWorld, openHttpWorld } from '../testing/http-world.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'

const NOW = 1_790_000_000
const AMOUNT_MSAT = 10_000
const INVOICE = '/payments/invoice'
const payee = generateSecretKey((length) => new Uint8Array(length).fill(3), secp)

let world: HttpWorld
before(async () => {
  world = await openHttpWorld({ clock: createVirtualClock(NOW * 1_000) })
})
after(() => world.close())

function invoice(change: Partial<InvoiceFields> = {}): string {
  const fields: InvoiceFields = {
    network: 'regtest',
    amountMsat: msat(BigInt(AMOUNT_MSAT)),
    paymentHash: parsePaymentHash('ab'.repeat(32)) ?? assert.fail(),
    paymentSecret: 'cd'.repeat(32),
    description: 'Tea',
    createdAt: NOW,
    expiresInSeconds: 600,
    ...change,
  }
  return encodeInvoice(fields, payee, secp)
}

const order = (changes: object) => ({
  main_key: testKey(9),
  amount: AMOUNT_MSAT,
  currency: 'millisats',
  invoice: invoice(),
  ...changes,
})

type Row = readonly [what: string, order: object, field: string, says: RegExp]

const good = invoice()
// One letter of the signature, and one of the checksum.
const flipped = (at: number) =>
  `${good.slice(0, at)}${good.at(at) === 'q' ? 'p' : 'q'}${at === -1 ? '' : good.slice(at + 1)}`

const rows: readonly Row[] = [
  ['of one word', { invoice: 'lnbcrt1' }, 'invoice', /cannot be read/],
  ['with a letter wrong', { invoice: flipped(-20) }, 'invoice', /wrong character or checksum/],
  ['cut short', { invoice: good.slice(0, -40) }, 'invoice', /cannot be read/],
  [
    'without an end that a clock could reach',
    { invoice: invoice({ expiresInSeconds: 9_500_000_000_000 }) },
    'invoice',
    /expires after the year 9999; give "expires_at"/,
  ],
  ['of some other coin', { invoice: `lnxx${good.slice(6)}` }, 'invoice', /cannot be read/],
  ['with spaces around it', { invoice: ` ${good} ` }, 'invoice', /cannot be read/],
  [
    'of another network',
    { invoice: invoice({ network: 'bitcoin' }) },
    'invoice',
    /is for bitcoin, but this daemon is on regtest/,
  ],
  ['without amount', { invoice: invoice({ amountMsat: null }) }, 'invoice', /names no amount/],
  [
    'of another amount',
    { amount: AMOUNT_MSAT + 1 },
    'amount',
    /is 10001 but the invoice asks 10000 msat/,
  ],
  ['that has expired', { invoice: invoice({ createdAt: NOW - 601 }) }, 'invoice', /has expired/],
  [
    'that expires in this second',
    { invoice: invoice({ createdAt: NOW - 600 }) },
    'invoice',
    /has expired/,
  ],
  [
    'with an end after its own',
    { expires_at: NOW + 601 },
    'expires_at',
    /after the invoice's own end, 1790000600/,
  ],
  ['with an end that has passed', { expires_at: NOW }, 'expires_at', /has passed/],
]
for (const [what, changes, field, says] of rows) {
  test(`an invoice ${what} is refused, and nothing is left of it`, async () => {
    const answer = await world.call('POST', INVOICE, order(changes))
    assert.equal(answer.statusCode, 400, answer.body)
    const problem = answer.json()
    assert.deepEqual([problem.code, problem.field], ['invalid_request', field])
    assert.match(problem.detail, says)
    await assertAnswers(world, 'POST', INVOICE, answer)
    assert.deepEqual((await world.call('GET', '/payments')).json().payments, [])
  })
}

test('while the network is not known no invoice can be judged: 503, and when to come back', async () => {
  const { node } = world.lightning
  world.lightning.node = null
  const answer = await world.call('POST', INVOICE, order({}))
  world.lightning.node = node
  assert.equal(answer.statusCode, 503, answer.body)
  assert.equal(answer.json().code, 'unavailable')
  assert.ok(Number(answer.headers['retry-after']) > 0)
  await assertAnswers(world, 'POST', INVOICE, answer)
})

test('a good one is taken to its own end, and not twice while it is open', async () => {
  const taken = await world.call('POST', INVOICE, order({}))
  assert.equal(taken.statusCode, 201, taken.body)
  assert.equal(taken.json().expires_at, NOW + 600)
  assert.equal(taken.json().invoice, good)
  const again = await world.call('POST', INVOICE, order({ main_key: testKey(10) }))
  assert.equal(again.statusCode, 409)
  assert.deepEqual([again.json().code, again.json().field], ['conflict', 'invoice'])
})
