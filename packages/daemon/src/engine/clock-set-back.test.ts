// A daemon whose clock is ten minutes ahead until it is set back, while it runs or is down; on the real engine
// and store.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Payment } from '../payment/payment.ts'
import { inWorld, ORDER, START_MS, type World } from '../testing/world.ts'
import { LEASE_MS } from './facts.ts'
import { PortError, StoreError } from './port-error.ts'

const S = 1_000
const AHEAD_MS = START_MS + 600 * S

const promise = (name: string, check: (world: World) => Promise<void>) => it(name, inWorld(check))

/** As the daemon left it by that clock: to be looked at ten minutes from now. */
async function leave(world: World, payment: Payment, over: Partial<Payment>): Promise<void> {
  const subject = { ...(await world.current(payment)), taskAtMs: AHEAD_MS + 2 * S, ...over }
  const rest = { events: [], atMs: AHEAD_MS, receivedEventId: null, userRelays: null }
  const result = await world.store.commit({ subject, wakeAtMs: subject.taskAtMs, ...rest })
  assert.equal(result, 'committed')
}

promise('what it had claimed by that clock when it died ends at its time', async (world) => {
  const payment = await world.ask()
  const order = { staticToken: null, noRequest: false }
  const handshake = await world.engine.startHandshake(order, null)
  assert.equal((await world.store.claimDue(AHEAD_MS, 10, LEASE_MS)).length, 2)
  await world.restart()
  await world.clock.advance(299 * S)
  assert.deepEqual(await world.told(handshake.streamId), [])
  await world.clock.advance(12 * S)
  assert.deepEqual(await world.told(handshake.streamId), ['timeout'])
  assert.deepEqual(await world.told(payment.streamId), ['timeout/unanswered'])
})

promise('what had failed by that clock is tried again at once', async (world) => {
  world.lightning.trouble = new PortError('unreachable', 'the node is away')
  void world.engine.requestSinglePayment(ORDER, null)
  await world.clock.settle()
  const [payment] = (await world.engine.listPayments({}, null, 1)).payments
  if (payment === undefined) throw new Error('there is no payment')
  await leave(world, payment, { attempts: 3 })
  world.lightning.trouble = null
  await world.restart()
  assert.equal((await world.current(payment)).state, 'asked')
})

promise('what it was closing by that clock is closed at once', async (world) => {
  const payment = await world.ask({ expiresInS: 60 })
  await world.clock.advance(59 * S)
  await leave(world, payment, { state: 'closing', taskAtMs: AHEAD_MS })
  await world.restart()
  assert.deepEqual(await world.told(payment.streamId), ['timeout/unanswered'])
})

promise('whom it had asked by that clock is asked again at once', async (world) => {
  const payment = await world.ask()
  await leave(world, payment, { lastSentAtMs: AHEAD_MS })
  await world.restart()
  assert.equal(world.messenger.sent.length, 1)
})

promise('what broke in its hands by that clock ends at its time', async (world) => {
  const order = { staticToken: null, noRequest: false }
  const handshake = await world.engine.startHandshake(order, null)
  await world.store.claimDue(AHEAD_MS, 10, LEASE_MS)
  world.clock.step(600 * S)
  await world.engine.startHandshake(order, null)
  world.clock.step(-600 * S)
  // Just then the store is in trouble.
  const { dropClaims } = world.store
  world.store.dropClaims = () => {
    world.store.dropClaims = dropClaims
    return Promise.reject(new StoreError('busy', 'the store is busy'))
  }
  await world.engine.startHandshake(order, null)
  await world.clock.advance(299 * S)
  assert.deepEqual(await world.told(handshake.streamId), [])
  await world.clock.advance(12 * S)
  assert.deepEqual(await world.told(handshake.streamId), ['timeout'])
})
