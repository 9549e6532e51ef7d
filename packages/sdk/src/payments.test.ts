import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APPROVED, ORDER, PAID, setUp, USER, words } from '../test/setting.ts'
import {
  AuthError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  type PaymentStatus,
  PortalClient,
} from './index.ts'

test('a request carries what the API asks for, and resolves as soon as it is taken', async (t) => {
  const { daemon, client } = await setUp(t)
  const order = { ...ORDER, request_id: 'order-1', subscription_id: null, metadata: { a: 1 } }
  const payment = await client.requestSinglePayment(USER, ['ab'.repeat(32)], order)
  const { line, body } = daemon.arrivals[0] ?? {}
  assert.equal(line, 'POST /payments/single')
  assert.deepEqual(body, { ...order, main_key: USER, subkeys: ['ab'.repeat(32)] })
  const [stored] = daemon.payments()
  assert.equal(payment.id, stored?.payment_id)
  assert.equal(payment.streamId, stored?.stream_id)
  assert.equal(payment.invoice, 'lnbcrt1fake')
  assert.equal(payment.paymentHash, '00'.repeat(32))
  assert.equal(payment.expiresAt, 2_000_000_000)
  assert.equal(payment.requestId, 'order-1')
  daemon.log.tell(payment.streamId, PAID)
  assert.deepEqual(await payment.done, PAID)
})

test('a POST whose answer was lost is repeated with its key and asks only once', async (t) => {
  const { daemon, client } = await setUp(t)
  let lost = 0
  daemon.intercept = (request, response) => {
    if (request.method !== 'POST' || lost === 2) return false
    lost += 1
    response.destroy()
    return lost === 1
  }
  const payment = await client.requestSinglePayment(USER, [], ORDER)
  assert.equal(daemon.payments().length, 1)
  const keys = daemon.arrivals
    .filter(({ line }) => line === 'POST /payments/single')
    .map(({ headers }) => headers['idempotency-key'])
  assert.equal(keys.length, 3)
  assert.equal(new Set(keys).size, 1)
  assert.match(String(keys[0]), /^[0-9a-f]{32}$/)
  daemon.log.tell(payment.streamId, PAID)
  await payment.done
})

test('a key of your own finds the payment made before; another request under it is a conflict', async (t) => {
  const { daemon, client } = await setUp(t)
  const options = { idempotencyKey: 'order-1' }
  const first = await client.requestSinglePayment(USER, [], ORDER, undefined, options)
  const second = await client.requestSinglePayment(USER, [], ORDER, undefined, options)
  assert.equal(second.id, first.id)
  await assert.rejects(
    client.requestSinglePayment(USER, [], { ...ORDER, amount: 1 }, undefined, options),
    (error) => error instanceof ConflictError && error.code === 'idempotency_mismatch',
  )
  await assert.rejects(
    client.requestSinglePayment(USER, [], ORDER, undefined, { idempotencyKey: 'a\nb' }),
    (error) => error instanceof InvalidRequestError && error.field === 'Idempotency-Key',
  )
  daemon.log.tell(first.streamId, PAID)
  await Promise.all([first.done, second.done])
})

test('two calls without a key are two payments', async (t) => {
  const { daemon, client } = await setUp(t)
  daemon.onCreated = (streamId) => daemon.log.tell(streamId, PAID)
  const one = await client.requestSinglePayment(USER, [], ORDER)
  const two = await client.requestSinglePayment(USER, [], ORDER)
  assert.notEqual(one.id, two.id)
  await Promise.all([one.done, two.done])
})

test('refusals come as errors with code and field', async (t) => {
  const { daemon, client, at } = await setUp(t)
  await assert.rejects(
    client.requestSinglePayment(USER, [], { ...ORDER, amount: 0 }),
    (error) => error instanceof InvalidRequestError && error.field === 'amount',
  )
  await assert.rejects(client.getPayment('no-such'), NotFoundError)
  for (const id of ['', '.', '..']) {
    await assert.rejects(client.getPayment(id), InvalidRequestError)
  }
  const stranger = new PortalClient({ baseUrl: daemon.baseUrl, authToken: 'wrong-token-12345' })
  await assert.rejects(stranger.info(), AuthError)
  await assert.rejects(at(`${daemon.baseUrl}/elsewhere`).getPayment('x'), NotFoundError)
})

test('a payment is cancelled from its handle or by id; what ended otherwise is a conflict', async (t) => {
  const { daemon, client } = await setUp(t)
  const payment = await client.requestSinglePayment(USER, [], ORDER)
  assert.equal((await payment.cancel()).invoice_cancelled, true)
  const end = await payment.done
  assert.ok(end.status === 'error' && end.code === 'cancelled')
  const other = await client.requestSinglePayment(USER, [], ORDER)
  daemon.log.tell(other.streamId, PAID)
  await other.done
  await assert.rejects(
    client.cancelPayment(other.id),
    (error) => error instanceof ConflictError && error.code === 'payment_ended',
  )
})

test('late money is noted as dealt with', async (t) => {
  const { daemon, client } = await setUp(t)
  const { id } = await client.requestSinglePayment(USER, [], ORDER)
  assert.equal((await client.resolveLate(id, 'refunded')).late_note, 'refunded')
  const { line, body } = daemon.arrivals.at(-1) ?? {}
  assert.equal(line, `POST /payments/${id}/resolve-late`)
  assert.deepEqual(body, { note: 'refunded' })
  await assert.rejects(client.resolveLate('no-such', 'refunded'), NotFoundError)
})

test('an invoice payment goes to its own address', async (t) => {
  const { daemon, client } = await setUp(t)
  const bill = { ...ORDER, invoice: 'lnbcrt1…', expires_at: 2_000_000_000 }
  const payment = await client.requestInvoicePayment(USER, [], bill)
  const { line, body } = daemon.arrivals[0] ?? {}
  assert.equal(line, 'POST /payments/invoice')
  assert.deepEqual(body, { ...bill, main_key: USER, subkeys: [] })
  daemon.log.tell(payment.streamId, PAID)
  await payment.done
})

test('after a restart of the caller a payment is followed again from its first status', async (t) => {
  const { daemon, client, at } = await setUp(t)
  const payment = await client.requestSinglePayment(USER, [], { ...ORDER, request_id: 'order-1' })
  daemon.log.tell(payment.streamId, APPROVED)
  const told: PaymentStatus[] = []
  const resumed = await at(daemon.baseUrl).resumePayment(payment.id, (s) => void told.push(s))
  const { id, streamId, requestId } = resumed
  assert.deepEqual([id, streamId, requestId], [payment.id, payment.streamId, 'order-1'])
  daemon.log.tell(payment.streamId, PAID)
  await resumed.done
  assert.equal(words(told), 'user_approved paid')
  await assert.rejects(client.resumePayment('no-such'), NotFoundError)
})

test('by stream id alone statuses are told, and cancelling says what is missing', async (t) => {
  const { daemon, client } = await setUp(t)
  const payment = await client.requestSinglePayment(USER, [], ORDER)
  const resumed = await client.resumePayment(payment.streamId)
  assert.equal(resumed.id, null)
  await assert.rejects(resumed.cancel(), NotFoundError)
  daemon.log.tell(payment.streamId, PAID)
  assert.deepEqual(await resumed.done, PAID)
})

test('a list is a page for whoever awaits it and all payments for whoever loops', async (t) => {
  const { daemon, client } = await setUp(t)
  daemon.onCreated = (streamId) => daemon.log.tell(streamId, PAID)
  const made: string[] = []
  for (let i = 0; i < 5; i += 1) {
    const payment = await client.requestSinglePayment(USER, [], ORDER)
    made.unshift(payment.id)
    await payment.done
  }
  const page = await client.listPayments({ limit: 2, status: 'paid' })
  assert.equal(page.payments.length, 2)
  assert.equal(page.next_cursor, '2')
  const listed: string[] = []
  for await (const { payment_id } of client.listPayments({ limit: 2 })) listed.push(payment_id)
  assert.deepEqual(listed, made)
  assert.deepEqual(await Array.fromAsync(client.listPayments({ status: 'timeout' })), [])
})
