import assert from 'node:assert/strict'
import { describe } from 'node:test'
import fc from 'fast-check'
import { msat } from 'portal-protocol'
import type { IdempotencyKey } from '../engine/ports.ts'
import type { Handshake } from '../handshake/handshake.ts'
import type { Json } from '../log/json.ts'
import type { Payment } from '../payment/payment.ts'
import { type OpenStore, promiseOf } from './contract-test.ts'
import {
  change,
  hash,
  key,
  NOW_MS,
  paid,
  sampleAuthentication,
  sampleHandshake,
  sampleInvoicePayment,
  samplePayment,
  timedOut,
} from './sample-subjects.ts'

export function exerciseCreate(open: OpenStore): void {
  const promise = promiseOf(open)
  describe('creating', () => {
    promise('gives a payment back exactly as it was stored', async (store) => {
      await fc.assert(
        fc.asyncProperty(anyTerms, async (terms) => {
          const payment = samplePayment(terms)
          await store.createPayment(payment, null, null)
          assert.deepEqual(await store.payment(payment.id), payment)
        }),
        { numRuns: 50 },
      )
    })

    promise('gives handshakes and authentications back exactly', async (store) => {
      const once = sampleHandshake()
      const reusable = sampleHandshake({ reusable: true, expiresAt: null })
      const authentication = sampleAuthentication({ subkeys: [key(1), key(2)], lastSentAtMs: 5 })
      for (const conversation of [once, reusable, authentication]) {
        const created = await store.createConversation(conversation, null, NOW_MS)
        assert.deepEqual(created, { result: 'created', subject: conversation })
        assert.deepEqual(await store.conversation(conversation.streamId), conversation)
      }
      assert.deepEqual(await store.handshakeByToken(once.token), once)
      const found = await store.authenticationByChallenge(authentication.challenge)
      assert.deepEqual(found, authentication)
    })

    promise('answers a repeated key with what it made, as it is now', async (store) => {
      const payment = samplePayment()
      const idempotency = { key: 'k', fingerprint: 'f' }
      await store.createPayment(payment, idempotency, null)
      const ended = paid(payment)
      await store.commit(ended)
      const repeated = await store.createPayment(samplePayment(), idempotency, null)
      assert.deepEqual(repeated, { result: 'repeated', subject: { ...ended.subject, version: 1 } })
    })

    promise('refuses a key that was used for something else', async (store) => {
      const idempotency = { key: 'k', fingerprint: 'f' }
      await store.createPayment(samplePayment(), idempotency, null)
      const other = samplePayment()
      const mismatch = { result: 'key_mismatch' }
      const changed = { key: 'k', fingerprint: 'another' }
      assert.deepEqual(await store.createPayment(other, changed, null), mismatch)
      assert.equal(await store.payment(other.id), null)
      const handshake = sampleHandshake()
      assert.deepEqual(await store.createConversation(handshake, idempotency, null), mismatch)
    })

    promise('judges the key before the request id', async (store) => {
      const payment = samplePayment()
      const idempotency = { key: 'k', fingerprint: 'f' }
      await store.createPayment(payment, idempotency, null)
      const again = samplePayment({ requestId: payment.requestId, mainKey: payment.mainKey })
      const { result } = await store.createPayment(again, idempotency, null)
      assert.equal(result, 'repeated')
    })

    promise('makes one of many equal requests at once', async (store) => {
      const idempotency = { key: 'k', fingerprint: 'f' }
      const asked = Array.from({ length: 20 }, () => samplePayment())
      const created = await Promise.all(
        asked.map((payment) => store.createPayment(payment, idempotency, null)),
      )
      const results = created.map(({ result }) => result).sort()
      assert.deepEqual(results, ['created', ...Array(19).fill('repeated')])
      const ids = new Set(created.map((each) => ('subject' in each ? each.subject.id : null)))
      assert.equal(ids.size, 1)
      assert.equal((await store.listPayments({}, null, 100)).payments.length, 1)
    })

    promise('lets a user be asked once under a request id', async (store) => {
      const asked = Array.from({ length: 5 }, () =>
        samplePayment({ requestId: 'order-1', mainKey: key(1) }),
      )
      const created = await Promise.all(asked.map((p) => store.createPayment(p, null, null)))
      const results = created.map(({ result }) => result).sort()
      assert.deepEqual(results, ['created', ...Array(4).fill('request_id_used')])
      const other = samplePayment({ requestId: 'order-1', mainKey: key(2) })
      assert.equal((await store.createPayment(other, null, null)).result, 'created')
    })

    promise('leaves a key unused when the request was refused', async (store) => {
      const first = samplePayment()
      await store.createPayment(first, null, null)
      const idempotency = { key: 'k', fingerprint: 'f' }
      const taken = samplePayment({ requestId: first.requestId, mainKey: first.mainKey })
      const refused = await store.createPayment(taken, idempotency, null)
      assert.deepEqual(refused, { result: 'request_id_used' })
      const other = { key: 'k', fingerprint: 'corrected' }
      assert.equal((await store.createPayment(samplePayment(), other, null)).result, 'created')
    })
  })

  describe('an invoice that was given', () => {
    promise('is asked for by one open payment at a time', async (store) => {
      const payments = [1, 2, 3].map(() => sampleInvoicePayment(hash(1)))
      const created = await Promise.all(payments.map((p) => store.createPayment(p, null, null)))
      const results = created.map(({ result }) => result)
      assert.deepEqual(results, ['created', 'payment_hash_taken', 'payment_hash_taken'])
      await store.commit(timedOut(payments[0] ?? assert.fail()))
      const again = await store.createPayment(sampleInvoicePayment(hash(1)), null, null)
      assert.equal(again.result, 'created')
    })

    promise('is asked for by nobody once it was paid, late or not', async (store) => {
      const inTime = sampleInvoicePayment(hash(1))
      const late = sampleInvoicePayment(hash(2))
      for (const payment of [inTime, late]) await store.createPayment(payment, null, null)
      await store.commit(paid(inTime))
      await store.commit(timedOut(late))
      const ended: Payment = {
        ...late,
        state: 'unpaid',
        version: 1,
        endedAtMs: NOW_MS,
        eventCount: 1,
      }
      const told: Payment = { ...ended, late: true, paidAtMs: NOW_MS }
      assert.equal(await store.commit(change(told)), 'committed')
      for (const n of [1, 2]) {
        const created = await store.createPayment(sampleInvoicePayment(hash(n)), null, null)
        assert.equal(created.result, 'payment_hash_taken')
      }
    })

    promise('is refused while our own open payment carries its hash', async (store) => {
      const single = samplePayment()
      await store.createPayment(single, null, null)
      await store.commit(change({ ...single, state: 'invoiced', paymentHash: hash(1) }))
      const created = await store.createPayment(sampleInvoicePayment(hash(1)), null, null)
      assert.equal(created.result, 'payment_hash_taken')
    })

    promise('keeps our own payment from getting that hash later', async (store) => {
      await store.createPayment(sampleInvoicePayment(hash(1)), null, null)
      const single = samplePayment()
      await store.createPayment(single, null, null)
      const invoiced: Payment = { ...single, state: 'invoiced', paymentHash: hash(1) }
      assert.equal(await store.commit(change(invoiced)), 'payment_hash_taken')
      assert.equal((await store.paymentsByHash(hash(1), 10)).length, 1)
    })
  })

  describe('a handshake token', () => {
    promise('is open in one handshake at a time', async (store) => {
      const handshakes = [1, 2].map(() => sampleHandshake({ token: 'shop', reusable: true }))
      const created = await Promise.all(
        handshakes.map((handshake) => store.createConversation(handshake, null, null)),
      )
      assert.deepEqual(
        created.map(({ result }) => result),
        ['created', 'repeated'],
      )
      const open = handshakes[0] ?? assert.fail()
      assert.deepEqual(await store.handshakeByToken('shop'), open)
      assert.equal(await store.openHandshakes(), 1)
      const closed = { ...open, ended: true, eventCount: 1 }
      await store.commit(change(closed, { events: [{ status: 'closed' }] }))
      assert.equal(await store.handshakeByToken('shop'), null)
      assert.equal(await store.openHandshakes(), 0)
      const again = await store.createConversation(sampleHandshake({ token: 'shop' }), null, null)
      assert.equal(again.result, 'created')
    })

    promise('that is open is what a key made that asks for it', async (store) => {
      const ask = (token: string, key: string, over: Partial<Handshake> = {}) => {
        const asked = sampleHandshake({ token, reusable: true, ...over })
        return store.createConversation(asked, { key, fingerprint: token }, null)
      }
      const open = await ask('shop', 'first')
      assert.equal(open.result, 'created')
      const given = { ...open, result: 'repeated' }
      assert.deepEqual(await ask('shop', 'k'), given)
      assert.deepEqual(await ask('shop', 'k'), given)
      assert.deepEqual(await ask('till', 'k'), { result: 'key_mismatch' })
      assert.equal(await store.handshakeByToken('till'), null)
    })

    promise('that is open is nothing else that asks for it, which uses no key', async (store) => {
      const ask = (over: Partial<Handshake>, key: IdempotencyKey | null) =>
        store.createConversation(sampleHandshake({ token: 'shop', ...over }), key, null)
      await ask({ reusable: true }, null)
      const key = { key: 'k', fingerprint: 'f' }
      const url = 'portal://npub1?relays=&token=shop&no_request=true'
      for (const other of [{ reusable: true, url }, { reusable: false }])
        assert.deepEqual(await ask(other, key), { result: 'token_open' })
      assert.equal((await ask({ token: 'till', reusable: true }, key)).result, 'created')
    })
  })
}

const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
// As it comes from a request: JSON has no negative zero.
const json = fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value)))
const timeMs = fc.integer({ min: 0, max: 4_000_000_000_000 })

const anyTerms: fc.Arbitrary<Partial<Payment>> = fc.record({
  subkeys: fc.array(fc.nat().map(key), { maxLength: 8 }),
  amountMsat: fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }).map(msat),
  description: orNull(text),
  subscriptionId: orNull(text),
  authToken: orNull(text),
  metadata: orNull(fc.dictionary(text, json, { noNullPrototype: true })),
  capture: fc.constantFrom('automatic', 'manual'),
  captureBefore: orNull(fc.nat()),
  state: fc.constantFrom(
    'requested',
    'invoiced',
    'asked',
    'answered',
    'held',
    'closing',
    'paid',
    'unpaid',
  ),
  status: fc.constantFrom(
    'pending',
    'user_failed',
    'held',
    'user_rejected',
    'paid',
    'timeout',
    'error',
  ),
  code: orNull(
    fc.constantFrom(
      'no_relay',
      'unproven',
      'no_invoice',
      'cancelled',
      'capture_expired',
      'internal',
    ),
  ),
  reason: orNull(text),
  invoice: orNull(text),
  paymentHash: fc.constant(null),
  ownInvoice: fc.boolean(),
  invoiceState: fc.constantFrom('none', 'open', 'cancelled', 'watched'),
  late: fc.boolean(),
  delivery: fc.array(
    fc.record(
      { url: text, acceptedAtMs: orNull(timeMs), error: orNull(text) },
      { noNullPrototype: true },
    ),
  ),
  firstSentAtMs: orNull(timeMs),
  lastSentAtMs: orNull(timeMs),
  answeredAtMs: orNull(timeMs),
  approved: fc.boolean(),
  failures: fc.nat(3),
  claimed: fc.boolean(),
  attempts: fc.nat(),
  taskAtMs: timeMs,
  eventCount: fc.nat(),
  endedAtMs: orNull(timeMs),
  paidAtMs: orNull(timeMs),
  lateResolvedAtMs: orNull(timeMs),
  lateNote: orNull(fc.string()),
})
