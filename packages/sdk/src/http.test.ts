import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVirtualWorld } from '../test/virtual-world.ts'
import { AuthError, ConnectionError, RateLimitError, ServerError } from './errors.ts'
import { createHttp, type Request, TRIES_MAX } from './http.ts'

const POST: Request = { method: 'POST', path: '/x', body: { a: 1 }, idempotencyKey: 'key-1' }
const SECRET = 'my-secret-token'

type Reply = () => Response | Promise<Response>

/** A daemon that gives one of `replies` after the other, the last for ever. */
function setUp(...replies: readonly Reply[]) {
  const calls: { readonly url: string; readonly init: RequestInit }[] = []
  const world = createVirtualWorld(async (url, init) => {
    const reply = replies[Math.min(calls.length, replies.length - 1)]
    calls.push({ url, init })
    if (reply === undefined) throw new Error('no reply')
    return await reply()
  })
  const config = { baseUrl: 'http://daemon', authToken: SECRET, timeoutMs: 30_000 }
  return { http: createHttp(config, world), calls, world }
}

const ok = () => new Response('{"fine":true}')
const refused = () => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
}
const status = (code: number, headers: Record<string, string> = {}) => {
  return () => new Response('', { status: code, headers })
}

test('a request carries token, key and body, and answers the JSON', async () => {
  const { http, calls } = setUp(ok)
  const answer = await http.call({ ...POST, query: { a: 1, b: undefined, c: null, d: 'x y' } })
  assert.deepEqual(answer, { fine: true })
  assert.equal(calls[0]?.url, 'http://daemon/x?a=1&d=x+y')
  const headers = new Headers(calls[0]?.init.headers)
  assert.equal(headers.get('authorization'), `Bearer ${SECRET}`)
  assert.equal(headers.get('idempotency-key'), 'key-1')
  assert.equal(headers.get('content-type'), 'application/json')
  assert.equal(calls[0]?.init.body, '{"a":1}')
})

test('network errors, 429 and 5xx are tried again with the same key until it works', async () => {
  const { http, calls } = setUp(refused, status(503), status(429), status(500), ok)
  assert.deepEqual(await http.call(POST), { fine: true })
  const keys = calls.map(({ init }) => new Headers(init.headers).get('idempotency-key'))
  assert.deepEqual(keys, Array(5).fill('key-1'))
})

test('the waits between tries grow', async () => {
  const { http, world } = setUp(refused)
  await assert.rejects(http.call(POST), ConnectionError)
  assert.deepEqual(world.waited, [187.5, 375, 750, 1500, 3000])
})

test('it gives up after a bounded number of tries, with the last error', async () => {
  const { http, calls } = setUp(status(503))
  await assert.rejects(http.call(POST), (error) => error instanceof ServerError)
  assert.equal(calls.length, TRIES_MAX)
})

test('what the daemon refuses for good is not asked again', async () => {
  for (const code of [400, 401, 403, 404, 409, 413, 422]) {
    const { http, calls } = setUp(status(code))
    await assert.rejects(http.call(POST))
    assert.equal(calls.length, 1, `HTTP ${code}`)
  }
})

test('Retry-After is waited for', async () => {
  const { http, world } = setUp(status(429, { 'retry-after': '9' }), ok)
  await http.call(POST)
  assert.ok(world.nowMs() >= 9_000 && world.nowMs() < 10_000)
})

test('a Retry-After beyond the time limit is told at once', async () => {
  const { http, calls, world } = setUp(status(429, { 'retry-after': '3600' }))
  await assert.rejects(http.call(POST), (error) => {
    return error instanceof RateLimitError && error.retryAfterS === 3600
  })
  assert.equal(calls.length, 1)
  assert.equal(world.nowMs(), 0)
})

test('a daemon that never answers is given up in time, by attempt and in all', async () => {
  const calls: number[] = []
  const world = createVirtualWorld((_url, { signal }) => {
    calls.push(world.nowMs())
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    })
  })
  const config = { baseUrl: 'http://daemon', authToken: SECRET, timeoutMs: 30_000 }
  const failure = createHttp(config, world).call(POST)
  await assert.rejects(failure, (e) => e instanceof ConnectionError && e.code === 'timed_out')
  assert.equal(calls.length, 2)
  assert.equal(world.nowMs(), 30_000)
})

test('an aborted call throws the reason of its signal, before, during and between tries', async () => {
  const reason = new Error('the shop closed')
  await assert.rejects(
    setUp(ok).http.call(POST, { signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  )
  const never = () => new Promise<Response>(() => {})
  for (const [reply, tries] of [
    [refused, 6],
    [never, 6],
    [never, 1],
  ] as const) {
    const controller = new AbortController()
    const hang = (init: RequestInit) =>
      new Promise<Response>((_, reject) => {
        init.signal?.addEventListener('abort', () => reject(new Error('the fetch was aborted')))
      })
    const world = createVirtualWorld((_url, init) => {
      queueMicrotask(() => controller.abort(reason))
      return Promise.race([reply(), hang(init)])
    })
    const config = { baseUrl: 'http://daemon', authToken: SECRET, timeoutMs: 30_000 }
    const call = createHttp(config, world).call(POST, { signal: controller.signal, tries })
    await assert.rejects(call, (error) => error === reason)
  }
})

test('an answer that is no JSON is an error and not tried again', async () => {
  const { http, calls } = setUp(() => new Response('<html>'))
  await assert.rejects(http.call(POST), (error) => {
    return error instanceof ConnectionError && error.code === 'invalid_answer'
  })
  assert.equal(calls.length, 1)
})

test('an empty answer is null', async () => {
  assert.equal(await setUp(() => new Response(null, { status: 204 })).http.call(POST), null)
})

test('no error contains the token, and a connection error says where and why', async () => {
  const { http } = setUp(refused)
  await assert.rejects(http.call(POST), (error) => {
    assert.ok(error instanceof ConnectionError)
    assert.equal(error.message, 'POST /x: no connection to http://daemon: connect ECONNREFUSED')
    assert.ok(!JSON.stringify([error, error.message, error.stack]).includes(SECRET))
    return true
  })
  await assert.rejects(setUp(status(401)).http.call(POST), AuthError)
})
