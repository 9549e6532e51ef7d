import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PaymentId } from '../payment/payment.ts'
import { eventually } from '../testing/eventually.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { type HttpWorld, openHttpWorld, tokenWith } from '../testing/http-world.ts'
import { readSse } from '../testing/sse-reader.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'

const USER = testKey(9)
const ORDER = { main_key: USER, amount: 10_000, currency: 'millisats' }

let world: HttpWorld
let port: number
before(async () => {
  world = await openHttpWorld()
  port = (await world.server.listen({ host: '127.0.0.1', port: 0 })).port
})
after(() => world.close())

async function ask(shop = world) {
  const created = (await shop.call('POST', '/payments/single', ORDER)).json()
  const { request_id } = (await shop.call('GET', `/payments/${created.payment_id}`)).json()
  return { ...created, request_id, path: `/events/${created.stream_id}` }
}

const positionOf = (data: unknown) => (data as { position: number }).position
const statuses = (events: { data: unknown }[]) =>
  events.map(({ data }) => (data as { data: { status: string } }).data.status)

test('a silent stream opens at once', async () => {
  const reader = await readSse(port, (await ask()).path)
  assert.equal(reader.status, 200)
  assert.equal(reader.headers['content-type'], 'text/event-stream')
  assert.match(String(reader.headers['cache-control']), /no-store/)
  await eventually(reader.text, (text) => text === 'retry: 1000\n\n')
  reader.hangUp()
})

test('events come as they happen, unnamed, with their index as id, and the end closes', async () => {
  const payment = await ask()
  const reader = await readSse(port, payment.path)
  await world.messenger.answer(USER, payment.request_id, { type: 'approved' })
  await eventually(reader.events, (events) => events.length === 1)
  await world.lightning.settle(payment.payment_hash)
  await reader.ended
  assert.deepEqual(statuses(reader.events()), ['user_approved', 'paid'])
  assert.deepEqual(
    reader.events().map((event) => event.id),
    ['0', '1'],
  )
  assert.ok(!reader.text().includes('event:'))
  const polled = (await world.call('GET', payment.path)).json().events
  assert.deepEqual(
    reader.events().map((event) => event.data),
    polled,
  )
})

test('a token that is removed ends what it reads, by stream and by long poll', async (t) => {
  const clock = createVirtualClock(1_790_000_000_000)
  const holder = { name: 'shop', scopes: ['admin'] as const }
  let isGood = true
  const shop = await openHttpWorld({ clock, tokens: { verify: () => (isGood ? holder : null) } })
  t.after(() => shop.close())
  const { port } = await shop.server.listen({ host: '127.0.0.1', port: 0 })
  const payment = await ask(shop)
  const told = await readSse(port, payment.path)
  const feed = await readSse(port, '/events')
  const silent = await readSse(port, (await ask(shop)).path)
  const polls = [payment.path, '/events'].map((path) => shop.call('GET', `${path}?wait=60`))
  await eventually(
    async () => (await shop.call('GET', '/metrics')).body,
    (figures) => figures.includes('portal_http_readers 5\n'),
  )
  isGood = false
  await shop.lightning.settle(payment.payment_hash)
  for (const reader of [told, feed]) {
    await reader.ended
    assert.deepEqual(reader.events(), [])
  }
  for (const poll of polls) assert.equal((await poll).statusCode, 401)
  await clock.advance(15_000)
  await silent.ended
})

test('a reader who comes after the end gets everything, then 204', async () => {
  const payment = await ask()
  await world.messenger.answer(USER, payment.request_id, { type: 'approved' })
  await world.lightning.settle(payment.payment_hash)
  const first = await readSse(port, payment.path)
  await first.ended
  assert.deepEqual(statuses(first.events()), ['user_approved', 'paid'])
  const again = await readSse(port, payment.path, { 'last-event-id': '1' })
  assert.equal(again.status, 204)
  await again.ended
  assert.equal((await readSse(port, `${payment.path}?after=2`)).status, 204)
})

test('Last-Event-ID is exclusive and beats `after`', async () => {
  const payment = await ask()
  await world.messenger.answer(USER, payment.request_id, { type: 'approved' })
  await world.lightning.settle(payment.payment_hash)
  const reader = await readSse(port, `${payment.path}?after=5`, { 'last-event-id': '0' })
  await reader.ended
  assert.deepEqual(statuses(reader.events()), ['paid'])
  const inclusive = await readSse(port, `${payment.path}?after=0`)
  await inclusive.ended
  assert.equal(inclusive.events().length, 2)
})

test('late money that is logged already is told before the stream closes', async () => {
  const payment = await ask()
  await world.messenger.answer(USER, payment.request_id, { type: 'rejected', reason: 'no' })
  await world.lightning.settle(payment.payment_hash)
  const reader = await readSse(port, payment.path)
  await reader.ended
  assert.deepEqual(statuses(reader.events()), ['user_rejected', 'paid'])
})

test('late money reaches a reader who had read the end', async () => {
  const payment = await ask()
  await world.messenger.answer(USER, payment.request_id, { type: 'rejected', reason: 'no' })
  assert.equal((await readSse(port, payment.path, { 'last-event-id': '0' })).status, 204)
  await world.lightning.settle(payment.payment_hash)
  const reader = await readSse(port, payment.path, { 'last-event-id': '0' })
  await reader.ended
  assert.deepEqual(statuses(reader.events()), ['paid'])
})

test('the feed streams on over the end of payments', async () => {
  const { next } = (await world.call('GET', '/events')).json()
  const reader = await readSse(port, `/events?after=${next}`)
  for (let i = 0; i < 2; i++) {
    const payment = await ask()
    await world.lightning.settle(payment.payment_hash)
  }
  await eventually(reader.events, (events) => events.length === 2)
  const [first, second] = reader.events()
  assert.equal(first?.id, String(positionOf(first?.data)))
  reader.hangUp()
  const again = await readSse(port, '/events', { 'last-event-id': first?.id ?? '' })
  await eventually(again.events, (events) => events.length === 1)
  assert.deepEqual(again.events(), [second])
  again.hangUp()
})

test('the feed hides from an SSE reader what its token may not see', async () => {
  const { next } = (await world.call('GET', '/events')).json()
  const reader = await readSse(port, `/events?after=${next}`, {
    authorization: `Bearer ${tokenWith('auth')}`,
  })
  await world.lightning.settle((await ask()).payment_hash)
  const { stream_id } = (await world.call('POST', '/key-handshake', {})).json()
  await world.call('DELETE', `/key-handshake/${stream_id}`)
  await eventually(reader.events, (events) => events.length > 0)
  assert.match(JSON.stringify(reader.events()[0]?.data), /"type":"key_handshake"/)
  reader.hangUp()
})

test('a heartbeat comes every 15 s as a comment', async (t) => {
  const clock = createVirtualClock(1_790_000_000_000)
  const shop = await openHttpWorld({ clock })
  t.after(() => shop.close())
  const address = await shop.server.listen({ host: '127.0.0.1', port: 0 })
  const reader = await readSse(address.port, (await ask(shop)).path)
  await eventually(reader.text, (text) => text !== '')
  await clock.advance(14_900)
  assert.equal(reader.text(), 'retry: 1000\n\n')
  await clock.advance(200)
  await eventually(reader.text, (text) => text === 'retry: 1000\n\n:\n\n')
  reader.hangUp()
})

test('a reader who hangs up leaves nothing behind', async () => {
  const reader = await readSse(port, (await ask()).path)
  const readers = async () => {
    const text = (await world.call('GET', '/metrics')).body
    return /^portal_http_readers (.*)$/m.exec(text)?.[1]
  }
  assert.equal(await readers(), '1')
  reader.hangUp()
  await eventually(readers, (count) => count === '0')
})

test('a reader who does not read is cut and the others are not held up', async (t) => {
  const clock = createVirtualClock(1_790_000_000_000)
  const shop = await openHttpWorld({ clock })
  t.after(() => shop.close())
  const address = await shop.server.listen({ host: '127.0.0.1', port: 0 })
  const slow = await readSse(address.port, '/events')
  slow.response.pause()
  const quick = await readSse(address.port, '/events')
  // More than the sockets between hold; long before that nothing more is written for the slow one.
  const { payment_id } = await ask(shop)
  const told = 20_000
  for (let count = 0; count < told; count += 1_000) await fail(shop, payment_id, 1_000)
  await eventually(quick.tail, (tail) => tail.includes(`id: ${told}\n`))
  await clock.advance(20_000)
  slow.response.resume()
  await slow.ended
  assert.ok(slow.events().length < told)
  quick.hangUp()
})

/** Logs so many long `user_failed` events of a payment at once. */
async function fail(shop: HttpWorld, id: string, count: number): Promise<void> {
  const event = { status: 'user_failed', reason: 'x'.repeat(500) } as const
  for (;;) {
    const payment = await shop.store.payment(id as PaymentId)
    assert.ok(payment)
    const result = await shop.store.commit({
      subject: { ...payment, eventCount: payment.eventCount + count },
      events: Array(count).fill(event),
      wakeAtMs: null,
      atMs: 0,
      receivedEventId: null,
      userRelays: null,
    })
    if (result === 'committed') return
  }
}
