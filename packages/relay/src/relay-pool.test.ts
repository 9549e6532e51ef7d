import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../test/manual-clock.ts'
import { evenBytes, person } from '../test/people.ts'
import { createScriptedSockets } from '../test/scripted-sockets.ts'
import { createRelayPool, type RelayPoolDeps } from './relay-pool.ts'

function setUp(deps: Partial<RelayPoolDeps> = {}) {
  const clock = createManualClock()
  const sockets = createScriptedSockets()
  const { openSocket } = sockets
  const pool = createRelayPool({ openSocket, clock, random: evenBytes, ...deps })
  return { pool, sockets, clock }
}

test('two spellings of an address share one connection, until both gave it back', () => {
  const { pool, sockets, clock } = setUp()
  const relay = pool.relay('wss://relay.example')
  assert.equal(pool.relay('wss://RELAY.example/'), relay)
  assert.equal(sockets.opened.length, 1)
  assert.deepEqual(pool.urls(), ['wss://relay.example'])
  pool.release('wss://relay.example')
  assert.notEqual(relay.state, 'closed')
  pool.release('wss://relay.example')
  assert.equal(relay.state, 'closed')
  assert.deepEqual(pool.urls(), [])
  pool.release('wss://relay.example')
  assert.equal(clock.timers, 0)
})

test('an address that is none, and one relay too many, are refused by code', () => {
  const { pool } = setUp({ relaysMax: 2 })
  pool.relay('wss://a.example')
  pool.relay('wss://b.example')
  pool.relay('wss://b.example')
  assert.throws(() => pool.relay('wss://c.example'), { code: 'too_many_relays' })
  assert.throws(() => pool.relay('https://a.example'), { code: 'invalid_relay_url' })
  pool.release('wss://a.example')
  assert.equal(pool.relay('wss://c.example').url, 'wss://c.example')
})

test('only the relays named for it are told who we are', () => {
  const alice = person(1)
  const { pool, sockets } = setUp({
    auth: (url) => (url === 'wss://ours.example' ? alice : undefined),
  })
  for (const url of ['wss://ours.example', 'wss://theirs.example']) {
    pool.relay(url)
    sockets.last.handlers.open()
    sockets.last.say('AUTH', 'challenge')
  }
  const answered = sockets.opened.map(({ sent }) => sent.some(([type]) => type === 'AUTH'))
  assert.deepEqual(answered, [true, false])
})

test('closing the pool closes every connection', () => {
  const { pool, clock } = setUp()
  const relays = ['wss://a.example', 'wss://b.example'].map((url) => pool.relay(url))
  pool.close()
  assert.deepEqual(
    relays.map((relay) => relay.state),
    ['closed', 'closed'],
  )
  assert.equal(clock.timers, 0)
})
