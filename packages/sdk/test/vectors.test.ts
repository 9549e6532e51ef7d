// The vectors that the Java SDK runs too: the same answers must mean the same in both languages.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { backoffMs, retryAfterS } from '../src/backoff.ts'
import {
  isPortalError,
  PortalClient,
  PortalError,
  verifyWebhook,
  WebhookError,
  type WebhookEvent,
} from '../src/index.ts'
import { errorOf } from '../src/problem.ts'
import { createSseParser } from '../src/sse.ts'
import { createVirtualWorld } from './virtual-world.ts'

type Json = { readonly [key: string]: unknown }
type Case = Json & { readonly name: string }

type Exchange = {
  readonly request: {
    readonly line: string
    readonly query?: Json
    readonly body?: Json
    readonly accept?: string
    readonly idempotency_key?: string
  }
  readonly stream?: readonly unknown[]
  readonly answer?:
    | 'lost'
    | { readonly status: number; readonly headers?: Record<string, string>; readonly body: unknown }
}

type Conversation = Case & {
  readonly call: Json & { readonly method: string }
  readonly exchanges: readonly Exchange[]
  readonly result?: Json
  readonly told?: readonly Json[]
  readonly done?: Json
  readonly error?: Json
  readonly done_error?: Json
}

type Webhook = Case & {
  readonly secrets: readonly string[]
  readonly headers: Record<string, string>
  readonly body: string
  /** Unix seconds. */
  readonly now: number
  readonly event?: { readonly type: string; readonly position?: number; readonly status?: string }
  readonly error?: string
}

test('an answer that is not 2xx means the same error', () => {
  for (const c of vectors<Case>('problems.json').cases) {
    const answer = {
      where: 'POST /payments/single',
      status: Number(c.status),
      text: String(c.body),
      retryAfter: typeof c.retry_after === 'string' ? c.retry_after : null,
      nowMs: Number(c.now_ms ?? 0),
    }
    assertError(errorOf(answer), c, c.name)
  }
})

test('an event stream holds the same messages, however it is cut', () => {
  for (const c of vectors<Case>('sse.json').cases) {
    const text = String(c.text)
    for (const size of [1, 2, 3, text.length]) {
      const parse = createSseParser()
      const told: string[] = []
      for (let at = 0; at < text.length; at += size) {
        told.push(...parse(text.slice(at, at + size)).map(({ data }) => data))
      }
      assert.deepEqual(told, c.messages, `${c.name}, ${size} at a time`)
    }
  }
})

test('the same times are waited', () => {
  const { retry_after: headers, backoff } = vectors<Case>('retry.json')
  for (const c of headers as readonly Case[]) {
    const header = typeof c.header === 'string' ? c.header : null
    assert.equal(retryAfterS(header, Number(c.now_ms)), c.seconds, c.name)
  }
  for (const c of backoff as readonly Case[]) {
    const { failures, random, first_ms, max_ms } = c
    const ms = backoffMs(Number(failures), Number(random), Number(first_ms), Number(max_ms))
    assert.equal(Math.round(ms), c.ms, c.name)
  }
})

for (const c of vectors<Webhook>('webhooks.json').cases) {
  test(`webhook: ${c.name}`, async () => {
    const verified = verifyWebhook(c.body, c.headers, c.secrets, { nowMs: c.now * 1000 })
    if (c.error === undefined) return assertWebhook(await verified, c.event)
    await assert.rejects(verified, (error) => {
      assert(error instanceof WebhookError)
      assert.equal(error.code, c.error)
      return true
    })
  })
}

for (const c of vectors<Conversation>('conversations.json').cases) {
  test(`conversation: ${c.name}`, async () => {
    const script = play(c.exchanges)
    const options = { baseUrl: 'http://daemon', authToken: 'my-secret-token', onError: () => {} }
    const client = new PortalClient(options, createVirtualWorld(script.fetch))
    const told: unknown[] = []
    try {
      const answer = await call(client, c.call, told)
      assert.equal(c.error, undefined)
      if (c.result !== undefined) assertHas(answer.result, c.result, 'result')
      if (answer.done !== null) await assertEnd(answer.done, c)
    } catch (error) {
      if (c.error === undefined) throw error
      assertError(error, c.error, c.name)
    }
    assert.deepEqual(script.wrong, [])
    assert.equal(script.left(), 0, 'requests that were not sent')
    if (c.told !== undefined) assertHas(told, c.told, 'told')
  })
}

/** Answers requests one after the other, as the conversation has it, and notes what was not so. */
function play(exchanges: readonly Exchange[]) {
  const wrong: unknown[] = []
  const keys = new Set<string>()
  let next = 0

  function check(url: string, init: RequestInit, { request }: Exchange): void {
    const { pathname, searchParams } = new URL(url)
    assert.equal(`${init.method} ${pathname}`, request.line)
    const headers = new Headers(init.headers)
    assert.equal(headers.get('authorization'), 'Bearer my-secret-token')
    if (request.accept !== undefined) assert.equal(headers.get('accept'), request.accept)
    if (request.query !== undefined) {
      assert.deepEqual(Object.fromEntries(searchParams), request.query)
    }
    if (request.body !== undefined) {
      const body: Json = JSON.parse(String(init.body))
      assert.deepEqual(present(body), present(request.body))
    }
    const key = headers.get('idempotency-key')
    if (request.idempotency_key !== undefined) assert.equal(key, request.idempotency_key)
    if (key !== null) assert.equal(keys.add(key).size, 1)
  }

  async function fetch(url: string, init: RequestInit): Promise<Response> {
    const exchange = exchanges[next]
    next += 1
    try {
      assert(exchange !== undefined, `one request too many: ${init.method} ${url}`)
      check(url, init, exchange)
    } catch (error) {
      wrong.push(error)
      return new Response('{"code":"not_found"}', { status: 404 })
    }
    return answerOf(exchange)
  }

  return { fetch, wrong, left: () => exchanges.length - next }
}

function answerOf({ stream, answer }: Exchange): Response {
  if (stream !== undefined) {
    const text = stream.map((item) => `data: ${JSON.stringify(item)}\n\n`).join('')
    const headers = { 'content-type': 'text/event-stream' }
    return new Response(`: hello\n\n${text}`, { headers })
  }
  if (answer === undefined || answer === 'lost') throw new TypeError('the connection broke')
  const { status, headers = { 'content-type': 'application/json' }, body } = answer
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Response(text, { status, headers })
}

type Answer = { readonly result: unknown; readonly done: Promise<unknown> | null }

async function call(client: PortalClient, c: Conversation['call'], told: unknown[]) {
  const result = async (promise: Promise<unknown>): Promise<Answer> => ({
    result: await promise,
    done: null,
  })
  const id = String(c.id)
  const user = [String(c.main_key), (c.subkeys ?? []) as string[]] as const
  const key = typeof c.idempotency_key === 'string' ? { idempotencyKey: c.idempotency_key } : {}
  // What a vector asks for is as the API has it.
  const content = c.content as never
  const tell = (status: unknown) => void told.push(status)
  switch (c.method) {
    case 'requestSinglePayment':
    case 'requestInvoicePayment': {
      const payment = await client[c.method](...user, content, tell, key)
      const { streamId, paymentHash, expiresAt, requestId } = payment
      const more = { stream_id: streamId, payment_hash: paymentHash, expires_at: expiresAt }
      return { result: { ...payment, ...more, request_id: requestId }, done: payment.done }
    }
    case 'getPayment':
      return result(client.getPayment(id))
    case 'listPayments':
      return result(client.listPayments(c.filter as never))
    case 'cancelPayment':
    case 'capturePayment':
      return result(client[c.method](id))
    case 'keyHandshake': {
      const asked = { staticToken: c.static_token, noRequest: c.no_request } as never
      const handshake = await client.keyHandshake(asked)
      const { url, streamId } = handshake
      return { result: { url, stream_id: streamId }, done: handshake.done }
    }
    case 'authenticateKey': {
      const { streamId, done } = await client.authenticateKey(...user)
      return { result: { stream_id: streamId }, done }
    }
    case 'events': {
      for await (const event of client.events({ after: Number(c.after) })) {
        if (told.push(event) === c.take) break
      }
      return { result: null, done: null }
    }
    case 'info':
      return result(client.info())
    case 'ready':
      return result(client.ready())
    case 'health':
      return result(client.health())
  }
  throw new Error(`no such method: ${c.method}`)
}

async function assertEnd(done: Promise<unknown>, c: Conversation): Promise<void> {
  const { done_error: expected } = c
  if (expected === undefined) {
    assertHas(await done, c.done, 'done')
    return
  }
  await assert.rejects(done, (error) => {
    assertError(error, expected, c.name)
    return true
  })
}

function assertWebhook(event: WebhookEvent, expected: Webhook['event']): void {
  assert.equal(event.type, expected?.type)
  const { position } = Object(event.data)
  assert.equal(position, expected?.position)
  if (expected?.status !== undefined) assert.equal(Object(event.data).data.status, expected.status)
}

function assertError(error: unknown, expected: Json, name: string): void {
  assert(isPortalError(error) && error instanceof PortalError, `${name}: ${String(error)}`)
  assert.equal(error.name, `${expected.error}Error`, name)
  assert.equal(error.code, expected.code, name)
  if (expected.message !== undefined) assert.equal(error.message, expected.message, name)
  if (expected.field !== undefined) assert.equal(Reflect.get(error, 'field'), expected.field, name)
  if (expected.retry_after_s !== undefined) {
    assert.equal(Reflect.get(error, 'retryAfterS'), expected.retry_after_s, name)
  }
}

/** All that is expected is there; what only a newer daemon tells may be there too. */
function assertHas(actual: unknown, expected: unknown, where: string): void {
  if (Array.isArray(expected)) {
    assert(Array.isArray(actual), where)
    assert.equal(actual.length, expected.length, where)
    for (const [i, item] of expected.entries()) assertHas(actual[i], item, `${where}[${i}]`)
  } else if (typeof expected === 'object' && expected !== null) {
    assert(typeof actual === 'object' && actual !== null, where)
    for (const [name, value] of Object.entries(expected)) {
      assertHas(Reflect.get(actual, name), value, `${where}.${name}`)
    }
  } else {
    assert.deepEqual(actual, expected, where)
  }
}

/** Null is absent. */
function present(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null))
}

function vectors<T>(file: string): { readonly cases: readonly T[] } & Json {
  const url = new URL(`../../../vectors/${file}`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8'))
}
