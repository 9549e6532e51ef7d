import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock as clock } from 'portal-relay'
import { RESTORED_VALUE } from '../store/log-epochs.ts'
import { openSqlite } from '../store/sqlite-dialect.ts'
import { sqliteStoreOn } from '../store/sqlite-store.ts'
import { assertAnswers } from '../testing/assert-answers.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { openHttpWorld } from '../testing/http-world.ts'

const ORDER = { main_key: testKey(9), amount: 10_000, currency: 'millisats' }

test('a reader who was told what a restored store lacks is told so, and where to read on', async () => {
  const database = openSqlite(':memory:')
  // Closed by hand, so that the same tables are opened twice.
  const close = database.close.bind(database)
  database.close = () => {}
  const before = await openHttpWorld({ store: await sqliteStoreOn(database, { clock }) })
  const { payment_id, stream_id } = (await before.call('POST', '/payments/single', ORDER)).json()
  await before.call('POST', `/payments/${payment_id}/cancel`, {})
  const page = (await before.call('GET', '/events')).json()
  const info = (await before.call('GET', '/info')).json()
  assert.equal(info.log_id, page.log_id)
  const end = page.next
  assert.equal((await before.call('GET', `/events?after=${end}`)).statusCode, 200)
  assert.equal((await before.call('GET', `/events/${stream_id}?after=9`)).statusCode, 200)
  const beyond = await before.call('GET', `/events?after=${end + 1}`)
  await assertAnswers(before, 'GET', '/events', beyond)
  assert.deepEqual([beyond.statusCode, beyond.json().field], [409, 'after'])
  assert.match(beyond.json().detail, new RegExp(`beyond the end .* after=${end}$`))
  assert.doesNotMatch(beyond.json().detail, /backup/)
  await before.store.setValue(RESTORED_VALUE, '1')
  await before.close()

  const world = await openHttpWorld({ store: await sqliteStoreOn(database, { clock }) })
  const lost = end + 5
  const sse = { accept: 'text/event-stream' }
  for (const [url, headers] of [
    [`/events?after=${lost}`, {}],
    [`/events?after=${lost}`, sse],
    ['/events', { ...sse, 'last-event-id': String(lost) }],
  ] as const) {
    const answer = await world.call('GET', url, undefined, headers)
    await assertAnswers(world, 'GET', '/events', answer)
    assert.equal(answer.statusCode, 409)
    const { code, field, detail } = answer.json()
    assert.deepEqual([code, field], ['conflict', 'after'])
    assert.match(detail, new RegExp(`after=${end}\\b`))
  }
  const stream = await world.call('GET', `/events/${stream_id}?after=9`)
  await assertAnswers(world, 'GET', '/events/{stream_id}', stream)
  assert.equal(stream.statusCode, 409)
  const one = await world.call('GET', `/events/${stream_id}?after=1`)
  assert.equal(one.statusCode, 200)

  const next = (await world.call('POST', '/payments/single', ORDER)).json()
  await world.call('POST', `/payments/${next.payment_id}/cancel`, {})
  const on = await world.call('GET', `/events?after=${end}`)
  await assertAnswers(world, 'GET', '/events', on)
  assert.notEqual(on.json().log_id, page.log_id)
  assert.equal(on.json().events.length, 1)
  assert(on.json().next > lost)
  await world.close()
  close()
})
