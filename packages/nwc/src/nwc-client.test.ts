import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeNwcResponse, KIND, type NostrEvent, type NwcNotification } from 'portal-protocol'
import { person } from '../../relay/test/people.ts'
import { createWorld, user, wallet } from '../test/world.ts'
import type { NwcError } from './nwc-error.ts'

const mallory = person(13)
const payment: NwcNotification = {
  type: 'payment_received',
  notification: { type: 'incoming', payment_hash: 'aa'.repeat(32), amount: 1_000, settled_at: 5 },
}

/** Runs the clock until the promise is settled, at most a minute. */
async function inTime<T>(world: ReturnType<typeof createWorld>, promise: Promise<T>): Promise<T> {
  let isSettled = false
  const done = () => {
    isSettled = true
  }
  promise.then(done, done)
  for (let step = 0; step < 600 && !isSettled; step += 1) await world.clock.advance(100)
  return promise
}

for (const encryption of ['nip44_v2', 'nip04'] as const) {
  for (const tagsAnswers of [true, false]) {
    const habit = tagsAnswers ? 'with' : 'without'
    test(`a request is answered in ${encryption}, ${habit} our key in the answer's tags`, async () => {
      const world = createWorld({ encryptions: [encryption], tagsAnswers })
      const client = await world.client()
      for (const amount of [1, 2, 3]) {
        const result = client.request('make_invoice', { amount }, 5_000)
        assert.deepEqual(await inTime(world, result), { method: 'make_invoice', amount })
      }
      const [request] = world.service.requests
      assert.equal(request?.pubkey, user.publicKey)
      assert.equal(request?.content.includes('?iv='), encryption === 'nip04')
      const tags = [['p', wallet.publicKey]]
      if (encryption === 'nip44_v2') tags.push(['encryption', 'nip44_v2'])
      assert.deepEqual(request?.tags, tags)
    })
  }
}

test('200 requests at once are answered, over one subscription', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'] })
  const client = await world.client()
  const results = Array.from({ length: 200 }, (_, n) => client.request('look', { n }, 60_000))
  const answers = await inTime(world, Promise.all(results))
  assert.deepEqual(
    answers.map(({ n }) => n),
    Array.from({ length: 200 }, (_, n) => n),
  )
  const requests = world.place('ws://one.example').sent.filter(([type]) => type === 'REQ')
  const ids = new Set(requests.map(([, id]) => String(id)).filter((id) => !id.startsWith('ping')))
  assert.equal(ids.size, 1)
})

test('answers to others are not listened to once the wallet has shown that it tags them', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'] })
  const client = await world.client()
  const burst = Array.from({ length: 30 }, (_, n) => client.request('look', { n }, 60_000))
  await inTime(world, Promise.all(burst))
  const requests = world.place('ws://one.example').sent.filter(([type]) => type === 'REQ')
  const filters = requests.at(-1)?.slice(2) as Record<string, unknown>[]
  assert.ok(filters.every((filter) => filter['#p'] !== undefined || filter.kinds !== 23_195))
  assert.deepEqual(
    filters
      .filter(({ kinds }) => (kinds as number[]).includes(KIND.nwcResponse))
      .map((f) => f['#p']),
    [[user.publicKey]],
  )
})

test('the methods and encryptions are those of the info event', async () => {
  const world = createWorld({ encryptions: ['nip04', 'nip44_v2'] })
  const client = await world.client()
  assert.deepEqual(await inTime(world, client.info(5_000)), {
    methods: ['pay_invoice'],
    encryptions: ['nip04', 'nip44_v2'],
    notifications: ['payment_received'],
  })
})

test('a wallet without info event is spoken to in NIP-04, and asked what it can do', async () => {
  const world = createWorld({
    answer: () => ({ result: { methods: ['pay_invoice', 5], notifications: ['payment_sent'] } }),
  })
  const client = await world.client()
  assert.deepEqual(await inTime(world, client.info(5_000)), {
    methods: ['pay_invoice'],
    encryptions: ['nip04'],
    notifications: ['payment_sent'],
  })
  assert.deepEqual(world.service.methods, ['get_info'])
})

test('an info event that comes later, or anew, counts; a forged or older one does not', async () => {
  const world = createWorld({ answer: () => ({ result: {} }) })
  const client = await world.client()
  const stranger = world.stranger()
  const info = (created_at: number, encryption: string) =>
    wallet.sign({
      kind: KIND.nwcInfo,
      created_at,
      tags: [['encryption', encryption]],
      content: 'x',
    })
  const tell = (event: NostrEvent) => inTime(world, stranger.publish(event, 1_000))
  const encryption = async () => {
    await inTime(world, client.request('get_info', {}, 5_000))
    return world.service.requests.at(-1)?.content.includes('?iv=') ? 'nip04' : 'nip44_v2'
  }
  assert.equal(await encryption(), 'nip04')
  await tell({ ...info(300, 'nip44_v2'), sig: mallory.sign(info(300, 'x')).sig })
  assert.equal(await encryption(), 'nip04')
  await tell(info(200, 'nip44_v2'))
  assert.equal(await encryption(), 'nip44_v2')
  await tell(info(100, 'nip04'))
  assert.equal(await encryption(), 'nip44_v2')
  await tell(info(400, 'nip04'))
  assert.equal(await encryption(), 'nip04')
})

test('notifications of both kinds, from all relays, are told once', async () => {
  const world = createWorld({ encryptions: ['nip44_v2', 'nip04'] }, [
    'ws://one.example',
    'ws://two.example',
  ])
  const client = await world.client()
  const told: unknown[] = []
  const undo = client.onNotification((sealed) => {
    const notification = sealed.open()
    if (notification !== 'known' && notification !== 'repeated') told.push(notification)
  })
  await world.clock.advance(1_000)
  const other = { ...payment, notification: { ...payment.notification, payment_hash: 'bb' } }
  for (const notification of [payment, payment, other]) {
    await inTime(world, world.service.notify(user.publicKey, notification))
  }
  undo()
  await inTime(world, world.service.notify(user.publicKey, { ...payment, type: 'payment_sent' }))
  assert.deepEqual(told, [payment, other])
})

test('a notification that is forged, unreadable or from another wallet is not told', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'] })
  const client = await world.client()
  client.onNotification(({ open }) => assert.equal(open(), 'untrue'))
  await world.clock.advance(1_000)
  const stranger = world.stranger()
  const template = {
    kind: KIND.nwcNotification,
    created_at: 1_790_000_000,
    tags: [['p', user.publicKey]],
  }
  const text = '{"notification_type":"payment_received","notification":{}}'
  const true_ = wallet.sign({ ...template, content: wallet.encrypt(text, user.publicKey) })
  const lies = [
    { ...true_, sig: mallory.sign(template && { ...template, content: '' }).sig },
    mallory.sign({ ...template, content: mallory.encrypt(text, user.publicKey) }),
    wallet.sign({ ...template, content: text }),
    wallet.sign({ ...template, content: wallet.encrypt('not json', user.publicKey) }),
    wallet.sign({ ...template, content: 'AAAA?iv=AAAA' }),
  ]
  for (const lie of lies) await inTime(world, stranger.publish(lie, 1_000))
  await world.clock.advance(1_000)
})

test('answers that cannot be decrypted or are forged are passed over; the true one counts', async () => {
  const world = createWorld({
    encryptions: ['nip44_v2'],
    send: (answer) => [
      { ...answer, content: 'forged' },
      mallory.sign(answer),
      wallet.sign({ ...answer, content: 'garbage' }),
      wallet.sign({ ...answer, content: 'AAAA?iv=AAAA' }),
      wallet.sign({ ...answer, content: wallet.encrypt('{}', mallory.publicKey) }),
      wallet.sign({ ...answer, tags: [['e', 'ff'.repeat(32)]] }),
      wallet.sign({ ...answer, tags: [] }),
      answer,
    ],
  })
  const client = await world.client()
  const result = client.request('get_balance', {}, 5_000)
  assert.deepEqual(await inTime(world, result), { method: 'get_balance' })
})

test('an answer that says nothing is INVALID_RESPONSE', async () => {
  for (const text of [
    'nonsense',
    encodeNwcResponse({ resultType: 'x', result: null, error: null }),
  ]) {
    const world = createWorld({
      encryptions: ['nip44_v2'],
      send: (answer) => [wallet.sign({ ...answer, content: wallet.encrypt(text, user.publicKey) })],
    })
    const client = await world.client()
    const failure = assert.rejects(client.request('get_balance', {}, 5_000), {
      name: 'NwcError',
      code: 'INVALID_RESPONSE',
      retry: true,
    })
    await inTime(world, failure)
  }
})

test("the wallet's error is told with its code, and whether trying again may help", async () => {
  const codes = { INSUFFICIENT_BALANCE: false, PAYMENT_FAILED: false, INTERNAL: true } as const
  for (const [code, retry] of Object.entries(codes)) {
    const answer = () => ({ error: { code: code as keyof typeof codes, message: 'why' } })
    const world = createWorld({ encryptions: ['nip44_v2'], answer })
    const client = await world.client()
    const failure = assert.rejects(client.request('pay_invoice', {}, 5_000), {
      code,
      retry,
      message: 'why',
      retryAfterMs: null,
    })
    await inTime(world, failure)
  }
})

test('RATE_LIMITED says how long to wait: longer each time in a row, until an answer comes', async () => {
  let isLimited = true
  const world = createWorld({
    encryptions: ['nip44_v2'],
    answer: () =>
      isLimited ? { error: { code: 'RATE_LIMITED', message: 'slow down' } } : { result: {} },
  })
  const client = await world.client()
  const pauses: number[] = []
  const ask = () =>
    inTime(world, client.request('look', {}, 5_000)).catch((error: NwcError) => {
      assert.equal(error.code, 'RATE_LIMITED')
      pauses.push(error.retryAfterMs ?? 0)
    })
  for (let n = 0; n < 10; n += 1) await ask()
  isLimited = false
  await ask()
  isLimited = true
  await ask()
  for (const [n, pauseMs] of pauses.slice(0, 10).entries()) {
    const stepMs = Math.min(60_000, 1_000 * 2 ** n)
    assert.ok(pauseMs >= stepMs / 2 && pauseMs <= stepMs, `${pauseMs} ms at ${n}`)
  }
  assert.ok((pauses.at(-1) ?? 0) <= 1_000)
})

test('a wallet that does not answer is TIMEOUT, one that no relay reaches is UNREACHABLE', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'], answer: () => null })
  const client = await world.client()
  const silent = client.request('get_balance', {}, 5_000)
  await inTime(world, assert.rejects(silent, { code: 'TIMEOUT', retry: true }))
  world.place('ws://one.example').cut()
  const away = client.request('get_balance', {}, 5_000)
  await inTime(world, assert.rejects(away, { code: 'UNREACHABLE', retry: true }))
  assert.equal(client.connected, false)

  const nowhere = createWorld()
  nowhere.place('ws://one.example').cut()
  const lost = await nowhere.client()
  const never = lost.request('get_balance', {}, 5_000)
  await inTime(nowhere, assert.rejects(never, { code: 'UNREACHABLE' }))
  await inTime(nowhere, assert.rejects(lost.info(5_000), { code: 'UNREACHABLE' }))
})

test('a relay that refuses the request ends it at once, with its reason', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'] })
  const client = await world.client()
  await world.clock.advance(1_000)
  const startMs = world.clock.nowMs()
  const place = world.place('ws://one.example')
  place.refuse = 'restricted: not on the list'
  const refused = client.request('pay_invoice', {}, 30_000)
  await inTime(world, assert.rejects(refused, { code: 'UNREACHABLE', message: /not on the list/ }))
  place.refuse = 'rate-limited: too fast'
  const limited = client.request('pay_invoice', {}, 30_000)
  await inTime(world, assert.rejects(limited, { code: 'RATE_LIMITED' }))
  assert.ok(world.clock.nowMs() - startMs < 1_000)
})

test('one relay that refuses does not end a request that another may still take', async () => {
  const urls = ['ws://one.example', 'ws://two.example']
  const world = createWorld({ encryptions: ['nip44_v2'] }, urls)
  const client = await world.client()
  await world.clock.advance(1_000)
  world.place('ws://one.example').refuse = 'blocked: no'
  world.place('ws://two.example').cut()
  const result = client.request('get_balance', {}, 30_000)
  await world.clock.advance(1_000)
  world.place('ws://two.example').mend()
  assert.deepEqual(await inTime(world, result), { method: 'get_balance' })
})

test('a request made while the relay is away, or cut off on its way, goes out once it is back', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'] })
  const client = await world.client()
  await world.clock.advance(1_000)
  const place = world.place('ws://one.example')
  place.isDeaf = true
  const onItsWay = client.request('one', {}, 30_000)
  await world.clock.advance(1_000)
  place.cut()
  place.isDeaf = false
  const meanwhile = client.request('two', {}, 30_000)
  place.mend()
  await inTime(world, Promise.all([onItsWay, meanwhile]))
  assert.deepEqual(world.service.methods.sort(), ['one', 'two'])
})

test('a relay that says what it likes cannot speak for the wallet', async () => {
  const answers: NostrEvent[] = []
  let isSilent = false
  const world = createWorld({
    encryptions: ['nip44_v2'],
    send: (answer) => {
      answers.push(answer)
      return isSilent ? [] : [answer]
    },
  })
  const client = await world.client()
  await inTime(world, client.request('pay_invoice', { n: 1 }, 5_000))
  isSilent = true
  const result = client.request('pay_invoice', { n: 2 }, 60_000)
  await world.clock.advance(1_000)
  const [first, second] = answers
  assert.ok(first !== undefined && second !== undefined)
  const place = world.place('ws://one.example')
  const info = { kind: KIND.nwcInfo, created_at: 2_000_000_000, tags: [], content: 'x' }
  place.say('EVENT', 's1', mallory.sign(info))
  // An old answer, sealed by the wallet, passed off as the answer to this request.
  place.say('EVENT', 's1', { ...first, tags: second.tags })
  place.say('EVENT', 's1', { ...second, content: first.content })
  await world.clock.advance(1_000)
  assert.deepEqual((await inTime(world, client.info(1_000))).encryptions, ['nip44_v2'])
  place.say('EVENT', 's1', second)
  assert.deepEqual(await inTime(world, result), { method: 'pay_invoice', n: 2 })
})

test('the same signed request goes out again when the relay comes back, and is answered', async () => {
  let isSilent = true
  const world = createWorld({
    encryptions: ['nip44_v2'],
    answer: () => (isSilent ? null : { result: { preimage: 'aa' } }),
  })
  const client = await world.client()
  const result = client.request('pay_invoice', { invoice: 'lnbcrt1' }, 60_000)
  await world.clock.advance(1_000)
  assert.equal(world.service.requests.length, 1)
  let connects = 0
  client.onConnected(() => (connects += 1))
  const place = world.place('ws://one.example')
  place.cut()
  await world.clock.advance(5_000)
  isSilent = false
  place.mend()
  assert.deepEqual(await inTime(world, result), { preimage: 'aa' })
  assert.equal(connects, 1)
  assert.equal(world.service.requests.length, 2)
  assert.deepEqual(world.service.requests[0], world.service.requests[1])
})

test('a request that was given up does not go out when the relay comes back', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'] })
  const client = await world.client()
  await world.clock.advance(1_000)
  const place = world.place('ws://one.example')
  place.cut()
  await world.clock.advance(1_000)
  const lost = client.request('pay_invoice', {}, 5_000)
  await inTime(world, assert.rejects(lost, { code: 'UNREACHABLE' }))
  place.mend()
  await world.clock.advance(60_000)
  assert.ok(client.connected)
  assert.deepEqual(world.service.requests, [])
})

test('with two relays one is enough', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'] }, ['ws://one.example', 'ws://two.example'])
  world.place('ws://one.example').cut()
  const client = await world.client()
  const result = client.request('get_balance', {}, 5_000)
  assert.deepEqual(await inTime(world, result), { method: 'get_balance' })
  assert.ok(client.connected)
})

test('a wallet that tags some answers and not others loses at most one', async () => {
  let tags = true
  const world = createWorld({
    encryptions: ['nip44_v2'],
    send: (answer) => [
      tags
        ? answer
        : wallet.sign({ ...answer, tags: answer.tags.filter(([name]) => name === 'e') }),
    ],
  })
  const client = await world.client()
  await inTime(world, client.request('get_balance', {}, 5_000))
  tags = false
  const lost = client.request('get_balance', {}, 5_000)
  await inTime(world, assert.rejects(lost, { code: 'TIMEOUT' }))
  for (let n = 0; n < 3; n += 1) await inTime(world, client.request('get_balance', {}, 5_000))
  tags = true
  for (let n = 0; n < 3; n += 1) await inTime(world, client.request('get_balance', {}, 5_000))
})

test('closing ends what waits, gives the relays back and leaves no timer', async () => {
  const world = createWorld({ encryptions: ['nip44_v2'], answer: () => null })
  const client = await world.client({ relays: ['ws://one.example', 'ws://ONE.example/'] })
  assert.deepEqual(world.pool.urls(), ['ws://one.example'])
  const waiting = client.request('get_balance', {}, 60_000)
  await world.clock.advance(1_000)
  const failed = assert.rejects(waiting, { code: 'UNREACHABLE' })
  const undecided = createWorld()
  const early = await undecided.client()
  const never = assert.rejects(early.request('get_balance', {}, 60_000), { code: 'UNREACHABLE' })
  client.close()
  client.close()
  early.close()
  await Promise.all([failed, never])
  assert.deepEqual(world.pool.urls(), [])
  await assert.rejects(client.request('get_balance', {}, 1_000), { code: 'UNREACHABLE' })
})

test('when one relay cannot be opened, none stays open', async () => {
  const world = createWorld()
  const relays = ['ws://one.example', 'https://not-a-relay.example']
  await assert.rejects(world.client({ relays }), { code: 'invalid_relay_url' })
  assert.deepEqual(world.pool.urls(), [])
})
