import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../test/manual-clock.ts'
import { evenBytes, eventOf, person, secp } from '../test/people.ts'
import { systemClock } from './clock.ts'
import { connectRelay } from './relay-connection.ts'
import { createEmbeddedRelay } from './relay-server.ts'

const [alice, bob] = [person(1), person(2)]
const event = eventOf(alice, { tags: [['p', bob.publicKey]] })

function setUp() {
  const clock = createManualClock()
  const relay = createEmbeddedRelay({
    clock,
    secp,
    verify: () => assert.fail('verified'),
    limits: { workPerSecond: 1, workBurst: 1, subscriptionsPerConnectionMax: 1 },
  })
  const connect = () =>
    connectRelay('ws://embedded', { openSocket: relay.openSocket, clock, random: evenBytes })
  return { clock, relay, connect }
}

test('clients in the same process talk through the relay, not limited and not verified', async () => {
  const { connect, clock } = setUp()
  const [sender, receiver] = [connect(), connect()]
  let heard = 0
  for (let n = 0; n < 10; n += 1) {
    receiver.subscribe([{ '#p': [bob.publicKey] }], { event: () => (heard += 1) })
  }
  await clock.advance(100)
  const outcome = sender.publish(event, 1_000)
  await clock.advance(100)
  assert.deepEqual(await outcome, { accepted: true, message: '' })
  assert.equal(heard, 10)
})

test('nothing is heard inside the call that said it', async () => {
  const { relay, clock } = setUp()
  const heard: string[] = []
  const socket = relay.openSocket('', {
    open: () => heard.push('open'),
    message: (text) => heard.push(text),
    close: (reason) => heard.push(reason),
  })
  socket.send(JSON.stringify(['REQ', 'a', { kinds: [28_000] }]))
  socket.send(JSON.stringify(['EVENT', event]))
  assert.deepEqual(heard, [])
  await clock.advance(1)
  assert.deepEqual(heard, [
    'open',
    '["EOSE","a"]',
    JSON.stringify(['EVENT', 'a', event]),
    JSON.stringify(['OK', event.id, true, '']),
  ])
  socket.send(JSON.stringify(['CLOSE', 'a']))
  socket.close()
  relay.close()
  await clock.advance(1)
  assert.equal(heard.length, 4)
  assert.equal(relay.stats().connections, 0)
})

test('a receiver that throws does not keep the others from hearing', async () => {
  const { relay, clock } = setUp()
  const { promise: thrown, resolve } = Promise.withResolvers<unknown>()
  process.setUncaughtExceptionCaptureCallback(resolve)
  let heard = 0
  relay.openSocket('', {
    open: () => {
      throw new Error('our bug')
    },
    message: () => {},
    close: () => {},
  })
  relay.openSocket('', { open: () => (heard += 1), message: () => {}, close: () => {} })
  await clock.advance(1)
  assert.match(String(await thrown), /our bug/)
  process.setUncaughtExceptionCaptureCallback(null)
  await clock.advance(1)
  assert.equal(heard, 1)
})

test('two parties that answer each other for ever leave room for everything else', async () => {
  const relay = createEmbeddedRelay({ clock: systemClock, secp })
  const connect = () =>
    connectRelay('ws://embedded', {
      openSocket: relay.openSocket,
      clock: systemClock,
      random: evenBytes,
    })
  const [one, other] = [connect(), connect()]
  let turns = 0
  const answer = () => {
    turns += 1
    void other.publish(event, 1_000)
  }
  one.subscribe([{ kinds: [28_000] }], { event: answer })
  await other.publish(event, 1_000)
  // Timers run although the two never stop.
  for (let beat = 0; beat < 20; beat += 1) {
    await new Promise<void>((resolve) => systemClock.setTimer(1, resolve))
  }
  assert.ok(turns > 20 && turns < 10_000, `${turns} turns in 20 ms`)
  one.close()
  other.close()
  relay.close()
})
