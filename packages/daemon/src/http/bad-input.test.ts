import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAnswers } from '../testing/assert-answers.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { type HttpWorld, openHttpWorld } from '../testing/http-world.ts'

const USER = testKey(9)
const OFF_CURVE = 'f'.repeat(64)
const ORDER = { main_key: USER, amount: 10_000, currency: 'millisats' }
const INVOICE_ORDER = { ...ORDER, invoice: 'lnbcrt1' }
const SINGLE = '/payments/single'

let world: HttpWorld
before(async () => {
  world = await openHttpWorld()
})
after(() => world.close())

type Row = readonly [what: string, change: object, field: string | undefined, says?: RegExp]

const BAD_ORDERS: readonly Row[] = [
  ['no main_key', { main_key: undefined }, 'main_key', /missing/],
  ['main_key null', { main_key: null }, 'main_key', /must be a string/],
  ['main_key a number', { main_key: 5 }, 'main_key', /must be a string.*got 5/],
  ['main_key empty', { main_key: '' }, 'main_key', /64 hex/],
  ['main_key too short', { main_key: USER.slice(1) }, 'main_key', /64 hex/],
  ['main_key too long', { main_key: `${USER}0` }, 'main_key', /64 hex/],
  ['main_key a bad npub', { main_key: `npub1${'q'.repeat(58)}` }, 'main_key', /npub1/],
  ['main_key not on the curve', { main_key: OFF_CURVE }, 'main_key', /not a point/],
  ['main_key of 60 KB', { main_key: 'a'.repeat(60_000) }, 'main_key', /at most 100 characters/],
  ['subkeys not an array', { subkeys: USER }, 'subkeys', /an array/],
  ['a subkey that is a number', { subkeys: [USER, 7] }, 'subkeys[1]', /must be a string/],
  ['a subkey off the curve', { subkeys: [USER, USER, OFF_CURVE] }, 'subkeys[2]', /not a point/],
  [
    'nine subkeys',
    { subkeys: Array(9).fill(USER) },
    'subkeys',
    /at most 8 items, got an array of 9/,
  ],
  ['no amount', { amount: undefined }, 'amount', /missing/],
  ['amount 0', { amount: 0 }, 'amount', /from 1 to 9007199254740991, got 0/],
  ['amount negative', { amount: -1 }, 'amount', /got -1/],
  ['amount fractional', { amount: 1.5 }, 'amount', /an integer.*got 1.5/],
  ['amount 2^53', { amount: 2 ** 53 }, 'amount', /got 9007199254740992/],
  ['amount a string', { amount: '1000' }, 'amount', /got a string of 4 characters/],
  ['amount a boolean', { amount: true }, 'amount', /got a boolean/],
  ['amount null', { amount: null }, 'amount', /got nothing/],
  ['amount a list', { amount: [1] }, 'amount', /got an array/],
  ['no currency', { currency: undefined }, 'currency', /missing/],
  [
    'currency unknown',
    { currency: 'doubloons' },
    'currency',
    /must be "millisats" \(1 sat is 1000\)/,
  ],
  ['currency fiat', { currency: 'eur' }, 'currency', /EUR need exchange rates/],
  ['currency a number', { currency: 1 }, 'currency', /must be a string/],
  ['description of 640 letters', { description: 'x'.repeat(640) }, 'description', /639/],
  [
    'description of 640 bytes',
    { description: 'é'.repeat(320) },
    'description',
    /639 bytes.*got 640/,
  ],
  ['description with a line break', { description: 'a\nb' }, 'description', /control/],
  ['description with an escape', { description: 'a\u001b[2J' }, 'description', /control/],
  ['description with a NUL', { description: '\u0000' }, 'description', /control/],
  ['description with half a letter', { description: 'a\ud800' }, 'description', /surrogate/],
  ['description a number', { description: 7 }, 'description', /must be a string/],
  ['request_id empty', { request_id: '' }, 'request_id', /1 to 255/],
  ['request_id too long', { request_id: 'x'.repeat(256) }, 'request_id', /1 to 255/],
  ['request_id with a tab', { request_id: 'a\tb' }, 'request_id', /control/],
  ['subscription_id too long', { subscription_id: 'x'.repeat(256) }, 'subscription_id', /255/],
  ['metadata a list', { metadata: [] }, 'metadata', /an object, got an array/],
  ['metadata a string', { metadata: '{}' }, 'metadata', /an object, got a string/],
  ['metadata over 4 KiB', { metadata: { a: 'x'.repeat(4_090) } }, 'metadata', /4096 bytes/],
  ['metadata very deep', { metadata: { a: deep(20_000) } }, 'metadata', /16 levels/],
  [
    'a misspelt field',
    { descripton: 'x' },
    'descripton',
    /unknown field "descripton"; known: .*description/,
  ],
  ['a field named like a method', { toString: 1 }, 'toString', /unknown field/],
]

const BAD_SINGLE_ORDERS: readonly Row[] = [
  ['capture unknown', { capture: 'later' }, 'capture', /one of automatic, manual, got/],
  ['expires_in 4', { expires_in: 4 }, 'expires_in', /from 5 to 86400, got 4/],
  ['expires_in over a day', { expires_in: 86_401 }, 'expires_in', /86400/],
  ['expires_in a string', { expires_in: '60' }, 'expires_in', /an integer/],
  ['auth_token too long', { auth_token: 'x'.repeat(4_097) }, 'auth_token', /4096/],
  ['auth_token with a line break', { auth_token: 'a\r\nb' }, 'auth_token', /control/],
  ['an invoice', { invoice: 'lnbcrt1' }, 'invoice', /unknown field/],
]

const BAD_INVOICE_ORDERS: readonly Row[] = [
  ['no invoice', { invoice: undefined }, 'invoice', /missing/],
  ['invoice null', { invoice: null }, 'invoice', /must be a string/],
  ['invoice too long', { invoice: 'l'.repeat(7_090) }, 'invoice', /7089/],
  ['expires_at a string', { expires_at: '1790000000' }, 'expires_at', /an integer/],
  ['expires_at 0', { expires_at: 0 }, 'expires_at', /from 1/],
  ['expires_in', { expires_in: 60 }, 'expires_in', /unknown field/],
]

const UNKNOWN_FIELD: readonly Row[] = [['an unknown field', { foo: 1 }, 'foo', /unknown field/]]

const tables = [
  [SINGLE, ORDER, [...BAD_ORDERS, ...BAD_SINGLE_ORDERS]],
  ['/payments/invoice', INVOICE_ORDER, [...BAD_ORDERS, ...BAD_INVOICE_ORDERS]],
  [
    '/authenticate-key',
    { main_key: USER },
    [
      ['no main_key', { main_key: undefined }, 'main_key', /missing/],
      ['main_key off the curve', { main_key: OFF_CURVE }, 'main_key', /not a point/],
      ['a bad subkey', { subkeys: ['npub1'] }, 'subkeys[0]', /64 hex/],
      ['an unknown field', { subkey: USER }, 'subkey', /unknown field/],
    ],
  ],
  [
    '/key-handshake',
    {},
    [
      ['static_token empty', { static_token: '' }, 'static_token', /of the form/],
      ['static_token with &', { static_token: 'a&b=c' }, 'static_token', /of the form/],
      ['static_token too long', { static_token: 'x'.repeat(129) }, 'static_token', /of the form/],
      ['no_request a string', { no_request: 'true' }, 'no_request', /true or false/],
      ['an unknown field', { token: 'x' }, 'token', /unknown field/],
    ],
  ],
  [
    '/webhooks',
    { url: 'https://shop.example/' },
    [
      ['no url', { url: undefined }, 'url', /missing/],
      ['url a number', { url: 7 }, 'url', /must be a string/],
      ['url with a NUL', { url: 'https://shop.example/\u0000x' }, 'url', /control/],
      ['url with a line break', { url: 'https://shop.example/\n' }, 'url', /control/],
      ['url with half a letter', { url: 'https://shop.example/\ud800' }, 'url', /surrogate/],
      ['an unknown field', { secrets: [] }, 'secrets', /unknown field/],
    ],
  ],
  [
    '/webhooks/x/redeliver',
    {},
    [
      ['nothing named', {}, 'from', /give either/],
      ['event_id a number', { event_id: 1 }, 'event_id', /must be a string/],
    ],
  ],
  [
    '/payments/x/resolve-late',
    { note: 'refunded' },
    [
      ['no note', { note: undefined }, 'note', /missing/],
      ['note with a NUL', { note: 'a\u0000b' }, 'note', /control/],
      ['note with an escape', { note: 'a\u001b[2J' }, 'note', /control/],
      ['note with half a letter', { note: 'a\ud800' }, 'note', /surrogate/],
    ],
  ],
  ['/webhooks/x/rotate', {}, UNKNOWN_FIELD],
  ['/webhooks/x/enable', {}, UNKNOWN_FIELD],
  ['/webhooks/x/test', {}, UNKNOWN_FIELD],
  ['/payments/x/cancel', {}, UNKNOWN_FIELD],
  ['/payments/x/capture', {}, UNKNOWN_FIELD],
  ['/sandbox/wallets', {}, UNKNOWN_FIELD],
] as const satisfies readonly (readonly [string, object, readonly Row[]])[]

for (const [path, good, rows] of tables) {
  for (const [what, change, field, says] of rows) {
    test(`POST ${path} with ${what} is refused and names the field`, async () => {
      await refused('POST', path, { ...good, ...change }, { status: 400, field, says })
    })
  }
}

test('a secret in a bad field is not repeated', async () => {
  const secret = 'nsec1verysecretverysecretverysecret'
  for (const body of [
    { ...ORDER, main_key: secret },
    { ...ORDER, amount: secret },
    { ...ORDER, auth_token: `${secret}\n` },
    `{"auth_token": "${secret}`,
    `{${secret}}`,
  ]) {
    const answer = await world.call('POST', SINGLE, body, JSON_TYPE)
    assert.equal(answer.statusCode, 400)
    assert.ok(!answer.body.includes('nsec'), answer.body)
  }
})

const JSON_TYPE = { 'content-type': 'application/json' }

const bodies: readonly [what: string, body: string | Buffer | undefined, says: RegExp][] = [
  ['nothing', undefined, /the body must be an object, got nothing/],
  ['no bytes', '', /the body must be an object, got nothing/],
  ['half of JSON', '{"main_key":', /not JSON/],
  ['words', 'amount=1000', /not JSON/],
  ['null', 'null', /must be an object, got nothing/],
  ['a list', '[]', /must be an object, got an array/],
  ['a string', '"x"', /must be an object, got a string/],
  ['__proto__', '{"__proto__": {"amount": 1}}', /not JSON/],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /not UTF-8/],
  ['deep nesting', `{"metadata":${'['.repeat(30_000)}`, /not JSON/],
]
for (const [what, body, says] of bodies) {
  test(`a body of ${what} is refused`, async () => {
    await refused('POST', SINGLE, body, { status: 400, field: undefined, says }, JSON_TYPE)
  })
}

test('an amount that no number can hold is refused', async () => {
  const body = `{"main_key":"${USER}","currency":"millisats","amount":1e999}`
  await refused('POST', SINGLE, body, { status: 400, field: 'amount', says: /Infinity/ }, JSON_TYPE)
})

test('10,000 subkeys are refused, whichever bound they meet first', async () => {
  const many = { ...ORDER, subkeys: Array(10_000).fill(USER) }
  const whole = await world.call('POST', SINGLE, many)
  assert.equal(whole.statusCode, 413)
  assert.equal(whole.json().code, 'too_large')
  await assertAnswers(world, 'POST', SINGLE, whole)
  const short = { ...ORDER, subkeys: Array(10_000).fill('ab') }
  await refused('POST', SINGLE, short, { status: 400, field: 'subkeys', says: /10000 items/ })
})

test('a body over 64 KiB is too large, one of exactly 64 KiB is read', async () => {
  const room = 65_536 - JSON.stringify({ ...ORDER, nothing: '' }).length
  const fits = { ...ORDER, nothing: 'x'.repeat(room) }
  await refused('POST', SINGLE, fits, { status: 400, field: 'nothing' })
  const over = { ...ORDER, nothing: 'x'.repeat(room + 1) }
  const answer = await world.call('POST', SINGLE, over)
  assert.equal(answer.statusCode, 413)
  assert.equal(answer.json().code, 'too_large')
})

test('a body that is not JSON by its type is refused with 415', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/xml', 'x']) {
    await refused(
      'POST',
      SINGLE,
      'a=b',
      { status: 415, field: undefined },
      { 'content-type': type },
    )
  }
})

test('an Idempotency-Key that is empty, too long or not visible ASCII is refused', async () => {
  for (const key of ['', ' ', 'two words', 'x'.repeat(256), 'ключ']) {
    const expected = { status: 400, field: 'Idempotency-Key', says: /1 to 255/ }
    await refused('POST', SINGLE, ORDER, expected, { 'idempotency-key': key })
  }
})

const queries: readonly [url: string, field: string, says?: RegExp][] = [
  ['/payments?limit=0', 'limit', /from 1 to 100/],
  ['/payments?limit=101', 'limit'],
  ['/payments?limit=1e1', 'limit', /decimal digits/],
  ['/payments?limit=0x10', 'limit'],
  ['/payments?limit=', 'limit'],
  ['/payments?limit=%2010', 'limit'],
  ['/payments?limit=1&limit=2', 'limit', /got an array/],
  ['/payments?status=payed', 'status', /one of pending, /],
  ['/payments?late=1', 'late', /true or false/],
  ['/payments?late=TRUE', 'late'],
  ['/payments?created_after=-1', 'created_after'],
  ['/payments?created_after=yesterday', 'created_after'],
  ['/payments?created_before=99999999999999999999', 'created_before'],
  ['/payments?main_key=abc', 'main_key', /64 hex/],
  ['/payments?cursor=../../etc', 'cursor'],
  ['/payments?cursor=zzz', 'cursor'],
  ['/payments?request_id=a%0Ab', 'request_id', /control/],
  ['/payments?state=paid', 'state', /unknown query parameter "state"; known: status,/],
  ['/events?after=x', 'after', /decimal digits/],
  ['/events?after=END', 'after', /decimal digits/],
  ['/events?after=9007199254740992', 'after'],
  ['/events?wait=61', 'wait', /from 0 to 60/],
  ['/events?wait=-1', 'wait'],
  ['/events?limit=5', 'limit', /unknown query parameter/],
  ['/info?verbose=1', 'verbose', /takes none/],
  ['/health?x=1', 'x', /takes none/],
  ['/ready?verbose=1', 'verbose', /takes none/],
  ['/openapi.json?v=3', 'v', /takes none/],
  ['/docs?page=2', 'page', /takes none/],
  ['/relay?x=1', 'x', /takes none/],
]
for (const [url, field, says] of queries) {
  test(`GET ${url} is refused and names the parameter`, async () => {
    await refused('GET', url, undefined, { status: 400, field, says })
  })
}

test('a POST takes no query parameters either', async () => {
  await refused('POST', `${SINGLE}?dry_run=1`, ORDER, { status: 400, field: 'dry_run' })
})

test('an `after` or Last-Event-ID that is not decimal digits is refused', async () => {
  const { stream_id } = (await world.call('POST', SINGLE, ORDER)).json()
  world.reached.length = 0
  for (const after of ['-1', '1.0', '1e3', 'abc', '%31x', '', '9007199254740992']) {
    const url = `/events/${stream_id}?after=${after}`
    await refused('GET', url, undefined, { status: 400, field: 'after' })
  }
  const stream = { accept: 'text/event-stream' }
  const poll = { status: 400, field: 'after', says: /in a poll only/ }
  await refused('GET', '/events?after=end', undefined, poll, stream)
  for (const id of ['abc', '-1', '1.5', '99999999999999999']) {
    const headers = { accept: 'text/event-stream', 'last-event-id': id }
    const expected = { status: 400, field: 'Last-Event-ID' }
    await refused('GET', `/events/${stream_id}`, undefined, expected, headers)
  }
})

const nowhere: readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string][] = [
  ['GET', '/payments/00000000-0000-4000-8000-000000000000'],
  ['GET', '/payments/%00'],
  ['GET', `/payments/${'x'.repeat(99)}`],
  ['GET', `/payments/${'x'.repeat(1_000)}`],
  ['GET', '/payments/..%2f..%2fetc'],
  ['GET', '/payments/%E0%A4%A'],
  ['POST', '/payments/00000000-0000-4000-8000-000000000000/cancel'],
  ['POST', "/payments/'%20or%201=1/cancel"],
  ['GET', '/events/nothing'],
  ['GET', '/events/a%20b'],
  ['DELETE', '/key-handshake/nothing'],
  ['DELETE', '/webhooks/%00'],
  ['POST', '/webhooks/%00/test'],
  ['GET', '/webhooks/%00/deliveries'],
  ['GET', '/payments/single/'],
  ['GET', '/'],
  ['GET', '/nothing?x=1'],
  ['POST', '/sandbox/wallets'],
]
for (const [method, url] of nowhere) {
  test(`${method} ${url.slice(0, 60)} is not found`, async () => {
    const answer = await world.call(method, url)
    assert.equal(answer.statusCode, 404, answer.body)
    assert.equal(answer.headers['content-type'], 'application/problem+json')
    assert.equal(answer.json().code, 'not_found')
  })
}

const wrongMethods: readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string, allow: string][] = [
  ['DELETE', '/payments', 'GET'],
  ['PUT', '/payments/single', 'POST, GET'],
  ['POST', '/payments/x', 'GET'],
  ['GET', '/payments/x/cancel', 'POST'],
  ['POST', '/health', 'GET, HEAD'],
  ['DELETE', '/relay?x=1', 'GET'],
]
for (const [method, url, allow] of wrongMethods) {
  test(`${method} ${url} is refused, and the methods there are named`, async () => {
    const answer = await world.call(method, url, 'not even JSON', JSON_TYPE)
    assert.equal(answer.statusCode, 405, answer.body)
    assert.equal(answer.headers.allow, allow)
    assert.equal(answer.json().code, 'invalid_request')
    assert.match(answer.json().detail, new RegExp(`only ${allow}$`))
  })
}

type Expected = {
  readonly status: number
  readonly field: string | undefined
  readonly says?: RegExp | undefined
}

async function refused(
  method: 'GET' | 'POST',
  url: string,
  body: unknown,
  expected: Expected,
  headers: Record<string, string> = {},
): Promise<void> {
  const before = world.reached.length
  const answer = await world.call(method, url, body, headers)
  assert.equal(answer.statusCode, expected.status, answer.body)
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  const problem = answer.json()
  assert.equal(problem.code, 'invalid_request')
  assert.equal(problem.status, expected.status)
  assert.equal(problem.field, expected.field, answer.body)
  if (expected.says !== undefined) assert.match(problem.detail, expected.says)
  const path = url.split('?', 1)[0] ?? ''
  const documented = path
    .replace(/^\/events\/.+/, '/events/{stream_id}')
    .replace('/payments/x/', '/payments/{payment_id}/')
    .replace('/webhooks/x/', '/webhooks/{endpoint_id}/')
  await assertAnswers(world, method, documented, answer)
  // Only the store can tell whether a cursor is one of its own; nothing else gets that far.
  if (!url.includes('cursor')) assert.equal(world.reached.length, before, 'it left a trace')
}

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return value
}
