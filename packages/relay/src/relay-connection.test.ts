import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type NostrEvent, parseEvent } from 'portal-protocol'
import { createManualClock, settled } from '../test/manual-clock.ts'
import { evenBytes, eventOf, person } from '../test/people.ts'
import { createScriptedSockets } from '../test/scripted-sockets.ts'
import { connectRelay, type RelayConnectionDeps } from './relay-connection.ts'

const alice = person(1)
const noteA = eventOf(alice, { content: 'a' })
const noteB = eventOf(alice, { content: 'b' })

function setUp(deps: Partial<RelayConnectionDeps> = {}) {
  const clock = createManualClock()
  const sockets = createScriptedSockets()
  const relay = connectRelay('wss://relay.example', {
    openSocket: sockets.openSocket,
    clock,
    random: evenBytes,
    ...deps,
  })
  return { clock, sockets, relay }
}

function open(sockets: ReturnType<typeof createScriptedSockets>) {
  sockets.last.handlers.open()
  return sockets.last
}

/** Ids of the REQ messages that are no liveness probe. */
function asked(sent: readonly unknown[][]): unknown[] {
  return sent.filter(([type, id]) => type === 'REQ' && !isProbe(id)).map(([, id]) => id)
}

function probes(sent: readonly unknown[][]): unknown[] {
  return sent.filter(([type, id]) => type === 'REQ' && isProbe(id)).map(([, id]) => id)
}

function isProbe(id: unknown): boolean {
  return String(id).startsWith('ping')
}

function published(sent: readonly unknown[][]): unknown[] {
  return sent.filter(([type]) => type === 'EVENT').map(([, event]) => event)
}

function authAnswers(sent: readonly unknown[][]): (NostrEvent | undefined)[] {
  return sent.filter(([type]) => type === 'AUTH').map(([, event]) => parseEvent(event))
}

function answerProbes(socket: ReturnType<typeof open>): void {
  for (const id of probes(socket.sent)) socket.say('EOSE', id)
}

test('an event published before the connection is there goes out after the subscriptions', async () => {
  const { sockets, relay } = setUp()
  const outcome = relay.publish(noteA, 5_000)
  relay.subscribe([{ kinds: [28_001] }], { event: () => {} })
  assert.equal(relay.state, 'connecting')
  const { sent, say } = open(sockets)
  assert.equal(relay.state, 'connected')
  assert.deepEqual(sent[0], ['REQ', 's1', { kinds: [28_001] }])
  assert.deepEqual(published(sent), [noteA])
  say('OK', noteA.id, true, 'thanks')
  assert.deepEqual(await outcome, { accepted: true, message: 'thanks' })
})

test('a refusal, a silence, a lost connection and our own end are outcomes, not exceptions', async () => {
  const { clock, sockets, relay } = setUp()
  const { say, handlers } = open(sockets)
  const refused = relay.publish(noteA, 5_000)
  say('OK', noteA.id, false, 'blocked: not you')
  assert.deepEqual(await refused, { accepted: false, cause: 'refused', reason: 'blocked: not you' })
  const unanswered = relay.publish(noteA, 5_000)
  await clock.advance(5_000)
  assert.partialDeepStrictEqual(await unanswered, { accepted: false, cause: 'timeout' })
  const lost = relay.publish(noteA, 5_000)
  handlers.close('gone')
  assert.partialDeepStrictEqual(await lost, { accepted: false, cause: 'disconnected' })
  const closed = relay.publish(noteA, 5_000)
  relay.close()
  assert.partialDeepStrictEqual(await closed, { accepted: false, cause: 'closed' })
  assert.partialDeepStrictEqual(await relay.publish(noteA, 5_000), { cause: 'closed' })
})

test('one OK answers everyone who published that event, and nobody else', async () => {
  const { sockets, relay } = setUp()
  const { sent, say } = open(sockets)
  const first = relay.publish(noteA, 5_000)
  const again = relay.publish(noteA, 5_000)
  const other = relay.publish(noteB, 5_000)
  assert.deepEqual(published(sent), [noteA, noteA, noteB])
  say('OK', noteA.id, true, '')
  assert.ok((await first).accepted && (await again).accepted)
  say('OK', noteB.id, false, 'error: no')
  assert.equal((await other).accepted, false)
})

test('what was published while the relay was away goes out once, when it is back', async () => {
  const { clock, sockets, relay } = setUp()
  relay.subscribe([{ kinds: [28_001] }], { event: () => {} })
  open(sockets).handlers.close('gone')
  const first = relay.publish(noteA, 60_000)
  const again = relay.publish(noteA, 60_000)
  await clock.advance(1_000)
  const { sent, say } = open(sockets)
  assert.deepEqual(asked(sent), ['s1'])
  assert.deepEqual(published(sent), [noteA])
  assert.ok(sent.findIndex(([type]) => type === 'REQ') < sent.findIndex(([t]) => t === 'EVENT'))
  say('OK', noteA.id, true, '')
  assert.ok((await first).accepted && (await again).accepted)
})

test('listeners hear of every connect, after the subscriptions are asked for', async () => {
  const { clock, sockets, relay } = setUp()
  relay.subscribe([{ kinds: [1] }], { event: () => {} })
  const heard: number[] = []
  const undo = relay.onConnected(() => heard.push(asked(sockets.last.sent).length))
  open(sockets).handlers.close('gone')
  await clock.advance(1_000)
  open(sockets).handlers.close('gone')
  undo()
  await clock.advance(5_000)
  open(sockets)
  assert.deepEqual(heard, [1, 1])
})

test('a relay that is gone is tried for ever, each time after a longer wait up to the longest', async () => {
  const { clock, sockets } = setUp({ backoff: { minMs: 1_000, maxMs: 8_000 } })
  const attempts: number[] = []
  let lastAtMs = clock.nowMs()
  for (let failure = 0; failure < 8; failure += 1) {
    const before = sockets.opened.length
    sockets.last.handlers.close('refused')
    while (sockets.opened.length === before) await clock.advance(10)
    attempts.push(clock.nowMs() - lastAtMs)
    lastAtMs = clock.nowMs()
  }
  const steps = [1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000]
  for (const [index, step] of steps.entries()) {
    const waited = attempts[index] ?? 0
    assert.ok(waited >= step / 2 && waited <= step + 10, `wait ${index} was ${waited} ms`)
  }
})

test('a connection that has proved itself is retried at once when it is lost', async () => {
  const { clock, sockets } = setUp({ backoff: { minMs: 500, maxMs: 60_000 } })
  for (let failure = 0; failure < 10; failure += 1) {
    const before = sockets.opened.length
    sockets.last.handlers.close('refused')
    while (sockets.opened.length === before) await clock.advance(1_000)
  }
  const socket = open(sockets)
  answerProbes(socket)
  await clock.advance(8_000)
  const before = sockets.opened.length
  socket.handlers.close('gone')
  await clock.advance(500)
  assert.equal(sockets.opened.length, before + 1)
})

test('a relay that accepts the connection and drops it is not hammered', async () => {
  const { clock, sockets } = setUp()
  for (let failure = 0; failure < 1_000; failure += 1) {
    const socket = sockets.last
    if (!socket.isClosed) {
      socket.handlers.open()
      answerProbes(socket)
      socket.handlers.close('bye')
    }
    await clock.advance(1_000)
  }
  assert.ok(sockets.opened.length < 70, `${sockets.opened.length} connections in 1000 s`)
})

test('a connection that never opens is given up after ten seconds', async () => {
  const { clock, sockets } = setUp()
  const stuck = sockets.last
  await clock.advance(10_000)
  assert.ok(stuck.isClosed)
  await clock.advance(1_000)
  assert.equal(sockets.opened.length, 2)
})

test('an address that no socket can be opened for is an outcome, not an exception', async () => {
  const clock = createManualClock()
  const openSocket = () => {
    throw new SyntaxError('blocked port')
  }
  const relay = connectRelay('ws://relay.example:1', { openSocket, clock, random: evenBytes })
  const outcome = relay.publish(noteA, 5_000)
  await clock.advance(5_000)
  assert.equal((await outcome).accepted, false)
  relay.close()
  assert.equal(clock.timers, 0)
})

test('a relay that falls silent is noticed within 30 seconds, whenever it does', async () => {
  for (let silentFromMs = 0; silentFromMs <= 20_000; silentFromMs += 1_300) {
    const { clock, sockets, relay } = setUp()
    const socket = open(sockets)
    const startMs = clock.nowMs()
    while (clock.nowMs() - startMs < silentFromMs) {
      answerProbes(socket)
      await clock.advance(650)
    }
    const silentAtMs = clock.nowMs()
    while (relay.state === 'connected') await clock.advance(500)
    const noticedMs = clock.nowMs() - silentAtMs
    assert.ok(noticedMs <= 25_500, `noticed after ${noticedMs} ms`)
    assert.ok(socket.isClosed)
    relay.close()
  }
})

test('a relay that talks but does not listen is noticed too, whatever the time of day does', async () => {
  const { clock, sockets, relay } = setUp()
  relay.subscribe([{ kinds: [28_000] }], { event: () => {} })
  const { say, sent } = open(sockets)
  for (const id of probes(sent)) say('EOSE', id)
  for (let second = 0; second < 26; second += 1) {
    if (relay.state !== 'connected') return
    say('EVENT', 's1', noteA)
    clock.step(-3_600_000)
    await clock.advance(1_000)
  }
  assert.fail('still believed to be connected')
})

test('a relay that answers is asked at most every fifteen seconds, and stays', async () => {
  const { clock, sockets, relay } = setUp()
  const socket = open(sockets)
  for (let second = 0; second < 600; second += 1) {
    answerProbes(socket)
    await clock.advance(1_000)
  }
  assert.equal(relay.state, 'connected')
  assert.equal(sockets.opened.length, 1)
  assert.ok(probes(socket.sent).length <= 41, `${probes(socket.sent).length} probes in 600 s`)
  assert.ok(clock.nowMs() - (relay.lastRoundTripAtMs ?? 0) <= 16_000)
})

test('a round trip waits for the connection, and tells a relay that answers from one that does not', async () => {
  const { clock, sockets, relay } = setUp()
  assert.equal(relay.lastRoundTripAtMs, null)
  const early = relay.roundTrip(3_000)
  const socket = open(sockets)
  answerProbes(socket)
  assert.equal(await early, true)
  assert.equal(relay.lastRoundTripAtMs, clock.nowMs())
  const mute = relay.roundTrip(3_000)
  await clock.advance(3_000)
  assert.equal(await mute, false)
  const refused = relay.roundTrip(3_000)
  socket.say('CLOSED', probes(socket.sent).at(-1), 'rate-limited: too many')
  assert.equal(await refused, true)
})

test('a subscription keeps its id when its filters change, and is gone when closed', async () => {
  const { clock, sockets, relay } = setUp()
  const { sent, handlers } = open(sockets)
  const subscription = relay.subscribe([{ kinds: [1] }], { event: () => {} })
  subscription.update([{ kinds: [2] }, { kinds: [3] }])
  assert.deepEqual(sent.at(-1), ['REQ', 's1', { kinds: [2] }, { kinds: [3] }])
  subscription.close()
  assert.deepEqual(sent.at(-1), ['CLOSE', 's1'])
  subscription.update([{ kinds: [4] }])
  handlers.close('gone')
  await clock.advance(1_000)
  assert.deepEqual(asked(open(sockets).sent), [])
})

test('a subscription that the relay closes is asked for again, slower each time, slowest when rate-limited', async () => {
  const { clock, sockets, relay } = setUp()
  const { sent, say } = open(sockets)
  const reasons: string[] = []
  relay.subscribe([{ kinds: [1] }], { event: () => {}, closed: (reason) => reasons.push(reason) })
  const waitAfter = async (reason: string): Promise<number> => {
    const before = asked(sent).length
    const startMs = clock.nowMs()
    say('CLOSED', 's1', reason)
    while (asked(sent).length === before) {
      await clock.advance(100)
      answerProbes(sockets.last)
    }
    return clock.nowMs() - startMs
  }
  const first = await waitAfter('error: busy')
  const second = await waitAfter('error: busy')
  assert.ok(first >= 500 && first <= 1_100 && second > first, `${first}, ${second}`)
  say('EOSE', 's1')
  const limited = await waitAfter('rate-limited: slow down')
  assert.ok(limited >= 7_500 && limited <= 15_100, `${limited}`)
  assert.deepEqual(reasons, ['error: busy', 'error: busy', 'rate-limited: slow down'])
})

test('without a key to answer with, AUTH is ignored and the refusal is the outcome', async () => {
  const { sockets, relay } = setUp()
  const { sent, say } = open(sockets)
  say('AUTH', 'who are you?')
  const outcome = relay.publish(noteA, 5_000)
  say('OK', noteA.id, false, 'auth-required: who are you?')
  assert.partialDeepStrictEqual(await outcome, { cause: 'refused' })
  assert.ok(sent.every(([type]) => type !== 'AUTH'))
})

test('with a key, AUTH is answered, and what was refused before goes through after', async () => {
  const { sockets, relay } = setUp({ auth: alice })
  relay.subscribe([{ kinds: [1] }], { event: () => {} })
  const { sent, say } = open(sockets)
  const outcome = relay.publish(noteA, 5_000)
  say('AUTH', 'challenge one')
  say('CLOSED', 's1', 'auth-required: who are you?')
  say('OK', noteA.id, false, 'auth-required: who are you?')
  const [answer] = authAnswers(sent)
  assert.partialDeepStrictEqual(answer, {
    kind: 22_242,
    pubkey: alice.publicKey,
    tags: [
      ['relay', 'wss://relay.example'],
      ['challenge', 'challenge one'],
    ],
  })
  assert.equal(published(sent).length, 1)
  say('OK', answer?.id, true, '')
  assert.deepEqual(asked(sent), ['s1', 's1'])
  assert.equal(published(sent).length, 2)
  say('OK', noteA.id, true, '')
  assert.ok((await outcome).accepted)
})

test('a relay that does not let us in after AUTH has refused, and cannot have a hundred signatures', async () => {
  const { sockets, relay } = setUp({ auth: alice })
  const { sent, say } = open(sockets)
  const outcome = relay.publish(noteA, 5_000)
  for (let turn = 0; turn < 100; turn += 1) say('AUTH', `challenge ${turn}`)
  const answers = authAnswers(sent)
  assert.equal(answers.length, 3)
  say('OK', noteA.id, false, 'auth-required: who are you?')
  say('OK', answers.at(-1)?.id, false, 'restricted: not you')
  say('OK', noteA.id, false, 'auth-required: who are you?')
  assert.partialDeepStrictEqual(await outcome, { cause: 'refused' })
})

test('a reason of a megabyte is dropped, a long one is cut and cleaned', async () => {
  const { clock, sockets, relay } = setUp()
  const { say } = open(sockets)
  const outcome = relay.publish(noteA, 5_000)
  say('OK', noteA.id, false, 'x'.repeat(1_000_000))
  say('NOTICE', 'x'.repeat(1_000_000))
  say('OK', noteA.id, false, `bad\n\u001b[31m${'x'.repeat(100_000)}`)
  const refused = await outcome
  assert.ok(!refused.accepted && refused.reason.length === 300)
  assert.ok(refused.reason.startsWith('bad  [31mxxx'))
  await clock.advance(0)
  assert.equal(relay.state, 'connected')
})

test('nonsense from a relay changes nothing', () => {
  const { sockets, relay } = setUp()
  let heard = 0
  relay.subscribe([{ kinds: [1] }], { event: () => (heard += 1) })
  const { handlers, sent } = open(sockets)
  const before = sent.length
  const word = fc.constantFrom('EVENT', 'EOSE', 'OK', 'CLOSED', 'AUTH', 'NOTICE', 's2', 'X', '')
  const message = fc.array(fc.oneof(word, fc.jsonValue()), { maxLength: 5 })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        message.map((m) => JSON.stringify(m)),
      ),
      (frame) => {
        handlers.message(frame)
      },
    ),
    { numRuns: 2_000 },
  )
  handlers.message('['.repeat(100_000))
  assert.equal(heard, 0)
  assert.equal(relay.state, 'connected')
  assert.equal(sent.length, before)
})

test('a relay that floods is cut off, one that reads nothing too', async () => {
  const flood = setUp()
  const flooding = open(flood.sockets)
  const frame = JSON.stringify(['NOTICE', 'x'.repeat(400_000)])
  for (let turn = 0; turn < 200; turn += 1) flooding.handlers.message(frame)
  assert.ok(flooding.isClosed && flood.relay.state === 'waiting')

  const deaf = setUp()
  const socket = open(deaf.sockets)
  socket.unread = 100_000_000
  const outcome = deaf.relay.publish(noteA, 60_000)
  assert.ok(socket.isClosed && deaf.relay.state === 'waiting')
  await deaf.clock.advance(1_000)
  const next = open(deaf.sockets)
  assert.deepEqual(published(next.sent), [noteA])
  next.say('OK', noteA.id, true, '')
  assert.ok((await outcome).accepted)
})

test('what an old socket still says is not heard', async () => {
  const { clock, sockets, relay } = setUp()
  let heard = 0
  relay.subscribe([{ kinds: [1] }], { event: () => (heard += 1) })
  const old = open(sockets)
  old.handlers.close('gone')
  await clock.advance(1_000)
  open(sockets)
  old.say('EVENT', 's1', noteA)
  old.handlers.close('again')
  old.handlers.open()
  assert.equal(heard, 0)
  assert.equal(relay.state, 'connected')
  sockets.last.say('EVENT', 's1', noteA)
  assert.equal(heard, 1)
})

test('no more than 5,000 events wait for a relay that is not there', async () => {
  const { clock, relay } = setUp()
  const outcomes = Array.from({ length: 5_001 }, () => relay.publish(noteA, 1_000))
  assert.partialDeepStrictEqual(await outcomes.at(-1), { cause: 'overloaded' })
  await clock.advance(1_000)
  assert.partialDeepStrictEqual(await outcomes[0], { cause: 'timeout' })
  const later = relay.publish(noteA, 1_000)
  await clock.advance(1_000)
  assert.partialDeepStrictEqual(await later, { cause: 'timeout' })
})

test('closing leaves no timer and no socket behind', async () => {
  const { clock, sockets, relay } = setUp()
  relay.subscribe([{ kinds: [1] }], { event: () => assert.fail('heard after close') })
  const socket = open(sockets)
  socket.say('CLOSED', 's1', 'error: busy')
  void relay.publish(noteA, 5_000)
  relay.close()
  relay.close()
  await settled()
  assert.ok(socket.isClosed)
  assert.equal(clock.timers, 0)
  socket.say('EVENT', 's1', noteA)
  assert.equal(relay.state, 'closed')
  assert.equal(await relay.roundTrip(1_000), false)
})
