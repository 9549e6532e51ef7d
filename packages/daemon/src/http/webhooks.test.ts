import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { SECRETS_MAX } from '../engine/webhook-endpoint.ts'
import { assertAnswers } from '../testing/assert-answers.ts'
import { eventually } from '../testing/eventually.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { type HttpWorld, openHttpWorld, tokenWith } from '../testing/http-world.ts'
import { createMetrics } from './metrics.ts'

let world: HttpWorld
before(async () => {
  world = await openHttpWorld()
})
after(() => world.close())

let made = 0

async function endpoint(order: object = {}) {
  made += 1
  const url = `https://shop-${made}.example/hooks`
  const answer = await world.call('POST', '/webhooks', { url, ...order })
  assert.equal(answer.statusCode, 201, answer.body)
  await assertAnswers(world, 'POST', '/webhooks', answer)
  return { ...answer.json(), receiver: world.sender.at(url) }
}

async function pay(): Promise<{ payment_id: string; stream_id: string }> {
  const order = { main_key: testKey(7), amount: 1_000, currency: 'millisats' }
  const answer = await world.call('POST', '/payments/single', order)
  const created = answer.json()
  await world.lightning.settle(created.payment_hash)
  return created
}

test('an endpoint is told what happens, and the secret is shown once', async () => {
  const { endpoint_id, secret, receiver, ...shown } = await endpoint()
  assert.match(endpoint_id, /^we_[A-Za-z0-9_-]{22}$/)
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const listed = await world.call('GET', '/webhooks')
  await assertAnswers(world, 'GET', '/webhooks', listed)
  assert.deepEqual(listed.json().endpoints.at(-1), { endpoint_id, ...shown })
  assert.ok(!listed.body.includes(secret))

  const { stream_id, payment_id } = await pay()
  const [got] = await eventually(
    () => receiver.got,
    ({ length }) => length === 1,
  )
  assert.equal(got?.type, 'payment.paid')
  assert.equal(got?.id, `evt_${stream_id}_0`)
  const feed = (await world.call('GET', '/events')).json()
  assert.deepEqual(got?.data, feed.events.at(-1))

  const path = `/webhooks/${endpoint_id}/deliveries`
  const log = await eventually(
    () => world.call('GET', path),
    (answer) => answer.json().deliveries.length === 1,
  )
  await assertAnswers(world, 'GET', '/webhooks/{endpoint_id}/deliveries', log)
  const [delivery] = log.json().deliveries
  assert.deepEqual(
    [delivery.event_id, delivery.type, delivery.payment_id, delivery.state, delivery.http_status],
    [`evt_${stream_id}_0`, 'payment.paid', payment_id, 'delivered', 200],
  )
  const one = await world.call('GET', `${path}?event_id=${delivery.event_id}&state=delivered`)
  assert.deepEqual(one.json(), { deliveries: [delivery], next_cursor: null })
  assert.deepEqual((await world.call('GET', `${path}?state=failed`)).json().deliveries, [])
  await world.call('DELETE', `/webhooks/${endpoint_id}`)
})

test('the delivery log goes on page by page', async () => {
  const { endpoint_id, receiver } = await endpoint()
  for (let i = 0; i < 3; i++) await pay()
  await eventually(
    () => receiver.got.length,
    (count) => count === 3,
  )
  const path = `/webhooks/${endpoint_id}/deliveries?limit=2`
  const first = await eventually(
    async () => (await world.call('GET', path)).json(),
    ({ next_cursor }) => next_cursor !== null,
  )
  const second = (await world.call('GET', `${path}&cursor=${first.next_cursor}`)).json()
  assert.deepEqual([first.deliveries.length, second.deliveries.length], [2, 1])
  assert.equal(second.next_cursor, null)
  assert.ok(first.deliveries[1].position > second.deliveries[0].position)
  await world.call('DELETE', `/webhooks/${endpoint_id}`)
})

test('an endpoint that was deleted is told nothing', async () => {
  const { endpoint_id, receiver } = await endpoint()
  const path = `/webhooks/${endpoint_id}`
  const deleted = await world.call('DELETE', path)
  assert.equal(deleted.statusCode, 204)
  await assertAnswers(world, 'DELETE', '/webhooks/{endpoint_id}', deleted)
  const { receiver: other } = await endpoint()
  await pay()
  await eventually(
    () => other.got.length,
    (count) => count === 1,
  )
  assert.equal(receiver.got.length, 0)
  for (const [method, route] of [
    ['DELETE', ''],
    ['POST', '/rotate'],
    ['POST', '/enable'],
    ['POST', '/test'],
    ['GET', '/deliveries'],
  ] as const) {
    const answer = await world.call(method, `${path}${route}`)
    assert.equal(answer.statusCode, 404, route)
    await assertAnswers(world, method, `/webhooks/{endpoint_id}${route}`, answer)
  }
})

test('the same Idempotency-Key makes one endpoint', async () => {
  const order = { url: 'https://once.example/', events: ['payment.paid'] }
  const headers = { 'idempotency-key': 'webhook-1' }
  const first = await world.call('POST', '/webhooks', order, headers)
  const again = await world.call('POST', '/webhooks', order, headers)
  assert.deepEqual([again.statusCode, again.json()], [201, first.json()])
  const payment = { main_key: testKey(7), amount: 1_000, currency: 'millisats' }
  const paid = await world.call('POST', '/payments/single', payment, headers)
  assert.deepEqual([paid.statusCode, paid.json().code], [422, 'idempotency_mismatch'])
  const other = await world.call('POST', '/webhooks', { url: 'https://b.example/' }, headers)
  assert.equal(other.statusCode, 422)
  await assertAnswers(world, 'POST', '/webhooks', other)
})

test('what an endpoint cannot be is refused, with the field', async () => {
  const url = 'https://shop.example/'
  for (const [order, field] of [
    [{}, 'url'],
    [{ url: 'http://shop.example/' }, 'url'],
    [{ url: 'https://127.0.0.1/' }, 'url'],
    [{ url: 'https://user:password@shop.example/' }, 'url'],
    [{ url, secret: 'short' }, 'secret'],
    [{ url, secret: 'not of the right form' }, 'secret'],
    [{ url, events: ['payment.payed'] }, 'events[0]'],
    [{ url, events: [] }, 'events'],
    [{ url, format: '0.3' }, 'format'],
    [{ url, secrets: [] }, 'secrets'],
  ] as const) {
    const answer = await world.call('POST', '/webhooks', order)
    assert.equal(answer.statusCode, 400, JSON.stringify(order))
    await assertAnswers(world, 'POST', '/webhooks', answer)
    assert.equal(answer.json().field, field, answer.body)
    assert.ok(!answer.body.includes('password@'))
  }
})

test('a rotated secret overlaps with the old one', async () => {
  const { endpoint_id, secret, receiver } = await endpoint({ events: ['payment.paid'] })
  const path = `/webhooks/${endpoint_id}/rotate`
  const answer = await world.call('POST', path, { overlap_s: 3_600 })
  assert.equal(answer.statusCode, 200)
  await assertAnswers(world, 'POST', '/webhooks/{endpoint_id}/rotate', answer)
  assert.notEqual(answer.json().secret, secret)
  assert.ok(answer.json().old_secrets_until > Date.now() / 1000 + 3_000)
  await pay()
  await eventually(
    () => receiver.got.length,
    (count) => count === 1,
  )
  assert.match(receiver.got[0]?.headers['webhook-signature'] ?? '', /^v1,\S+ v1,\S+$/)

  for (let i = 2; i < SECRETS_MAX; i++) await world.call('POST', path)
  const many = await world.call('POST', path)
  assert.equal(many.statusCode, 409)
  await assertAnswers(world, 'POST', '/webhooks/{endpoint_id}/rotate', many)
  const fresh = await world.call('POST', path, { overlap_s: 0 })
  assert.equal(fresh.json().old_secrets_until, null)
})

test('of secrets that are asked for at once each one signs', async () => {
  const { endpoint_id, secret, receiver } = await endpoint({ events: ['payment.paid'] })
  const path = `/webhooks/${endpoint_id}/rotate`
  const answers = await Promise.all([1, 2, 3].map(() => world.call('POST', path)))
  await pay()
  await eventually(
    () => receiver.got.length,
    (count) => count === 1,
  )
  const { id, body, headers } = receiver.got[0] ?? assert.fail('nothing came')
  const at = new Date(Number(headers['webhook-timestamp']) * 1000)
  const secrets = [secret, ...answers.map((answer) => answer.json().secret)]
  assert.deepEqual(
    headers['webhook-signature']?.split(' ').toSorted(),
    secrets.map((value) => new Webhook(value).sign(id, at, body)).toSorted(),
  )
})

test('a test says what came of it', async () => {
  const { endpoint_id, receiver } = await endpoint({ events: ['payment.error'] })
  const path = `/webhooks/${endpoint_id}/test`
  const good = await world.call('POST', path)
  await assertAnswers(world, 'POST', '/webhooks/{endpoint_id}/test', good)
  const nothing = { http_status: 200, answer: null, error: null }
  assert.deepEqual(good.json(), { delivered: true, ...nothing })
  assert.equal(receiver.got[0]?.type, 'webhook.test')
  receiver.behave = () => ({ status: 401, body: 'bad signature' })
  const bad = await world.call('POST', path)
  const told = { http_status: 401, answer: 'bad signature', error: 'it answered 401' }
  assert.deepEqual(bad.json(), { delivered: false, ...told })
})

test('events are sent again by id, and by time', async () => {
  const { endpoint_id, receiver } = await endpoint({ events: ['payment.paid'] })
  const paid = [await pay(), await pay()]
  const seen = (count: number) =>
    eventually(
      () => receiver.got.length,
      (found) => found === count,
    )
  await seen(2)
  const path = `/webhooks/${endpoint_id}/redeliver`
  const again = async (order: object) => {
    const answer = await world.call('POST', path, order)
    await assertAnswers(world, 'POST', '/webhooks/{endpoint_id}/redeliver', answer)
    return [answer.statusCode, answer.json().queued ?? answer.json().field]
  }
  const id = `evt_${paid[0]?.stream_id}_0`
  assert.deepEqual(await again({ event_id: id }), [202, 1])
  await seen(3)
  assert.equal(receiver.got.at(-1)?.id, id)
  assert.deepEqual(await again({ from: 0 }), [202, 2])
  await seen(5)
  assert.deepEqual(await again({ from: 0, to: 1_000 }), [202, 0])
  assert.deepEqual(await again({ from: 2_000, to: 1_000 }), [400, 'to'])
  assert.deepEqual(await again({}), [400, 'from'])
  assert.deepEqual(await again({ to: 5 }), [400, 'from'])
  assert.deepEqual(await again({ event_id: id, from: 5 }), [400, 'event_id'])
  assert.deepEqual(await again({ event_id: 'nonsense' }), [400, 'event_id'])
  assert.deepEqual(await again({ event_id: 'evt_nothing_0' }), [404, 'event_id'])
})

test('a pause that an endpoint asked for is told, and can be ended', async () => {
  const { endpoint_id, receiver } = await endpoint({ events: ['payment.paid'] })
  receiver.behave = () => ({ status: 503, retryAfter: '3600' })
  const { stream_id } = await pay()
  const shown = async () => {
    const { endpoints } = (await world.call('GET', '/webhooks')).json()
    return endpoints.at(-1).paused_until
  }
  const until = await eventually(shown, (at) => at !== null)
  assert.ok(until > Date.now() / 1000 + 3_500)
  receiver.behave = () => 200
  const order = { event_id: `evt_${stream_id}_0` }
  const again = await world.call('POST', `/webhooks/${endpoint_id}/redeliver`, order)
  await assertAnswers(world, 'POST', '/webhooks/{endpoint_id}/redeliver', again)
  assert.deepEqual(again.json(), { queued: 1, disabled_at: null, paused_until: until })
  const enabled = await world.call('POST', `/webhooks/${endpoint_id}/enable`)
  assert.equal(enabled.json().paused_until, null)
  await eventually(
    () => receiver.accepted(),
    (accepted) => accepted.length === 1,
  )
})

test('an endpoint that said 410 is enabled again', async () => {
  const { endpoint_id, receiver } = await endpoint({ events: ['payment.paid'] })
  receiver.behave = () => 410
  await pay()
  const disabled = await eventually(
    async () => (await world.call('GET', '/webhooks')).json().endpoints.at(-1),
    ({ disabled_at }) => disabled_at !== null,
  )
  assert.equal(disabled.endpoint_id, endpoint_id)
  receiver.behave = () => 200
  const enabled = await world.call('POST', `/webhooks/${endpoint_id}/enable`)
  assert.equal(enabled.statusCode, 200)
  await assertAnswers(world, 'POST', '/webhooks/{endpoint_id}/enable', enabled)
  assert.equal(enabled.json().disabled_at, null)
})

test('only an admin manages webhooks', async () => {
  for (const [method, url] of [
    ['GET', '/webhooks'],
    ['POST', '/webhooks'],
    ['DELETE', '/webhooks/x'],
    ['POST', '/webhooks/x/rotate'],
    ['POST', '/webhooks/x/enable'],
    ['POST', '/webhooks/x/test'],
    ['POST', '/webhooks/x/redeliver'],
    ['GET', '/webhooks/x/deliveries'],
  ] as const) {
    const authorization = `Bearer ${tokenWith('payments:read', 'payments:write')}`
    const answer = await world.call(method, url, undefined, { authorization })
    assert.equal(answer.statusCode, 403, url)
  }
})

test('tries are counted, and the way from settlement to receiver is measured once', async (t) => {
  const metrics = createMetrics()
  const shop = await openHttpWorld({ metrics })
  t.after(() => shop.close())
  const url = 'https://shop.example/'
  const { endpoint_id } = (await shop.call('POST', '/webhooks', { url })).json()
  const order = { main_key: testKey(8), amount: 1_000, currency: 'millisats' }
  const { payment_hash } = (await shop.call('POST', '/payments/single', order)).json()
  await shop.lightning.settle(payment_hash)
  const figures = async (delivered: number) => {
    const { body } = await eventually(
      () => shop.call('GET', '/metrics'),
      (answer) =>
        answer.body.includes(`portal_webhook_tries_total{result="delivered"} ${delivered}`),
    )
    return body
  }
  assert.match(await figures(1), /^portal_settle_to_webhook_seconds_count 1$/m)
  await shop.call('POST', `/webhooks/${endpoint_id}/redeliver`, { from: 0 })
  assert.match(await figures(2), /^portal_settle_to_webhook_seconds_count 1$/m)
})
