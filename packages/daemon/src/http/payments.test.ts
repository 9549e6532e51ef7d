import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { npubOf } from 'portal-protocol'
import { assertAnswers } from '../testing/assert-answers.ts'
import { eventually } from '../testing/eventually.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { ADMIN_TOKEN, type HttpWorld, openHttpWorld } from '../testing/http-world.ts'

const USER = testKey(9)
const ORDER = { main_key: USER, amount: 10_000, currency: 'millisats' }

let world: HttpWorld
before(async () => {
  world = await openHttpWorld()
})
after(() => world.close())

test("the seed's curl lines work word for word", async () => {
  // What curl sends for the two commands of the page, the placeholders filled in.
  const asked = await world.server.inject({
    method: 'POST',
    url: '/payments/single',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    payload: `{
    "main_key": "${testKey(8)}",
    "subkeys": [],
    "description": "Premium - 1 month",
    "amount": 10000,
    "currency": "millisats"
  }`,
  })
  assert.equal(asked.statusCode, 201)
  const { stream_id } = asked.json()
  const polled = await world.server.inject({
    method: 'GET',
    url: `/events/${stream_id}?after=0`,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  assert.equal(polled.statusCode, 200)
  assert.deepEqual(polled.json(), { events: [], next: 0 })
})

test('a request is answered with its ids, the invoice and its end', async () => {
  const answer = await world.call('POST', '/payments/single', ORDER)
  assert.equal(answer.statusCode, 201)
  await assertAnswers(world, 'POST', '/payments/single', answer)
  const body = answer.json()
  assert.deepEqual(Object.keys(body), [
    'stream_id',
    'payment_id',
    'invoice',
    'payment_hash',
    'expires_at',
  ])
  assert.match(body.invoice, /^lnbcrt/)
  assert.equal(answer.headers.location, `/payments/${body.payment_id}`)
})

test('a key may be an npub, and JSON may say its charset', async () => {
  const answer = await world.call(
    'POST',
    '/payments/single',
    JSON.stringify({ ...ORDER, main_key: npubOf(USER), subkeys: [npubOf(testKey(7)), testKey(7)] }),
    { 'content-type': 'application/json; charset=utf-8' },
  )
  assert.equal(answer.statusCode, 201)
  const found = await world.call('GET', `/payments/${answer.json().payment_id}`)
  assert.equal(found.json().main_key, USER)
  assert.deepEqual(found.json().subkeys, [testKey(7)])
})

test('null says the same as leaving an optional field out', async () => {
  const nothing = {
    subkeys: null,
    description: null,
    subscription_id: null,
    auth_token: null,
    request_id: null,
    expires_in: null,
    metadata: null,
  }
  const answer = await world.call('POST', '/payments/single', { ...ORDER, ...nothing })
  assert.equal(answer.statusCode, 201)
})

test('currency is taken in any case and answered in lower case', async () => {
  const answer = await world.call('POST', '/payments/single', { ...ORDER, currency: 'MilliSats' })
  assert.equal(answer.statusCode, 201)
  const found = await world.call('GET', `/payments/${answer.json().payment_id}`)
  assert.equal(found.json().currency, 'millisats')
})

test('a look-up carries every field, also those that are null', async () => {
  const order = {
    ...ORDER,
    description: 'Zwei Kaffee ☕',
    subscription_id: 'sub-1',
    request_id: 'order-17',
    expires_in: 60,
    metadata: { table: 4, extras: ['milk', null] },
  }
  const { payment_id, stream_id, invoice, payment_hash, expires_at } = (
    await world.call('POST', '/payments/single', order)
  ).json()
  const answer = await eventually(
    () => world.call('GET', `/payments/${payment_id}`),
    (found) => found.json().delivery.relays.length > 0,
  )
  await assertAnswers(world, 'GET', '/payments/{payment_id}', answer)
  const { created_at, delivery, ...rest } = answer.json()
  assert.ok(expires_at - created_at >= 60 && expires_at - created_at <= 61)
  assert.deepEqual(
    delivery.relays.map((relay: { url: string }) => relay.url),
    ['wss://own.example'],
  )
  assert.equal(delivery.answered_at, null)
  assert.deepEqual(rest, {
    payment_id,
    stream_id,
    request_id: 'order-17',
    status: 'pending',
    code: null,
    reason: null,
    main_key: USER,
    subkeys: [],
    amount: 10_000,
    capture: 'automatic',
    capture_before: null,
    currency: 'millisats',
    description: 'Zwei Kaffee ☕',
    invoice,
    payment_hash,
    preimage: null,
    late: false,
    late_note: null,
    late_resolved_at: null,
    expires_at,
    ended_at: null,
    paid_at: null,
    subscription_id: 'sub-1',
    metadata: { table: 4, extras: ['milk', null] },
  })
})

test('a paid payment shows its preimage and when the money was seen', async () => {
  const { payment_id, stream_id, payment_hash } = (
    await world.call('POST', '/payments/single', ORDER)
  ).json()
  await world.lightning.settle(payment_hash)
  const found = (await world.call('GET', `/payments/${payment_id}`)).json()
  assert.equal(found.status, 'paid')
  assert.equal(found.preimage, world.lightning.preimageOf(payment_hash))
  assert.equal(found.ended_at, found.paid_at)
  const page = await world.call('GET', `/events/${stream_id}?after=0`)
  await assertAnswers(world, 'GET', '/events/{stream_id}', page)
  assert.deepEqual(page.json().events[0].data, { status: 'paid', preimage: found.preimage })
})

test('the same Idempotency-Key with the same JSON is the same payment, in any order of keys', async () => {
  const key = { 'idempotency-key': 'retry-1' }
  const first = await world.call('POST', '/payments/single', { ...ORDER, request_id: 'a-1' }, key)
  const again = await world.call(
    'POST',
    '/payments/single',
    { request_id: 'a-1', description: null, currency: 'millisats', amount: 10_000, main_key: USER },
    key,
  )
  assert.equal(again.statusCode, 201)
  assert.deepEqual(again.json(), first.json())
})

test('the same Idempotency-Key with other JSON, or at another address, is refused', async () => {
  const key = { 'idempotency-key': 'retry-2' }
  assert.equal((await world.call('POST', '/payments/single', ORDER, key)).statusCode, 201)
  const other = await world.call('POST', '/payments/single', { ...ORDER, amount: 1 }, key)
  assert.equal(other.statusCode, 422)
  assert.equal(other.json().code, 'idempotency_mismatch')
  const elsewhere = await world.call('POST', '/authenticate-key', { main_key: USER }, key)
  assert.equal(elsewhere.statusCode, 422)
})

test('a refused request consumes no Idempotency-Key', async () => {
  const key = { 'idempotency-key': 'retry-3' }
  assert.equal(
    (await world.call('POST', '/payments/single', { ...ORDER, amount: 0 }, key)).statusCode,
    400,
  )
  assert.equal((await world.call('POST', '/payments/single', ORDER, key)).statusCode, 201)
})

test('a request_id used before for that user is a conflict that names the field', async () => {
  const order = { ...ORDER, request_id: 'order-18' }
  assert.equal((await world.call('POST', '/payments/single', order)).statusCode, 201)
  const again = await world.call('POST', '/payments/single', order)
  assert.equal(again.statusCode, 409)
  assert.equal(again.json().code, 'conflict')
  assert.equal(again.json().field, 'request_id')
})

test('cancelling ends the payment; with {} or nothing as body, and again', async () => {
  const { payment_id } = (await world.call('POST', '/payments/single', ORDER)).json()
  const url = `/payments/${payment_id}/cancel`
  const answer = await world.call('POST', url)
  assert.equal(answer.statusCode, 200)
  await assertAnswers(world, 'POST', '/payments/{payment_id}/cancel', answer)
  assert.equal(answer.json().status, 'error')
  assert.equal(answer.json().code, 'cancelled')
  assert.equal(answer.json().invoice_cancelled, false)
  assert.equal((await world.call('POST', url, {})).statusCode, 200)
  const bodiless = await world.call('POST', url, undefined, { 'content-type': 'application/json' })
  assert.equal(bodiless.statusCode, 200)
  assert.deepEqual(bodiless.json(), answer.json())
})

test('a payment that ended otherwise cannot be cancelled', async () => {
  const { payment_id, payment_hash } = (await world.call('POST', '/payments/single', ORDER)).json()
  await world.lightning.settle(payment_hash)
  const answer = await world.call('POST', `/payments/${payment_id}/cancel`)
  assert.equal(answer.statusCode, 409)
  assert.equal(answer.json().code, 'payment_ended')
})

test('what is held is captured at a word, and again; before, and otherwise, it is a conflict', async () => {
  const order = { ...ORDER, capture: 'manual' }
  const asked = await world.call('POST', '/payments/single', order)
  const { payment_id, payment_hash, stream_id } = asked.json()
  const url = `/payments/${payment_id}/capture`
  const early = await world.call('POST', url)
  assert.equal(early.statusCode, 409)
  await assertAnswers(world, 'POST', '/payments/{payment_id}/capture', early)
  assert.equal(early.json().code, 'conflict')

  const captureBefore = Math.floor(Date.now() / 1_000) + 36_000
  await world.lightning.hold(payment_hash, captureBefore)
  const found = (await world.call('GET', `/payments/${payment_id}`)).json()
  assert.deepEqual(
    [found.status, found.capture, found.capture_before],
    ['held', 'manual', captureBefore],
  )
  const events = await world.call('GET', `/events/${stream_id}`)
  await assertAnswers(world, 'GET', '/events/{stream_id}', events)
  assert.deepEqual(events.json().events[0].data, { status: 'held', capture_before: captureBefore })
  assert.equal((await world.call('GET', '/payments?status=held')).json().payments.length, 1)

  const answer = await world.call('POST', url)
  assert.equal(answer.statusCode, 200)
  await assertAnswers(world, 'POST', '/payments/{payment_id}/capture', answer)
  assert.equal(answer.json().status, 'paid')
  assert.deepEqual((await world.call('POST', url, {})).json(), answer.json())
})

test('capture is manual or automatic, and only where the node can hold', async () => {
  const ask = (capture: unknown) => world.call('POST', '/payments/single', { ...ORDER, capture })
  const { payment_id } = (await ask('automatic')).json()
  const automatic = await world.call('POST', `/payments/${payment_id}/capture`)
  assert.equal(automatic.json().code, 'conflict')
  world.lightning.holds = false
  for (const capture of ['manual', 'later', true]) {
    const answer = await ask(capture)
    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json().field, 'capture')
  }
  world.lightning.holds = true
})

test('the list pages newest first and goes by its filters', async (t) => {
  const shop = await openHttpWorld()
  t.after(() => shop.close())
  const other = testKey(11)
  for (const request_id of ['l-1', 'l-2', 'l-3']) {
    await shop.call('POST', '/payments/single', { ...ORDER, request_id, subscription_id: 's' })
  }
  const last = await shop.call('POST', '/payments/single', { ...ORDER, main_key: other })
  await shop.lightning.settle(last.json().payment_hash)
  const list = async (query: string) => {
    const answer = await shop.call('GET', `/payments${query}`)
    assert.equal(answer.statusCode, 200, answer.body)
    await assertAnswers(shop, 'GET', '/payments', answer)
    return answer.json()
  }
  const ids = (page: { payments: { request_id: string }[] }) =>
    page.payments.map((p) => p.request_id)

  const first = await list('?limit=2&subscription_id=s')
  const second = await list(`?limit=2&subscription_id=s&cursor=${first.next_cursor}`)
  assert.deepEqual([...ids(first), ...ids(second)].toSorted(), ['l-1', 'l-2', 'l-3'])
  assert.equal(second.next_cursor, null)
  assert.equal((await list(`?main_key=${npubOf(other)}`)).payments.length, 1)
  assert.equal((await list('?status=paid')).payments.length, 1)
  assert.equal((await list('?late=true')).payments.length, 0)
  assert.deepEqual(ids(await list('?request_id=l-2')), ['l-2'])
  const now = Math.ceil(Date.now() / 1000) + 1
  assert.equal((await list(`?created_after=${now}`)).payments.length, 0)
  assert.equal((await list(`?created_before=${now}`)).payments.length, 4)
})

test('an external invoice is asked for, and a bad one refused with its field', async () => {
  const own = (
    await world.call('POST', '/payments/single', { ...ORDER, main_key: testKey(12) })
  ).json()
  await world.call('POST', `/payments/${own.payment_id}/cancel`)
  const order = { ...ORDER, main_key: testKey(13), invoice: own.invoice }
  const answer = await world.call('POST', '/payments/invoice', order)
  assert.equal(answer.statusCode, 201, answer.body)
  assert.equal(answer.json().payment_hash, own.payment_hash)
  const wrong = await world.call('POST', '/payments/invoice', { ...order, amount: 1 })
  assert.equal(wrong.statusCode, 400)
  assert.equal(wrong.json().field, 'amount')
  const open = await world.call('POST', '/payments/invoice', order)
  assert.equal(open.statusCode, 409)
  assert.equal(open.json().field, 'invoice')
})
