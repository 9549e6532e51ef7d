import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bech32 } from '@scure/base'
import fc from 'fast-check'
import { decode as lightDecode } from 'light-bolt11-decoder'
import {
  Bolt11Error,
  decodeInvoice,
  encodeInvoice,
  INVOICE_CHARACTERS_MAX,
  type Invoice,
  type InvoiceFields,
  readInvoice,
  unpayableReason,
} from './bolt11.ts'
import { parseSecretKey, toHex } from './keys.ts'
import { msat } from './money.ts'
import { type PaymentHash, parsePaymentHash } from './preimage.ts'
import { secp256k1 } from './secp256k1-wasm.ts'

type Readable = { name: string; invoice: string; expected: Record<string, unknown> }
type Refused = { name: string; invoice: string; error?: string; unpayable?: string }
const vectors: {
  secretKey: string
  valid: Readable[]
  legacy: Readable[]
  invalid: Refused[]
} = JSON.parse(readFileSync(new URL('../vectors/bolt11.json', import.meta.url), 'utf8'))
const secretKey = parseSecretKey(vectors.secretKey, secp256k1)
const nodeId = toHex(secp256k1.publicKey(secretKey))

for (const vector of vectors.valid) {
  test(`BOLT 11's example is read and may be paid: ${vector.name}`, () => {
    const invoice = decodeInvoice(vector.invoice, secp256k1)
    assert.deepEqual(plain(invoice), vector.expected)
    assert.equal(unpayableReason(invoice), null)
  })
}

for (const vector of vectors.legacy) {
  test(`BOLT 11's older example is read: ${vector.name}`, () => {
    const invoice = decodeInvoice(vector.invoice, secp256k1)
    assert.deepEqual(plain(invoice), vector.expected)
    const reason = vector.expected.paymentSecret === null ? 'it has no payment secret' : null
    assert.equal(unpayableReason(invoice), reason)
  })
}

for (const vector of vectors.invalid) {
  test(`BOLT 11's invalid example is never paid: ${vector.name}`, () => {
    const { error, unpayable } = vector
    if (error !== undefined) assert.throws(() => decoded(vector.invoice), refusal(error))
    else assert.ok(unpayableReason(decoded(vector.invoice))?.includes(unpayable ?? '?'))
  })
}

test('readInvoice says the same but the payee, whoever has signed', () => {
  const text = encodeInvoice(fields(), secretKey, secp256k1)
  const { payee, ...said } = decoded(text)
  assert.equal(payee, nodeId)
  assert.deepEqual(readInvoice(text), said)
  const unsigned = bech32.encode(
    'lnbcrt',
    [...data(text), ...new Array<number>(104).fill(0)],
    false,
  )
  assert.throws(() => decoded(unsigned), refusal('signature is not valid'))
  assert.equal(readInvoice(unsigned).paymentHash, said.paymentHash)
})

test('an invoice that names its payee is checked against that payee, not recovered', () => {
  const words = [...data(encodeInvoice(fields(), secretKey, secp256k1))]
  const named = [19, 1, 21, ...bech32.toWords(secp256k1.publicKey(secretKey))]
  assert.equal(decoded(signed([...words, ...named])).payee, nodeId)
  const other = [19, 1, 21, ...bech32.toWords(secp256k1.publicKey(new Uint8Array(32).fill(7)))]
  assert.throws(() => decoded(signed([...words, ...other])), refusal('signature is not valid'))
})

test('the first payment hash wins, and one of a wrong length is skipped', () => {
  const own = hash('aa'.repeat(32))
  const words = data(encodeInvoice(fields({ paymentHash: own }), secretKey, secp256k1))
  const short = [1, 1, 19, ...new Array<number>(51).fill(0)]
  const later = [1, 1, 20, ...bech32.toWords(new Uint8Array(32).fill(0xbb))]
  const text = signed([...words.slice(0, 7), ...short, ...words.slice(7), ...later])
  assert.equal(decoded(text).paymentHash, own)
})

test('what does not make an invoice is refused, and the message says why', () => {
  const stamp = new Array<number>(7).fill(0)
  const p = [1, 1, 20, ...new Array<number>(52).fill(0)]
  const cases: [string, string][] = [
    ['', 'not bech32'],
    ['lightning:lnbc1', 'not bech32'],
    ['l'.repeat(INVOICE_CHARACTERS_MAX + 1), 'longer than 7089 characters'],
    [bech32.encode('lnxx', [...stamp, ...p, ...new Array<number>(104).fill(0)], false), 'network'],
    [bech32.encode('bc', [...stamp, ...p, ...new Array<number>(104).fill(0)], false), 'network'],
    [signed(stamp), 'no payment hash'],
    [signed([...stamp, ...p, 1, 1]), 'cut short'],
    [signed([...stamp, ...p, 13, 0, 2, 0]), 'longer than the invoice'],
    [signed([...stamp, ...p, 13, 0, 2, 31, 28]), 'not UTF-8'],
    [signed([...stamp, 1, 1, 20, ...new Array<number>(52).fill(31)]), 'padded with zeros'],
    [signed([...stamp, ...p, 6, 0, 20, ...new Array<number>(20).fill(31)]), 'expiry'],
    [signed([...stamp, ...p], 'lnbc0'), 'zero'],
    [signed([...stamp, ...p], 'lnbc01m'), 'leading zeros'],
    [signed([...stamp, ...p], 'lnbc9999999999999999999'), '2^53-1'],
    [signed([...stamp, ...p], 'lnbc100000'), '2^53-1'],
  ]
  for (const [text, why] of cases) assert.throws(() => decoded(text), refusal(why))
})

test('fields that do not fit are refused when writing', () => {
  const cases: [Partial<InvoiceFields>, string][] = [
    [{ amountMsat: msat(0) }, 'from 1 to 2^53-1'],
    [{ amountMsat: msat(2n ** 53n) }, 'from 1 to 2^53-1'],
    [{ description: 'é'.repeat(320) }, '639 bytes'],
    [{ createdAt: 2 ** 35 }, '35 bits'],
    [{ createdAt: -1 }, 'whole number'],
    [{ expiresInSeconds: 1.5 }, 'expiry'],
    [{ paymentSecret: 'AA'.repeat(32) }, 'payment secret'],
  ]
  for (const [change, why] of cases) {
    assert.throws(() => encodeInvoice(fields(change), secretKey, secp256k1), refusal(why))
  }
})

test('the amount is written in its shortest form', () => {
  const prefixes: [bigint | null, string][] = [
    [1n, 'lnbcrt10p1'],
    [100n, 'lnbcrt1n1'],
    [10_000n, 'lnbcrt100n1'],
    [100_000n, 'lnbcrt1u1'],
    [100_000_000n, 'lnbcrt1m1'],
    [100_000_000_000n, 'lnbcrt11'],
    [null, 'lnbcrt1'],
  ]
  for (const [amount, prefix] of prefixes) {
    const amountMsat = amount === null ? null : msat(amount)
    const text = encodeInvoice(fields({ amountMsat }), secretKey, secp256k1)
    assert.equal(text.slice(0, text.lastIndexOf('1') + 1), prefix)
  }
})

test('whatever is written is read back, in lower and in upper case, and may be paid', () => {
  fc.assert(
    fc.property(anyFields, fc.boolean(), (given, upper) => {
      const text = encodeInvoice(given, secretKey, secp256k1)
      const { expiresInSeconds, ...same } = given
      const invoice = decoded(upper ? text.toUpperCase() : text)
      assert.deepEqual(invoice, {
        ...same,
        expiresAt: given.createdAt + expiresInSeconds,
        descriptionHash: null,
        payee: nodeId,
        unknownRequiredFeatures: [],
      })
      assert.equal(unpayableReason(invoice), null)
    }),
  )
})

test('another implementation reads what is written', () => {
  fc.assert(
    fc.property(anyFields, (given) => {
      fc.pre(given.network !== 'signet' && given.description !== '')
      const read = lightDecode(encodeInvoice(given, secretKey, secp256k1))
      const value = (name: string) =>
        read.sections
          .map((s) => (s.name === name && 'value' in s ? s.value : undefined))
          .find(Boolean)
      assert.equal(value('amount'), given.amountMsat === null ? undefined : `${given.amountMsat}`)
      assert.equal(value('payment_hash'), given.paymentHash)
      assert.equal(value('payment_secret'), given.paymentSecret)
      assert.equal(value('description'), given.description)
      assert.equal(value('timestamp'), given.createdAt || undefined)
      assert.equal(value('min_final_cltv_expiry'), given.minFinalCltvExpiryDelta)
      assert.equal(read.expiry, given.expiresInSeconds)
    }),
  )
})

test('no text makes the reader throw anything but Bolt11Error', () => {
  const invoices = [...vectors.valid, ...vectors.legacy].map((vector) => vector.invoice)
  const words = fc.array(fc.integer({ min: 0, max: 31 }), { maxLength: 400 })
  const prefix = fc.stringMatching(/^ln(bc|tb|tbs|bcrt)[0-9]{0,20}[munp]?$/)
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(prefix, words).map(([hrp, data]) => bech32.encode(hrp, data, false)),
    fc.tuple(prefix, words).map(([hrp, data]) => signed(data, hrp)),
    fc
      .tuple(fc.constantFrom(...invoices), fc.nat(), fc.string({ minLength: 1, maxLength: 3 }))
      .map(
        ([text, at, put]) => text.slice(0, at % text.length) + put + text.slice(at % text.length),
      ),
  )
  fc.assert(
    fc.property(hostile, (text) => {
      try {
        unpayableReason(readInvoice(text))
        decoded(text)
      } catch (error) {
        assert.ok(error instanceof Bolt11Error, String(error))
      }
    }),
    { numRuns: 2_000 },
  )
})

const anyFields: fc.Arbitrary<InvoiceFields & { minFinalCltvExpiryDelta: number }> = fc.record({
  network: fc.constantFrom('bitcoin', 'testnet', 'signet', 'regtest'),
  amountMsat: fc.option(fc.bigInt(1n, 2n ** 53n - 1n).map((amount) => msat(amount))),
  paymentHash: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => hash(toHex(bytes))),
  paymentSecret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex),
  description: fc.string({ unit: 'grapheme', maxLength: 40 }),
  createdAt: fc.integer({ min: 0, max: 2 ** 35 - 1 }),
  expiresInSeconds: fc.integer({ min: 1, max: 2 ** 40 }),
  minFinalCltvExpiryDelta: fc.integer({ min: 1, max: 2_016 }),
})

function fields(change: Partial<InvoiceFields> = {}): InvoiceFields {
  return {
    network: 'regtest',
    amountMsat: msat(10_000),
    paymentHash: hash('ab'.repeat(32)),
    paymentSecret: '11'.repeat(32),
    description: 'one coffee',
    createdAt: 1_790_000_000,
    expiresInSeconds: 300,
    ...change,
  }
}

function hash(hex: string): PaymentHash {
  const parsed = parsePaymentHash(hex)
  assert.ok(parsed)
  return parsed
}

function decoded(text: string): Invoice {
  return decodeInvoice(text, secp256k1)
}

/** The words before the signature. */
function data(invoice: string): readonly number[] {
  return bech32.decode(invoice, false).words.slice(0, -104)
}

/** Any words under a true signature, so that what is refused is what the words say. */
function signed(words: readonly number[], prefix = 'lnbcrt'): string {
  const bits = words.map((word) => word.toString(2).padStart(5, '0')).join('')
  const bytes = bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)) ?? []
  const digest = new Uint8Array(
    createHash('sha256').update(prefix).update(Uint8Array.from(bytes)).digest(),
  )
  const { signature, recoveryId } = secp256k1.signEcdsaRecoverable(digest, secretKey)
  const tail = bech32.toWords(Uint8Array.of(...signature, recoveryId))
  return bech32.encode(prefix, [...words, ...tail], false)
}

function plain(invoice: Invoice): unknown {
  const amount = invoice.amountMsat
  return { ...invoice, amountMsat: amount === null ? null : String(amount) }
}

function refusal(part: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof Bolt11Error &&
    error.code === 'invalid_invoice' &&
    (error.message.includes(part) || assert.fail(`"${error.message}" does not say "${part}"`))
}
