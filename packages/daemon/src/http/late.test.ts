import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAnswers } from '../testing/assert-answers.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { type HttpWorld, openHttpWorld } from '../testing/http-world.ts'

let world: HttpWorld
before(async () => {
  world = await openHttpWorld()
})
after(() => world.close())

async function cancelled(): Promise<{ payment_id: string; payment_hash: string }> {
  const order = { main_key: testKey(5), amount: 2_000, currency: 'millisats' }
  const created = (await world.call('POST', '/payments/single', order)).json()
  await world.call('POST', `/payments/${created.payment_id}/cancel`)
  return created
}

async function resolve(id: string, body: unknown) {
  const answer = await world.call('POST', `/payments/${id}/resolve-late`, body)
  await assertAnswers(world, 'POST', '/payments/{payment_id}/resolve-late', answer)
  return answer
}

test('late money stays to be seen until an operator has dealt with it, and after', async () => {
  const { payment_id, payment_hash } = await cancelled()
  await world.lightning.settle(payment_hash as Parameters<typeof world.lightning.settle>[0])
  const path = `/payments/${payment_id}`
  const before = (await world.call('GET', path)).json()
  const open = await world.call('GET', '/payments?late=true&late_resolved=false')
  assert.deepEqual(open.json().payments, [before])
  assert.deepEqual([before.late, before.late_resolved_at, before.late_note], [true, null, null])

  const answer = await resolve(payment_id, { note: 'refunded, ticket 4711' })
  assert.equal(answer.statusCode, 200)
  const { late_resolved_at, late_note, ...rest } = answer.json()
  assert.ok(Math.abs(late_resolved_at - Date.now() / 1000) < 10)
  assert.equal(late_note, 'refunded, ticket 4711')
  const { late_resolved_at: _at, late_note: _note, ...unchanged } = before
  assert.deepEqual(rest, unchanged)
  assert.deepEqual((await world.call('GET', path)).json(), answer.json())
  const found = async (query: string) =>
    (await world.call('GET', `/payments?late=true${query}`)).json().payments
  assert.deepEqual(await found(''), [answer.json()])
  assert.deepEqual(await found('&late_resolved=true'), [answer.json()])
  assert.deepEqual(await found('&late_resolved=false'), [])

  const corrected = (await resolve(payment_id, { note: 'goods sent' })).json()
  assert.deepEqual(
    [corrected.late_note, corrected.late_resolved_at],
    ['goods sent', late_resolved_at],
  )
  const { events } = (await world.call('GET', `/events/${before.stream_id}`)).json()
  assert.equal(events.length, 2)
})

test('only late money can be dealt with, and only with a note', async () => {
  const { payment_id } = await cancelled()
  assert.equal((await resolve(payment_id, { note: 'x' })).json().code, 'conflict')
  assert.equal((await resolve('unknown', { note: 'x' })).statusCode, 404)
  for (const body of [undefined, {}, { note: '' }, { note: 'x'.repeat(501) }, { nota: 'x' }]) {
    const answer = await resolve(payment_id, body)
    assert.equal(answer.statusCode, 400, JSON.stringify(body))
  }
})
