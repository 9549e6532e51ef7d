import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PortError } from '../engine/ports.ts'
import { assertAnswers } from '../testing/assert-answers.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { ADMIN_TOKEN, type HttpWorld, openHttpWorld, tokenWith } from '../testing/http-world.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { LIMITS, type Limits } from './server.ts'
import type { Scope } from './tokens.ts'

const ORDER = { main_key: testKey(9), amount: 10_000, currency: 'millisats' }

let world: HttpWorld
before(async () => {
  world = await openHttpWorld()
})
after(() => world.close())

const wrong: readonly [string, string | undefined][] = [
  ['no token', undefined],
  ['an empty header', ''],
  ['only the scheme', 'Bearer'],
  ['an empty token', 'Bearer '],
  ['another scheme', `Basic ${ADMIN_TOKEN}`],
  ['the bare token', ADMIN_TOKEN],
  ['a token one letter short', `Bearer ${ADMIN_TOKEN.slice(0, -1)}`],
  ['a token one letter long', `Bearer ${ADMIN_TOKEN}x`],
  ['a token in the wrong case', `Bearer ${ADMIN_TOKEN.toUpperCase()}`],
  ['two tokens', `Bearer ${ADMIN_TOKEN} ${ADMIN_TOKEN}`],
  ['a token of 8 KB', `Bearer ${'x'.repeat(8_000)}`],
]
for (const [what, authorization] of wrong) {
  test(`${what} is answered 401 before anything else is looked at`, async () => {
    world.reached.length = 0
    const answer = await world.server.inject({
      method: 'POST',
      url: '/payments/single',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      payload: '{"nonsense',
    })
    assert.equal(answer.statusCode, 401, answer.body)
    assert.equal(answer.json().code, 'unauthorized')
    assert.match(String(answer.headers['www-authenticate']), /^Bearer/)
    await assertAnswers(world, 'POST', '/payments/single', answer)
    assert.ok(!answer.body.includes(ADMIN_TOKEN))
    assert.deepEqual(world.reached, [])
  })
}

test('the scheme may be written in any case', async () => {
  const authorization = `bEARER ${ADMIN_TOKEN}`
  const answer = await world.server.inject({ url: '/info', headers: { authorization } })
  assert.equal(answer.statusCode, 200)
})

test('only health, readiness, the documents and the relay are open', async () => {
  const open = new Set<string>()
  const { paths } = await world.server.openapi()
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const url = path.replace(/\{[^}]+\}/, 'x')
      const answer = await world.server.inject({ method: method.toUpperCase() as 'GET', url })
      if (answer.statusCode !== 401) open.add(path)
      assert.equal(operation.security?.length === 0, answer.statusCode !== 401, path)
    }
  }
  assert.deepEqual([...open].toSorted(), ['/docs', '/health', '/openapi.json', '/ready', '/relay'])
})

const scopes: readonly ['GET' | 'POST' | 'DELETE', string, readonly Scope[]][] = [
  ['POST', '/payments/single', ['payments:write']],
  ['POST', '/payments/invoice', ['payments:write']],
  ['POST', '/payments/x/cancel', ['payments:write']],
  ['POST', '/payments/x/capture', ['payments:write']],
  ['POST', '/payments/x/resolve-late', ['payments:write']],
  ['POST', '/sandbox/wallets', ['payments:write']],
  ['GET', '/payments', ['payments:read']],
  ['GET', '/payments/x', ['payments:read']],
  ['GET', '/metrics', ['payments:read']],
  ['GET', '/events', ['payments:read', 'auth']],
  ['POST', '/key-handshake', ['auth']],
  ['POST', '/authenticate-key', ['auth']],
  ['DELETE', '/key-handshake/x', ['auth']],
  ['GET', '/info', ['payments:read', 'payments:write', 'auth']],
  // Which scope it needs is known once the stream is found.
  ['GET', '/events/x', ['payments:read', 'payments:write', 'auth']],
  ['GET', '/webhooks', []],
  ['POST', '/webhooks', []],
  ['DELETE', '/webhooks/x', []],
  ['POST', '/webhooks/x/rotate', []],
  ['POST', '/webhooks/x/enable', []],
  ['POST', '/webhooks/x/test', []],
  ['POST', '/webhooks/x/redeliver', []],
  ['GET', '/webhooks/x/deliveries', []],
]

test('every address that needs a token is tried with each scope', async () => {
  const guarded: string[] = []
  for (const [path, methods] of Object.entries((await world.server.openapi()).paths)) {
    for (const [method, { security }] of Object.entries(methods))
      if (security?.length !== 0)
        guarded.push(`${method.toUpperCase()} ${path.replace(/\{[^}]+\}/, 'x')}`)
  }
  const tried = scopes.map(([method, url]) => `${method} ${url}`)
  assert.deepEqual(tried.toSorted(), guarded.toSorted())
})

for (const [method, url, allowed] of scopes) {
  test(`${method} ${url} needs ${allowed.join(' or ') || 'admin'}`, async () => {
    for (const scope of ['payments:read', 'payments:write', 'auth'] as const) {
      const headers = { authorization: `Bearer ${tokenWith(scope)}` }
      const answer = await world.call(method, url, undefined, headers)
      assert.equal(answer.statusCode === 403, !allowed.includes(scope), `${scope}: ${answer.body}`)
      if (answer.statusCode === 403) assert.equal(answer.json().code, 'forbidden')
    }
  })
}

const TIGHT: Limits = {
  ...LIMITS,
  write: { perToken: { perSecond: 2, burst: 3 }, inAll: { perSecond: 4, burst: 5 } },
}

test('a token that asks for too much is told when to come back; others are not held up', async (t) => {
  const clock = createVirtualClock(1_790_000_000_000)
  const shop = await openHttpWorld({ clock, limits: TIGHT })
  t.after(() => shop.close())
  const post = (token: string) =>
    shop.call('POST', '/payments/single', {}, { authorization: `Bearer ${token}` })
  const greedy = tokenWith('payments:write')
  for (let i = 0; i < 3; i++) assert.equal((await post(greedy)).statusCode, 400)

  const refused = await post(greedy)
  assert.equal(refused.statusCode, 429)
  assert.equal(refused.json().code, 'rate_limited')
  assert.equal(refused.headers['retry-after'], '1')
  await assertAnswers(shop, 'POST', '/payments/single', refused)
  assert.equal((await post(ADMIN_TOKEN)).statusCode, 400)
  assert.equal((await shop.call('GET', '/payments')).statusCode, 200)

  await clock.advance(1_000)
  assert.equal((await post(greedy)).statusCode, 400)
})

test('a token without the scope uses up nobody’s allowance', async (t) => {
  const clock = createVirtualClock(1_790_000_000_000)
  const shop = await openHttpWorld({ clock, limits: TIGHT })
  t.after(() => shop.close())
  const post = (token: string) =>
    shop.call('POST', '/payments/single', {}, { authorization: `Bearer ${token}` })
  for (let i = 0; i < 20; i++)
    assert.equal((await post(tokenWith('payments:read'))).statusCode, 403)
  assert.equal((await post(ADMIN_TOKEN)).statusCode, 400)
})

test('all tokens together have a limit, and wrong tokens are 401 at any rate', async (t) => {
  const clock = createVirtualClock(1_790_000_000_000)
  const shop = await openHttpWorld({ clock, limits: TIGHT })
  t.after(() => shop.close())
  const post = (token: string) =>
    shop.call('POST', '/payments/single', {}, { authorization: `Bearer ${token}` })
  for (let i = 0; i < 50; i++) assert.equal((await post('a-wrong-token-of-length')).statusCode, 401)
  for (let i = 0; i < 3; i++)
    assert.equal((await post(tokenWith('payments:write'))).statusCode, 400)
  for (let i = 0; i < 2; i++) assert.equal((await post(ADMIN_TOKEN)).statusCode, 400)
  const refused = await post(ADMIN_TOKEN)
  assert.equal(refused.statusCode, 429)
  assert.match(refused.json().detail, /in all/)
  assert.equal((await post('a-wrong-token-of-length')).statusCode, 401)
})

test('more requests waiting for their invoice than allowed are refused, not queued', async (t) => {
  const clock = createVirtualClock(1_790_000_000_000)
  const shop = await openHttpWorld({ clock, limits: { ...LIMITS, creatingMax: 2 } })
  t.after(() => shop.close())
  shop.lightning.trouble = new PortError('unreachable', 'no node')
  const waiting = [1, 2].map(() => shop.call('POST', '/payments/single', ORDER))
  const refused = await shop.call('POST', '/payments/single', ORDER)
  assert.equal(refused.statusCode, 429)
  assert.equal(refused.headers['retry-after'], '1')
  assert.equal(shop.reached.length, 2)
  await clock.advance(10_000)
  for (const answer of await Promise.all(waiting)) assert.equal(answer.json().invoice, null)
})

test('creations that wait for a slow node keep no cancellation out, and the other way round', async (t) => {
  const shop = await openHttpWorld({ limits: { ...LIMITS, creatingMax: 1, endingMax: 1 } })
  t.after(() => shop.close())
  const made = (await shop.call('POST', '/payments/single', ORDER)).json()
  const path = `/payments/${made.payment_id}`
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  shop.lightning.gate = gate
  const creating = shop.call('POST', '/payments/single', ORDER)
  assert.equal((await shop.call('POST', '/payments/single', ORDER)).statusCode, 429)
  assert.equal((await shop.call('POST', `${path}/capture`)).statusCode, 409)
  const cancelling = shop.call('POST', `${path}/cancel`)
  const refused = await shop.call('POST', `${path}/cancel`)
  assert.equal(refused.statusCode, 429)
  assert.match(refused.json().detail, /^1 cancellations and captures/)
  open()
  assert.equal((await creating).statusCode, 201)
  assert.equal((await cancelling).statusCode, 200)
})

test('more readers than allowed are refused', async (t) => {
  const shop = await openHttpWorld({ limits: { ...LIMITS, readersMax: 1 } })
  t.after(() => shop.close())
  const { stream_id } = (await shop.call('POST', '/payments/single', ORDER)).json()
  const waiting = shop.call('GET', `/events/${stream_id}?wait=1`)
  const poll = shop.call('GET', `/events/${stream_id}?wait=60`)
  assert.equal((await poll).statusCode, 429)
  const headers = { accept: 'text/event-stream' }
  const sse = await shop.call('GET', `/events/${stream_id}`, undefined, headers)
  assert.equal(sse.statusCode, 429)
  assert.equal((await waiting).statusCode, 200)
})
