import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NostrEvent } from 'portal-protocol'
import { settled } from '../test/manual-clock.ts'
import { eventOf, forged, person, secp } from '../test/people.ts'
import { createEventGate, type EventGateDeps } from './event-gate.ts'

const alice = person(1)
const event = eventOf(alice)

function setUp(deps: Partial<EventGateDeps> = {}) {
  const delivered: NostrEvent[] = []
  const deliver = async (given: NostrEvent) => void delivered.push(given)
  const gate = createEventGate({ secp, seenMax: 1_000, wanted: () => true, deliver, ...deps })
  return { gate, delivered }
}

test('an event is delivered once, however often it comes', async () => {
  const { gate, delivered } = setUp()
  const answers = await Promise.all([gate.accept(event), gate.accept(event), gate.accept(event)])
  assert.deepEqual(answers, ['delivered', 'duplicate', 'duplicate'])
  assert.equal(await gate.accept({ ...event }), 'duplicate')
  assert.deepEqual(delivered, [event])
})

test('a forged copy that comes first does not hide the true event', async () => {
  const { gate, delivered } = setUp()
  assert.equal(await gate.accept(forged(event)), 'invalid')
  assert.equal(
    await gate.accept({ ...event, sig: eventOf(alice, { content: 'x' }).sig }),
    'invalid',
  )
  assert.equal(await gate.accept(event), 'delivered')
  assert.deepEqual(delivered, [event])
})

test('what nobody wants is not verified', async () => {
  const verify = () => assert.fail('verified')
  const { gate } = setUp({ wanted: ({ kind }) => kind === 27_010, verify })
  assert.equal(await gate.accept(event), 'unwanted')
})

test('a delivery that fails is told, and the next copy is delivered', async () => {
  let failures = 1
  const { gate } = setUp({
    deliver: async () => {
      failures -= 1
      if (failures >= 0) throw new Error('disk full')
    },
  })
  const first = gate.accept(event)
  const copy = gate.accept(event)
  await assert.rejects(first, { message: 'disk full' })
  assert.equal(await copy, 'delivered')
  assert.equal(await gate.accept(event), 'duplicate')
})

test('while one copy is being delivered no other is verified', async () => {
  let verified = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const { gate } = setUp({
    verify: () => {
      verified += 1
      return true
    },
    deliver: () => promise,
  })
  const answers = [gate.accept(event), gate.accept(event), gate.accept(event)]
  await settled()
  assert.equal(verified, 1)
  resolve()
  assert.deepEqual(await Promise.all(answers), ['delivered', 'duplicate', 'duplicate'])
})

test('a delivery that hangs does not let events pile up', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { gate } = setUp({ deliver: () => promise, verify: () => true, deliveriesMax: 10 })
  const answers = Array.from({ length: 10 }, () => gate.accept(event))
  await assert.rejects(gate.accept(event), { code: 'too_many_deliveries' })
  resolve()
  await Promise.all(answers)
  assert.equal(await gate.accept(event), 'duplicate')
})

test('ids are forgotten, the oldest first', async () => {
  const { gate, delivered } = setUp({ seenMax: 4, verify: () => true })
  const events = Array.from({ length: 10 }, (_, n) => ({ ...event, id: String(n) }))
  for (const one of events) await gate.accept(one)
  assert.equal(await gate.accept({ ...event, id: '9' }), 'duplicate')
  assert.equal(await gate.accept({ ...event, id: '0' }), 'delivered')
  assert.equal(delivered.length, 11)
})
