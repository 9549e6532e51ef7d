import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { secp256k1 as secp } from 'portal-protocol'
import { createEmbeddedRelay, systemClock } from 'portal-relay'
import { assertAnswers } from '../testing/assert-answers.ts'
import { eventually } from '../testing/eventually.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { ADMIN_TOKEN, type HttpWorld, openHttpWorld } from '../testing/http-world.ts'
import { sendRaw } from '../testing/raw-http.ts'
import { readSse } from '../testing/sse-reader.ts'

const ORDER = { main_key: testKey(9), amount: 10_000, currency: 'millisats' }
const LOCAL = { host: '127.0.0.1', port: 0 }

async function listening(options: Parameters<typeof openHttpWorld>[0] = {}) {
  const world = await openHttpWorld(options)
  const { port } = await world.server.listen(LOCAL)
  return { world, port }
}

/** Resolves once so many readers are being kept waiting. */
async function waiting(world: HttpWorld, count: number): Promise<void> {
  await eventually(
    async () => (await world.call('GET', '/metrics')).body,
    (figures) => figures.includes(`portal_http_readers ${count}\n`),
  )
}

const newRelay = () => createEmbeddedRelay({ clock: systemClock, secp })
const bearer = { authorization: `Bearer ${ADMIN_TOKEN}` }

test('an offer of h2c is answered as HTTP/1.1, body and all', async (t) => {
  const { world, port } = await listening({ relay: newRelay() })
  t.after(() => world.close())
  const body = JSON.stringify(ORDER)
  // What java.net.http.HttpClient sends by default.
  const answer = await sendRaw(
    port,
    `POST /payments/single HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    /expires_at/,
  )
  assert.match(answer, /^HTTP\/1\.1 201 Created/)
})

test('a WebSocket offered anywhere but at the relay is an ordinary request', async (t) => {
  const { world, port } = await listening({ relay: newRelay() })
  t.after(() => world.close())
  for (const path of ['/health', '/relay/', '/nothing']) {
    const answer = await sendRaw(
      port,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      /\}$/,
    )
    assert.match(answer, path === '/health' ? /^HTTP\/1\.1 200/ : /^HTTP\/1\.1 404/)
  }
})

test('bytes that are not HTTP are answered with a problem, and the daemon lives', async (t) => {
  const { world, port } = await listening()
  t.after(() => world.close())
  for (const bytes of [
    '\u0000\u0001\u0002\r\n\r\n',
    'NONSENSE / HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    `POST /payments/single HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
    'GET /health HTTP/1.1\r\n\r\n',
    'GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n',
  ]) {
    const answer = await sendRaw(port, bytes, /\}$/)
    assert.match(answer, /^HTTP\/1\.1 400 /)
    assert.match(answer, /application\/problem\+json/)
    assert.match(answer, /"code":"invalid_request"/)
  }
  const headers = await sendRaw(
    port,
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
  )
  assert.match(headers, /^HTTP\/1\.1 431 /)
  assert.match(headers, /"code":"too_large"/)
  const expecting = await sendRaw(port, 'GET /health HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n')
  assert.match(expecting, /^HTTP\/1\.1 417 /)
  assert.match(expecting, /application\/problem\+json/)
  assert.match(expecting, /"status":417,"code":"invalid_request"/)
  // HTTP/1.0 knew no Host.
  assert.match(await sendRaw(port, 'GET /health HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /)
  assert.equal((await world.call('GET', '/health')).statusCode, 200)
})

test('a body that says it is huge is refused without being read', async (t) => {
  const { world, port } = await listening()
  t.after(() => world.close())
  const answer = await sendRaw(
    port,
    `POST /payments/single HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n{`,
    /\}$/,
  )
  assert.match(answer, /^HTTP\/1\.1 413 /)
})

test('closing answers long polls, sends readers away and is done at once', async (t) => {
  const { world, port } = await listening()
  t.after(() => world.close())
  const { stream_id } = (await world.call('POST', '/payments/single', ORDER)).json()
  const reader = await readSse(port, `/events/${stream_id}`)
  const url = `http://127.0.0.1:${port}/events/${stream_id}?wait=60`
  const poll = fetch(url, { headers: bearer })
  await waiting(world, 2)
  const idle = connect(port, '127.0.0.1')
  const idleClosed = new Promise((resolve) => idle.on('close', resolve))
  await new Promise((resolve) => idle.on('connect', resolve))

  const startedMs = performance.now()
  const closing = world.server.close()
  const answer = await poll
  assert.equal(answer.status, 200)
  assert.deepEqual(await answer.json(), { events: [], next: 0 })
  await reader.ended
  assert.match(reader.text(), /retry: \d+\n: the daemon is stopping\n\n$/)
  await closing
  await idleClosed
  assert.ok(performance.now() - startedMs < 2_000)
})

test('a request that arrives while the daemon stops is told to try again', async (t) => {
  const { world, port } = await listening()
  t.after(() => world.close())
  const poll = await readSse(port, '/events')
  const late = connect(port, '127.0.0.1')
  let answer = ''
  late.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk
  })
  const closed = new Promise((resolve) => late.on('close', resolve))
  // Half of a request is under way: the connection is not idle and stays.
  late.write('GET /health HTTP/1.1\r\nHost: x\r\n')
  await new Promise((resolve) => late.on('connect', resolve))
  await sendRaw(port, 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const closing = world.server.close()
  await poll.ended
  late.write('\r\n')
  await closed
  assert.match(answer, /^HTTP\/1\.1 503 .*"code":"unavailable"/s)
  assert.match(answer, /retry-after: 1/i)
  await closing
})

test('a request that is not answered in time holds up the stop for five seconds only', async (t) => {
  const { world, port } = await listening()
  t.after(() => world.close())
  const never = connect(port, '127.0.0.1')
  const cut = new Promise((resolve) => never.on('close', resolve))
  never.on('error', () => {})
  await new Promise((resolve) => never.on('connect', resolve))
  never.write('GET /health HTTP/1.1\r\nHost: x\r\n')
  await sendRaw(port, 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const startedMs = performance.now()
  await world.server.close()
  await cut
  const tookMs = performance.now() - startedMs
  assert.ok(tookMs > 4_000 && tookMs < 8_000, `${tookMs} ms`)
})

test('closing answers whoever waits for the node, without what it did not give', async (t) => {
  const { world, port } = await listening()
  t.after(() => world.close())
  const made = (await world.call('POST', '/payments/single', ORDER)).json()
  world.lightning.hanging = true
  world.reached.length = 0
  const post = (path: string, body: object) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const creating = post('/payments/single', ORDER)
  const cancelling = post(`/payments/${made.payment_id}/cancel`, {})
  await eventually(
    () => world.reached.length,
    (count) => count === 2,
  )
  const closing = world.server.close()
  const created = await creating
  assert.deepEqual([created.status, (await created.json()).invoice], [201, null])
  const cancelled = await cancelling
  assert.deepEqual([cancelled.status, (await cancelled.json()).code], [503, 'unavailable'])
  assert.equal(cancelled.headers.get('retry-after'), '1')
  await closing
})

test('CORS is closed unless origins are set', async (t) => {
  const closed = await openHttpWorld()
  t.after(() => closed.close())
  const headers = { origin: 'https://shop.example' }
  const answer = await closed.call('GET', '/health', undefined, headers)
  assert.equal(answer.headers['access-control-allow-origin'], undefined)

  const open = await openHttpWorld({ corsOrigins: ['https://shop.example'] })
  t.after(() => open.close())
  const preflight = await open.server.inject({
    method: 'OPTIONS',
    url: '/payments/single',
    headers: {
      ...headers,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  })
  assert.equal(preflight.statusCode, 204)
  assert.equal(preflight.headers['access-control-allow-origin'], 'https://shop.example')
  assert.match(String(preflight.headers['access-control-allow-headers']), /Idempotency-Key/)
  const refused = await open.server.inject({ url: '/info', headers })
  assert.equal(refused.statusCode, 401)
  assert.equal(refused.headers['access-control-allow-origin'], 'https://shop.example')
  const other = await open.call('GET', '/health', undefined, { origin: 'https://evil.example' })
  assert.notEqual(other.headers['access-control-allow-origin'], 'https://evil.example')
  const stream = await open.call('GET', '/events/nothing', undefined, {
    ...headers,
    accept: 'text/event-stream',
  })
  assert.equal(stream.headers['access-control-allow-origin'], 'https://shop.example')
})

test('an SSE answer carries the CORS headers too', async (t) => {
  const { world, port } = await listening({ corsOrigins: ['https://shop.example'] })
  t.after(() => world.close())
  const reader = await readSse(port, '/events', { origin: 'https://shop.example' })
  assert.equal(reader.headers['access-control-allow-origin'], 'https://shop.example')
  reader.hangUp()
})

test('a failure of ours is 500 without a word about its inside, and logged a few times only', async (t) => {
  const world = await openHttpWorld()
  t.after(() => world.close())
  const broken: HttpWorld['engine'] = world.engine
  Object.assign(broken, {
    payment: async () => {
      throw new Error('SQLITE_CORRUPT: secret details')
    },
  })
  const answer = await world.call('GET', '/payments/x')
  assert.equal(answer.statusCode, 500)
  assert.equal(answer.json().code, 'internal')
  assert.ok(!answer.body.includes('SQLITE'))
})

test('an answer is not kept by caches and not guessed at by browsers', async (t) => {
  const world = await openHttpWorld()
  t.after(() => world.close())
  const answer = await world.call('GET', '/info')
  await assertAnswers(world, 'GET', '/info', answer)
  assert.equal(answer.headers['cache-control'], 'no-store')
  assert.equal(answer.headers['x-content-type-options'], 'nosniff')
})
