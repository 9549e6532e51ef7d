import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parseHandshakeUrl, secp256k1 } from 'portal-protocol'
import { assertAnswers } from '../testing/assert-answers.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { type HttpWorld, openHttpWorld } from '../testing/http-world.ts'

const USER = testKey(9)

let world: HttpWorld
before(async () => {
  world = await openHttpWorld()
})
after(() => world.close())

test('a handshake needs no body and answers with a URL that a wallet can read', async () => {
  for (const body of [undefined, {}, { static_token: null, no_request: null }]) {
    const answer = await world.call('POST', '/key-handshake', body)
    assert.equal(answer.statusCode, 201, answer.body)
    await assertAnswers(world, 'POST', '/key-handshake', answer)
    const url = parseHandshakeUrl(answer.json().url, secp256k1)
    assert.equal(url.mainKey, world.engine.publicKey)
    assert.equal(url.noRequest, false)
  }
})

test('a static token is one stream for every call, until it is deleted', async () => {
  const order = { static_token: 'door-1', no_request: true }
  const first = (await world.call('POST', '/key-handshake', order)).json()
  assert.deepEqual((await world.call('POST', '/key-handshake', order)).json(), first)
  const url = parseHandshakeUrl(first.url, secp256k1)
  assert.equal(url.token, 'door-1')
  assert.equal(url.noRequest, true)

  const path = `/key-handshake/${first.stream_id}`
  const deleted = await world.call('DELETE', path)
  assert.equal(deleted.statusCode, 204)
  await assertAnswers(world, 'DELETE', '/key-handshake/{stream_id}', deleted)
  const page = await world.call('GET', `/events/${first.stream_id}`)
  await assertAnswers(world, 'GET', '/events/{stream_id}', page)
  assert.deepEqual(page.json().events[0].data, { status: 'closed' })
  const next = (await world.call('POST', '/key-handshake', order)).json()
  assert.notEqual(next.stream_id, first.stream_id)
})

test('a key that asks for an open static token is used by it', async () => {
  const key = { 'idempotency-key': 'printed-1' }
  const ask = (token: string, headers?: Record<string, string>) =>
    world.call('POST', '/key-handshake', { static_token: token }, headers)
  const open = await ask('door-2')
  const asked = await ask('door-2', key)
  assert.equal(asked.statusCode, 201)
  assert.deepEqual(asked.json(), open.json())
  const other = await ask('door-3', key)
  assert.equal(other.statusCode, 422)
  assert.equal(other.json().code, 'idempotency_mismatch')
  await world.call('DELETE', `/key-handshake/${open.json().stream_id}`)
  assert.deepEqual((await ask('door-2', key)).json(), open.json())
})

test('an open static token with another no_request is a conflict that says so', async () => {
  const ask = (no_request: boolean) =>
    world.call('POST', '/key-handshake', { static_token: 'door-4', no_request })
  await ask(false)
  const refused = await ask(true)
  assert.equal(refused.statusCode, 409)
  await assertAnswers(world, 'POST', '/key-handshake', refused)
  const { code, field, detail } = refused.json()
  assert.deepEqual([code, field], ['conflict', 'no_request'])
  assert.match(detail, /DELETE/)
  assert.equal((await ask(false)).statusCode, 201)
})

test('an authentication asks every key and its stream tells the answer', async () => {
  const answer = await world.call('POST', '/authenticate-key', {
    main_key: USER,
    subkeys: [testKey(10)],
  })
  assert.equal(answer.statusCode, 201)
  await assertAnswers(world, 'POST', '/authenticate-key', answer)
  const { stream_id } = answer.json()
  assert.equal(answer.headers.location, `/events/${stream_id}`)
  const page = await world.call('GET', `/events/${stream_id}`)
  assert.deepEqual(page.json(), { events: [], next: 0 })
})

test('the same Idempotency-Key is the same authentication', async () => {
  const key = { 'idempotency-key': 'login-1' }
  const ask = () => world.call('POST', '/authenticate-key', { main_key: USER }, key)
  assert.deepEqual((await ask()).json(), (await ask()).json())
})
