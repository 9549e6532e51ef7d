// Manual capture: what a merchant is promised about money that is held.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { msat } from 'portal-protocol'
import type { Payment } from '../payment/payment.ts'
import { inWorld, START_MS, USER, type World } from '../testing/world.ts'
import { PortError } from './ports.ts'

const S = 1_000
const HELD_S = 1_500
const CAPTURE_BEFORE = START_MS / 1_000 + HELD_S

const promise = (name: string, check: (world: World) => Promise<void>) => it(name, inWorld(check))

async function held(world: World): Promise<Payment> {
  const payment = await world.ask({ capture: 'manual' })
  await world.messenger.answer(USER, payment.requestId, { type: 'approved' })
  await world.lightning.hold(payment.paymentHash, CAPTURE_BEFORE)
  return payment
}

const invoiceState = ({ lightning }: World, { paymentHash }: Payment) =>
  paymentHash === null ? null : lightning.made.get(paymentHash)?.state

describe('a payment that is captured by hand', () => {
  promise('is held, told with its deadline, and outlives the request', async (world) => {
    const payment = await held(world)
    assert.deepEqual(await world.data(payment.streamId), [
      { status: 'user_approved' },
      { status: 'held', capture_before: CAPTURE_BEFORE },
    ])
    await world.clock.advance(900 * S)
    const now = await world.current(payment)
    assert.equal(now.status, 'held')
    assert.equal(now.captureBefore, CAPTURE_BEFORE)
  })

  promise('is paid when it is captured, also a second time', async (world) => {
    const payment = await held(world)
    for (const _ of [1, 2]) {
      const { status, preimage } = await world.engine.capturePayment(payment.id)
      assert.equal(status, 'paid')
      assert.equal(preimage, world.lightning.preimageOf(payment.paymentHash))
    }
    assert.deepEqual(await world.told(payment.streamId), ['user_approved', 'held', 'paid'])
    await assert.rejects(world.engine.cancelPayment(payment.id), { code: 'payment_ended' })
  })

  promise('gives the money back when it is cancelled', async (world) => {
    const payment = await held(world)
    const { invoiceCancelled } = await world.engine.cancelPayment(payment.id)
    assert.equal(invoiceCancelled, true)
    assert.equal(invoiceState(world, payment), 'cancelled')
    assert.deepEqual(await world.told(payment.streamId), [
      'user_approved',
      'held',
      'error/cancelled',
    ])
    await assert.rejects(world.engine.capturePayment(payment.id), { code: 'payment_ended' })
  })

  promise('gives the money back when nobody captures it in time', async (world) => {
    const payment = await held(world)
    await world.clock.advance(HELD_S * S + 10 * S)
    assert.equal(invoiceState(world, payment), 'cancelled')
    assert.deepEqual((await world.told(payment.streamId)).slice(2), ['error/capture_expired'])
    await assert.rejects(world.engine.capturePayment(payment.id), { code: 'payment_ended' })
  })

  promise('is looked at while it is held: blocks may come faster than thought', async (world) => {
    const payment = await held(world)
    const made = world.lightning.made.get(payment.paymentHash ?? assert.fail())
    assert(made !== undefined)
    made.captureBefore = START_MS / 1_000 + 700
    await world.clock.advance(710 * S)
    assert.deepEqual((await world.told(payment.streamId)).slice(2), ['error/capture_expired'])
  })

  promise('ends when the node let it go by itself', async (world) => {
    const payment = await held(world)
    const made = world.lightning.made.get(payment.paymentHash ?? assert.fail())
    assert(made !== undefined)
    made.state = 'cancelled'
    await world.clock.advance(601 * S)
    assert.deepEqual((await world.told(payment.streamId)).slice(2), ['error/capture_expired'])
  })

  promise('is not lost on a node that is down: capture again, or get it back', async (world) => {
    const payment = await held(world)
    world.lightning.trouble = new PortError('unreachable', 'gone')
    await assert.rejects(world.engine.capturePayment(payment.id), { code: 'unavailable' })
    await world.clock.advance(HELD_S * S + 60 * S)
    assert.equal((await world.current(payment)).state, 'closing')
    world.lightning.trouble = null
    await world.clock.advance(600 * S)
    assert.equal(invoiceState(world, payment), 'cancelled')
    assert.deepEqual((await world.told(payment.streamId)).slice(2), ['error/capture_expired'])
  })

  promise('is held at its end, though the node’s word of it was lost', async (world) => {
    const payment = await world.ask({ capture: 'manual' })
    await world.messenger.answer(USER, payment.requestId, { type: 'approved' })
    const made = world.lightning.made.get(payment.paymentHash ?? assert.fail())
    assert(made !== undefined)
    made.state = 'held'
    made.captureBefore = CAPTURE_BEFORE
    await world.clock.advance(305 * S)
    assert.deepEqual(await world.told(payment.streamId), ['user_approved', 'held'])
    assert.equal((await world.engine.capturePayment(payment.id)).status, 'paid')
  })

  promise('is watched again after a restart, and held through it', async (world) => {
    const payment = await world.ask({ capture: 'manual' })
    await world.restart()
    world.lightning.connect()
    await world.clock.settle()
    assert.ok(world.lightning.calls.includes(`watch ${payment.paymentHash}`))
    await world.lightning.hold(payment.paymentHash, CAPTURE_BEFORE)
    await world.restart()
    assert.equal((await world.engine.capturePayment(payment.id)).status, 'paid')
  })

  promise('cannot be captured before anything is held, nor unless asked for so', async (world) => {
    const manual = await world.ask({ capture: 'manual' })
    await assert.rejects(world.engine.capturePayment(manual.id), { code: 'conflict' })
    const automatic = await world.ask()
    await assert.rejects(world.engine.capturePayment(automatic.id), { code: 'conflict' })
    await assert.rejects(world.engine.capturePayment('none' as Payment['id']), {
      code: 'not_found',
    })
  })

  promise('is refused where the node cannot hold', async (world) => {
    world.lightning.holds = false
    const order = {
      mainKey: USER,
      subkeys: [],
      amountMsat: msat(10_000),
      description: null,
      subscriptionId: null,
      authToken: null,
      requestId: null,
      capture: 'manual',
      expiresInS: null,
      metadata: null,
    } as const
    await assert.rejects(world.engine.requestSinglePayment(order, null), {
      code: 'invalid_request',
      field: 'capture',
    })
  })

  promise('that nobody pays times out as any other', async (world) => {
    const payment = await world.ask({ capture: 'manual' })
    await world.clock.advance(310 * S)
    assert.deepEqual(await world.told(payment.streamId), ['timeout/unanswered'])
  })
})
