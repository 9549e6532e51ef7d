import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAnswers } from '../testing/assert-answers.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { type HttpWorld, openHttpWorld, tokenWith } from '../testing/http-world.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'

const USER = testKey(9)
const ORDER = { main_key: USER, amount: 10_000, currency: 'millisats' }
const START_MS = 1_790_000_000_000

let world: HttpWorld
before(async () => {
  world = await openHttpWorld()
})
after(() => world.close())

async function paid(shop: HttpWorld) {
  const created = (await shop.call('POST', '/payments/single', ORDER)).json()
  const { request_id } = (await shop.call('GET', `/payments/${created.payment_id}`)).json()
  await shop.messenger.answer(USER, request_id, { type: 'approved' })
  await shop.lightning.settle(created.payment_hash)
  return { ...created, request_id }
}

test('`after` is the first index wanted, `next` the one to ask for next', async () => {
  const { stream_id } = await paid(world)
  const page = async (query: string) =>
    (await world.call('GET', `/events/${stream_id}${query}`)).json()
  const all = await page('')
  assert.deepEqual(
    all.events.map((event: { index: number; data: { status: string } }) => [
      event.index,
      event.data.status,
    ]),
    [
      [0, 'user_approved'],
      [1, 'paid'],
    ],
  )
  assert.equal(all.next, 2)
  assert.deepEqual(await page('?after=0'), all)
  assert.deepEqual(await page('?after=1'), { events: all.events.slice(1), next: 2 })
  assert.deepEqual(await page('?after=2'), { events: [], next: 2 })
  assert.deepEqual(await page('?after=7'), { events: [], next: 7 })
})

test('a long poll is answered at the moment something happens', async () => {
  const { stream_id, payment_hash } = (await world.call('POST', '/payments/single', ORDER)).json()
  const waiting = world.call('GET', `/events/${stream_id}?wait=60`)
  await world.call('GET', '/health')
  await world.lightning.settle(payment_hash)
  const answer = await waiting
  await assertAnswers(world, 'GET', '/events/{stream_id}', answer)
  assert.equal(answer.json().events[0].data.status, 'paid')
  assert.equal(answer.json().next, 1)
})

test('a long poll without news ends empty after its time, also on an ended stream', async (t) => {
  const clock = createVirtualClock(START_MS)
  const shop = await openHttpWorld({ clock })
  t.after(() => shop.close())
  const { stream_id } = await paid(shop)
  let answered = false
  const waiting = shop.call('GET', `/events/${stream_id}?after=2&wait=7`).then((answer) => {
    answered = true
    return answer
  })
  await clock.advance(6_900)
  assert.equal(answered, false)
  await clock.advance(200)
  assert.deepEqual((await waiting).json(), { events: [], next: 2 })
})

test('times are unix seconds', async (t) => {
  const clock = createVirtualClock(START_MS)
  const shop = await openHttpWorld({ clock })
  t.after(() => shop.close())
  const { stream_id } = await paid(shop)
  const { events } = (await shop.call('GET', `/events/${stream_id}`)).json()
  assert.equal(events[0].created_at, START_MS / 1000)
})

test('the feed tells every stream in one order and continues from any position', async (t) => {
  const shop = await openHttpWorld()
  t.after(() => shop.close())
  const first = await paid(shop)
  const scan = (await shop.call('POST', '/key-handshake', {})).json()
  const token = new URL(scan.url.replace('portal://', 'https://')).searchParams.get('token') ?? ''
  await shop.messenger.handshake(USER, {
    token,
    preferredRelays: ['wss://a.example'],
    clientInfo: { name: 'w', version: '1' },
  })
  const answer = await shop.call('GET', '/events?after=0')
  await assertAnswers(shop, 'GET', '/events', answer)
  const { events, next } = answer.json()
  assert.deepEqual(
    events.map((item: Record<string, unknown>) => [item.type, item.index]),
    [
      ['payment', 0],
      ['payment', 1],
      ['key_handshake', 0],
    ],
  )
  const { position, created_at, ...item } = events[1]
  assert.ok(position > events[0].position && created_at > 0)
  assert.deepEqual(item, {
    type: 'payment',
    stream_id: first.stream_id,
    payment_id: first.payment_id,
    request_id: first.request_id,
    index: 1,
    data: { status: 'paid', preimage: shop.lightning.preimageOf(first.payment_hash) },
  })
  assert.deepEqual(events[2].data, {
    main_key: USER,
    preferred_relays: ['wss://a.example'],
    client_info: { name: 'w', version: '1' },
  })
  assert.equal(next, events[2].position)
  const rest = (await shop.call('GET', `/events?after=${events[0].position}`)).json()
  assert.deepEqual(rest.events, events.slice(1))
  const { log_id } = (await shop.call('GET', '/info')).json()
  const end = (await shop.call('GET', `/events?after=${next}`)).json()
  assert.deepEqual(end, { events: [], next, log_id })
})

test('a feed poll is held until something happens anywhere', async () => {
  const { next } = (await world.call('GET', '/events')).json()
  const waiting = world.call('GET', `/events?after=${next}&wait=60`)
  const { payment_id } = await paid(world)
  assert.equal((await waiting).json().events[0].payment_id, payment_id)
})

test('`after=end` begins with what happens from then on', async (t) => {
  const shop = await openHttpWorld()
  t.after(() => shop.close())
  const page = async (query: string) => (await shop.call('GET', `/events?${query}`)).json()
  assert.equal((await page('after=end')).next, 0)
  await paid(shop)
  const { events, next } = await page('after=end')
  assert.deepEqual([events, next], [[], (await page('')).next])
  const waiting = page('after=end&wait=60')
  const { payment_id } = await paid(shop)
  assert.equal((await waiting).events[0].payment_id, payment_id)
  assert.equal((await page(`after=${next}`)).events[0].payment_id, payment_id)
})

test('the feed shows a token only what its scopes cover, and moves past the rest', async (t) => {
  const shop = await openHttpWorld()
  t.after(() => shop.close())
  await paid(shop)
  const keys = { authorization: `Bearer ${tokenWith('auth')}` }
  const hidden = (await shop.call('GET', '/events', undefined, keys)).json()
  assert.deepEqual(hidden.events, [])
  assert.equal(hidden.next, (await shop.call('GET', '/events')).json().next)
})

test('a stream is read only with the scope of what it tells', async () => {
  const { stream_id } = await paid(world)
  const handshake = (await world.call('POST', '/key-handshake', {})).json()
  const status = async (id: string, scope: 'payments:read' | 'payments:write' | 'auth') => {
    const headers = { authorization: `Bearer ${tokenWith(scope)}` }
    return (await world.call('GET', `/events/${id}`, undefined, headers)).statusCode
  }
  assert.equal(await status(stream_id, 'payments:read'), 200)
  assert.equal(await status(stream_id, 'payments:write'), 403)
  assert.equal(await status(stream_id, 'auth'), 403)
  assert.equal(await status(handshake.stream_id, 'auth'), 200)
  assert.equal(await status(handshake.stream_id, 'payments:read'), 403)
})
