import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { NostrEvent } from 'portal-protocol'
import { createManualClock, settled } from '../test/manual-clock.ts'
import { eventOf, forged, person, secp } from '../test/people.ts'
import { type RelayVisitor, visit } from '../test/relay-visitor.ts'
import type { EmbeddedRelayDeps } from './embedded-relay.ts'
import { createEmbeddedRelay } from './relay-server.ts'

const [alice, bob, merchant] = [person(1), person(2), person(3)]

function setUp(deps: Partial<EmbeddedRelayDeps> = {}) {
  const clock = createManualClock()
  let verified = 0
  const relay = createEmbeddedRelay({
    clock,
    secp: {
      ...secp,
      verifySchnorr: (...input) => {
        verified += 1
        return secp.verifySchnorr(...input)
      },
    },
    ...deps,
  })
  return { clock, relay, verified: () => verified }
}

function to(key: { readonly publicKey: string }, content = ''): NostrEvent {
  return eventOf(alice, { tags: [['p', key.publicKey]], content })
}

function listen(visitor: RelayVisitor, ...filters: object[]): void {
  visitor.say(['REQ', 'all', ...(filters.length === 0 ? [{}] : filters)])
  visitor.take()
}

test('an event reaches those who subscribed to it, and is accepted', () => {
  const { relay } = setUp()
  const [sender, receiver, other] = [visit(relay), visit(relay), visit(relay)]
  receiver.say(['REQ', 'mine', { kinds: [28_000], '#p': [bob.publicKey] }, { kinds: [28_000] }])
  assert.deepEqual(receiver.take(), [['EOSE', 'mine']])
  listen(other, { '#p': [merchant.publicKey] })
  const event = to(bob)
  sender.say(['EVENT', event])
  assert.deepEqual(sender.heard, [['OK', event.id, true, '']])
  assert.deepEqual(receiver.heard, [['EVENT', 'mine', event]])
  assert.deepEqual(other.heard, [])
})

test('an event that is sent again is delivered again, and verified once', () => {
  const { relay, verified } = setUp()
  const [sender, receiver] = [visit(relay), visit(relay)]
  listen(receiver)
  for (let turn = 0; turn < 3; turn += 1) sender.say(['EVENT', to(bob)])
  assert.equal(receiver.heard.length, 3)
  assert.equal(sender.heard.length, 3)
  assert.ok(sender.heard.every(([, , accepted]) => accepted))
  assert.equal(verified(), 1)
})

test('a forged copy is refused before the real event and after it', () => {
  const { relay } = setUp()
  const [sender, receiver] = [visit(relay), visit(relay)]
  listen(receiver)
  const event = to(bob, 'true')
  for (const copy of [forged(event), event, forged(event), { ...event, sig: to(bob).sig }]) {
    sender.say(['EVENT', copy])
  }
  assert.deepEqual(
    sender.heard.map(([, , accepted]) => accepted),
    [false, true, false, false],
  )
  assert.deepEqual(receiver.heard, [['EVENT', 'all', event]])
})

test('only the kinds of Portal and of Nostr Wallet Connect are taken', () => {
  const { relay } = setUp()
  const visitor = visit(relay)
  const taken = [0, 13_194, 23_194, 23_197, 24_133, 27_000, 27_010, 28_000, 29_502, 30_000]
  for (const kind of [...taken, 1, 4, 1_059, 22_242, 26_999, 30_001]) {
    visitor.say(['EVENT', eventOf(alice, { kind })])
  }
  const answers = visitor.heard.map(([, , accepted]) => accepted)
  assert.deepEqual(answers, [...taken.map(() => true), ...Array(6).fill(false)])
  assert.match(String(visitor.heard.at(-1)?.[3]), /^blocked: /)
})

test('of kinds 0, 13194 and 30000 the newest of each author is kept, and nothing else', () => {
  const { relay } = setUp()
  const visitor = visit(relay)
  const old = eventOf(alice, { kind: 13_194, created_at: 100 })
  const newer = eventOf(alice, { kind: 13_194, created_at: 200 })
  const others = [eventOf(bob, { kind: 0 }), eventOf(alice, { kind: 30_000 }), eventOf(alice)]
  for (const event of [newer, old, ...others]) visitor.say(['EVENT', event])
  visitor.take()
  visitor.say(['REQ', 'info', { kinds: [13_194], authors: [alice.publicKey] }])
  visitor.say(['REQ', 'all', {}])
  visitor.say(['REQ', 'one', { limit: 1 }])
  visitor.say(['REQ', 'none', { kinds: [28_000] }, { kinds: [0], authors: [alice.publicKey] }])
  const events = (id: string) => visitor.heard.flatMap((m) => (m[1] === id && m[2] ? [m[2]] : []))
  assert.deepEqual(events('info'), [newer])
  assert.equal(events('all').length, 3)
  assert.equal(events('one').length, 1)
  assert.deepEqual(events('none'), [])
  assert.equal(visitor.heard.filter(([type]) => type === 'EOSE').length, 4)
})

test('strangers cannot fill the memory for stored events, nor push ours out', async () => {
  const { relay, clock } = setUp({ verify: () => true, limits: { storedEventsMax: 5 } })
  const visitor = visit(relay)
  const ours = eventOf(merchant, { kind: 13_194, created_at: 1 })
  const socket = relay.openSocket('', { open: () => {}, message: () => {}, close: () => {} })
  socket.send(JSON.stringify(['EVENT', ours]))
  await clock.advance(1)
  for (let n = 0; n < 50; n += 1) {
    const pubkey = n.toString(16).padStart(64, '0')
    visitor.say([
      'EVENT',
      { ...eventOf(alice, { kind: 0, created_at: 2_000 }), pubkey, id: pubkey },
    ])
  }
  visitor.say(['EVENT', eventOf(alice, { kind: 0, content: 'x'.repeat(20_000) })])
  assert.match(String(visitor.take().at(-1)?.[3]), /^invalid: /)
  visitor.say(['REQ', 'all', {}])
  const stored = visitor.heard.flatMap(([type, , event]) => (type === 'EVENT' ? [event] : []))
  assert.equal(stored.length, 6)
  assert.deepEqual(stored.at(-1), ours)
})

test('an event for the merchant is accepted when its fact is committed, not before', async () => {
  const { promise, resolve } = Promise.withResolvers<'delivered'>()
  const intercepted: NostrEvent[] = []
  const { relay } = setUp({
    ownKey: merchant.publicKey,
    intercept: (event) => {
      intercepted.push(event)
      return promise
    },
  })
  const visitor = visit(relay)
  const event = to(merchant)
  visitor.say(['EVENT', event])
  await settled()
  assert.deepEqual(intercepted, [event])
  assert.deepEqual(visitor.heard, [])
  resolve('delivered')
  await settled()
  assert.deepEqual(visitor.heard, [['OK', event.id, true, '']])
})

test('what became of an event for the merchant is what its sender is told', async () => {
  const answers = ['duplicate', 'unwanted', 'rate_limited', 'invalid', 'error'] as const
  const heard: unknown[] = []
  for (const answer of answers) {
    const { relay } = setUp({
      ownKey: merchant.publicKey,
      intercept: async () => {
        if (answer === 'error') throw new Error('disk full at /secret/path')
        return answer
      },
    })
    const visitor = visit(relay)
    listen(visitor)
    visitor.say(['EVENT', forged(to(merchant))])
    await settled()
    assert.equal(visitor.heard.length, 1, 'a forged copy was delivered')
    heard.push([visitor.heard[0]?.[2], String(visitor.heard[0]?.[3]).split(':')[0]])
  }
  assert.deepEqual(heard, [
    [true, 'duplicate'],
    [false, 'blocked'],
    [false, 'rate-limited'],
    [false, 'invalid'],
    [false, 'error'],
  ])
})

test('5,000 events for the merchant from unknown authors cost no verification', async () => {
  const { relay, verified } = setUp({
    ownKey: merchant.publicKey,
    wanted: ({ pubkey }) => pubkey === bob.publicKey,
    intercept: async () => 'delivered',
  })
  const visitor = visit(relay)
  const event = to(merchant)
  for (let n = 0; n < 5_000; n += 1) visitor.say(['EVENT', { ...event, id: idOf(n) }])
  await settled()
  assert.equal(verified(), 0)
  assert.equal(visitor.heard.length, 5_000)
  assert.ok(visitor.heard.every(([, , , reason]) => String(reason).startsWith('blocked:')))
})

test('someone who forges the author of an open request is soon not even verified', async () => {
  const { relay, verified, clock } = setUp()
  const [forger, wallet, receiver] = [visit(relay), visit(relay), visit(relay)]
  listen(receiver, { '#p': [bob.publicKey] })
  const event = to(bob)
  for (let second = 0; second < 60; second += 1) {
    for (let n = 0; n < 200; n += 1) {
      forger.say(['EVENT', { ...event, id: idOf(second * 200 + n) }])
    }
    await clock.advance(1_000)
  }
  assert.equal(forger.heard.length, 12_000)
  assert.match(String(forger.heard.at(-1)?.[3]), /^rate-limited: /)
  // A forgery is caught by its hash, before the signature; both are counted by the refusals.
  const judged = forger.heard.filter(([, , , reason]) => String(reason).startsWith('invalid:'))
  assert.ok(judged.length < 1_700, `${judged.length} of 12,000 were verified`)
  assert.ok(verified() <= judged.length)
  wallet.say(['EVENT', event])
  assert.deepEqual(wallet.heard, [['OK', event.id, true, '']])
  assert.equal(receiver.heard.length, 1)
})

test('events that nobody listens to are verified a few times, then dropped unread', () => {
  const { relay, verified } = setUp()
  const visitor = visit(relay)
  for (let n = 0; n < 300; n += 1) visitor.say(['EVENT', to(bob, String(n))])
  assert.equal(verified(), 200)
  assert.match(String(visitor.heard.at(-1)?.[3]), /^mute: /)
})

test('who sends too much is told rate-limited, and heard again later', async () => {
  const { relay, clock } = setUp({ limits: { workPerSecond: 10, workBurst: 20 } })
  const [busy, calm] = [visit(relay), visit(relay)]
  for (let n = 0; n < 20; n += 1) busy.say(['CLOSE', 'x'])
  busy.say(['EVENT', to(bob)])
  busy.say(['REQ', 'x', {}])
  busy.say('nonsense')
  const reasons = busy.take().map((message) => [message[0], String(message.at(-1)).split(':')[0]])
  assert.deepEqual(reasons, [
    ['OK', 'rate-limited'],
    ['CLOSED', 'rate-limited'],
  ])
  calm.say(['REQ', 'x', {}])
  assert.deepEqual(calm.heard, [['EOSE', 'x']])
  await clock.advance(1_000)
  busy.say(['REQ', 'x', {}])
  assert.deepEqual(busy.heard, [['EOSE', 'x']])
})

test('subscriptions, filters and values per connection are bounded, and given back by CLOSE', () => {
  const { relay } = setUp({
    limits: {
      subscriptionsPerConnectionMax: 3,
      filtersPerSubscriptionMax: 2,
      filterValuesPerConnectionMax: 10,
    },
  })
  const visitor = visit(relay)
  const answer = (...message: unknown[]) => {
    visitor.say(message)
    return visitor.take().map(([type]) => type)[0]
  }
  assert.equal(answer('REQ', 'a', { '#p': Array(6).fill('x') }), 'EOSE')
  assert.equal(answer('REQ', 'a', { '#p': Array(8).fill('x') }), 'EOSE')
  assert.equal(answer('REQ', 'b', { '#p': Array(3).fill('x') }), 'CLOSED')
  assert.equal(answer('REQ', 'b', {}, {}, {}), 'CLOSED')
  assert.equal(answer('REQ', 'b', {}, {}), 'EOSE')
  assert.equal(answer('REQ', 'c', {}), 'EOSE')
  assert.equal(answer('REQ', 'd', {}), 'CLOSED')
  assert.equal(answer('CLOSE', 'a'), undefined)
  assert.equal(answer('REQ', 'd', { '#p': Array(10).fill('x') }), 'EOSE')
  assert.equal(relay.stats().subscriptions, 3)
  visitor.leave()
  assert.deepEqual(relay.stats(), { connections: 0, subscriptions: 0, events: 0 })
})

test('who closed a subscription, replaced it or left is no longer delivered to', () => {
  const { relay } = setUp({ limits: { unheardVerifiedPerSecond: 0 } })
  const [sender, receiver] = [visit(relay), visit(relay)]
  const reach = () => {
    sender.take()
    receiver.take()
    sender.say(['EVENT', to(bob)])
    return [sender.heard[0]?.[3], receiver.heard.length]
  }
  listen(receiver)
  assert.deepEqual(reach(), ['', 1])
  receiver.say(['CLOSE', 'all'])
  assert.deepEqual(reach(), ['mute: nobody listens to this event', 0])
  listen(receiver)
  listen(receiver, { kinds: [27_000] })
  assert.deepEqual(reach(), ['mute: nobody listens to this event', 0])
  listen(receiver)
  receiver.leave()
  assert.deepEqual(reach(), ['mute: nobody listens to this event', 0])
})

test('a frame that is too long is not read', () => {
  const { relay } = setUp({ limits: { frameBytesMax: 1_000 } })
  const visitor = visit(relay)
  visitor.say(['EVENT', to(bob, 'x'.repeat(1_000))])
  assert.equal(visitor.heard[0]?.[0], 'NOTICE')
})

test('each kind of nonsense has its answer', () => {
  const { relay } = setUp()
  const visitor = visit(relay)
  const answers: [unknown, unknown][] = []
  const event = to(bob)
  const frames: (unknown[] | string)[] = [
    '',
    '{}',
    ['EVENT'],
    ['EVENT', { id: 'x' }],
    ['EVENT', { ...event, kind: '28000' }],
    ['EVENT', { ...event, tags: Array(201).fill(['p', 'x']) }],
    ['REQ'],
    ['REQ', ''],
    ['REQ', 'x'.repeat(65)],
    ['REQ', 'x'],
    ['REQ', 'x', 5],
    ['REQ', 'x', { kinds: ['1'] }],
    ['REQ', 'x', { '#p': 'y' }],
    ['REQ', 'x', { limit: -1 }],
    ['REQ', 'x', { search: 'money' }],
    ['COUNT', 'x', {}],
    ['AUTH', event],
    ['CLOSE', 5],
  ]
  for (const frame of frames) {
    visitor.say(frame)
    const [message, ...more] = visitor.take()
    assert.deepEqual(more, [])
    answers.push([message?.[0], String(message?.at(-1)).split(':')[0]])
  }
  assert.deepEqual(answers, [
    ...Array(3).fill(['NOTICE', 'invalid']),
    ...Array(3).fill(['OK', 'invalid']),
    ...Array(3).fill(['NOTICE', 'invalid']),
    ...Array(5).fill(['CLOSED', 'invalid']),
    ...Array(2).fill(['CLOSED', 'unsupported']),
    ...Array(2).fill(['NOTICE', 'invalid']),
  ])
})

test('no frame brings the relay down or makes it grow', () => {
  const { relay } = setUp({ limits: { workPerSecond: 1e9, workBurst: 1e9 } })
  const visitor = visit(relay)
  const type = fc.constantFrom('EVENT', 'REQ', 'CLOSE', 'COUNT', 'AUTH', '')
  const part = fc.oneof(
    fc.jsonValue(),
    fc.record({ ids: fc.jsonValue(), '#p': fc.jsonValue(), kinds: fc.array(fc.nat()) }),
    fc.constantFrom('a', to(bob)),
  )
  const message = fc.tuple(type, fc.array(part, { maxLength: 4 }))
  const frame = fc.oneof(
    fc.string(),
    message.map(([t, parts]) => JSON.stringify([t, ...parts])),
  )
  fc.assert(
    fc.property(frame, (text) => {
      visitor.say(text)
      visitor.take()
    }),
    { numRuns: 5_000 },
  )
  visitor.say('['.repeat(200_000))
  assert.ok(relay.stats().subscriptions <= relay.limits.subscriptionsPerConnectionMax)
  visitor.leave()
  assert.equal(relay.stats().subscriptions, 0)
})

test('a reader that does not read is cut off at its bound; the others get their events', () => {
  const { relay } = setUp({ limits: { unreadBytesPerConnectionMax: 1_000 } })
  const [sender, slow, quick] = [visit(relay), visit(relay), visit(relay)]
  listen(slow)
  listen(quick)
  slow.unread = 1_001
  sender.say(['EVENT', to(bob)])
  sender.say(['EVENT', to(bob)])
  assert.equal(slow.closedWith, '1008 reads too slowly')
  assert.equal(slow.heard.length, 1)
  assert.equal(quick.heard.length, 2)
  assert.equal(relay.stats().connections, 2)
})

test('what all readers together leave unread is bounded: the slowest go first', () => {
  const { relay } = setUp({ limits: { unreadBytesMax: 10_000 } })
  const sender = visit(relay)
  const readers = Array.from({ length: 10 }, () => visit(relay))
  for (const [n, reader] of readers.entries()) {
    listen(reader)
    reader.unread = 200 * n
  }
  sender.say(['EVENT', to(bob)])
  assert.ok(readers.every(({ closedWith }) => closedWith === undefined))
  for (const reader of readers) reader.unread *= 2
  sender.say(['EVENT', to(bob)])
  const cut = readers.map(({ closedWith }) => closedWith !== undefined)
  assert.deepEqual(cut, [...Array(5).fill(false), ...Array(5).fill(true)])
})

test('notes of what was unread once do not cut off readers that have caught up', () => {
  const { relay } = setUp({ limits: { unreadBytesMax: 1_000 } })
  const sender = visit(relay)
  const readers = Array.from({ length: 3 }, () => visit(relay))
  for (const reader of readers) listen(reader)
  for (const busy of readers) {
    for (const reader of readers) reader.unread = 0
    busy.unread = 900
    sender.say(['EVENT', to(bob)])
  }
  assert.ok(readers.every(({ closedWith }) => closedWith === undefined))
})

test('who subscribes with a key is announced, however they are connected', async () => {
  const { relay, clock } = setUp()
  const announced: (readonly string[])[] = []
  const undo = relay.onSubscribed((keys) => announced.push(keys))
  const visitor = visit(relay)
  visitor.say([
    'REQ',
    'a',
    { '#p': [bob.publicKey, bob.publicKey, 'x'] },
    { '#p': [alice.publicKey] },
  ])
  visitor.say(['REQ', 'b', { kinds: [1] }])
  const socket = relay.openSocket('', { open: () => {}, message: () => {}, close: () => {} })
  socket.send(JSON.stringify(['REQ', 'c', { '#p': [merchant.publicKey] }]))
  await clock.advance(1)
  undo()
  visitor.say(['REQ', 'a', { '#p': [bob.publicKey] }])
  assert.deepEqual(announced, [[bob.publicKey, alice.publicKey], [merchant.publicKey]])
})

test('there is room for so many connections and no more', () => {
  const { relay } = setUp({ limits: { connectionsMax: 2 } })
  const first = visit(relay)
  visit(relay)
  const third = visit(relay)
  assert.match(third.closedWith ?? '', /^1013 /)
  third.say(['REQ', 'x', {}])
  assert.deepEqual(third.heard, [])
  first.leave()
  first.leave()
  assert.equal(visit(relay).closedWith, undefined)
})

test('a relay that is closed lets everyone go and takes nobody in', async () => {
  const { relay, clock } = setUp()
  const visitor = visit(relay)
  const reasons: string[] = []
  const handlers = { open: () => {}, message: () => {}, close: (why: string) => reasons.push(why) }
  relay.openSocket('', handlers)
  await clock.advance(1)
  relay.close()
  relay.openSocket('', handlers)
  await clock.advance(1)
  assert.equal(visitor.closedWith, '1001 shutting down')
  assert.equal(reasons.length, 2)
  assert.equal(visit(relay).closedWith, '1001 shutting down')
  assert.equal(relay.stats().connections, 0)
})

test('its information document says what it takes', () => {
  const { relay } = setUp({ ownKey: merchant.publicKey })
  assert.partialDeepStrictEqual(relay.info(), {
    pubkey: merchant.publicKey,
    supported_nips: [1, 11],
    limitation: { max_message_length: 262_144, max_subscriptions: 300 },
  })
})

function idOf(n: number): string {
  return n.toString(16).padStart(64, '0')
}
