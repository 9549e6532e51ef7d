// One invoice asked of one user after another: its money comes once, and is told once.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Msat } from 'portal-protocol'
import type { Payment } from '../payment/payment.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { inWorld, USER, type World } from '../testing/world.ts'
import { PortError } from './ports.ts'

const OTHER = testKey(210)
const S = 1_000

function promise(name: string, check: (world: World) => Promise<void>): void {
  it(name, inWorld(check))
}

/** An invoice that our own node made, though not for a payment of ours. */
async function ownInvoice({ lightning, clock }: World) {
  const expiresAt = clock.nowMs() / 1000 + 3_600
  const order = { amountMsat: 10_000n as Msat, description: '', expiresAt, hold: false }
  return lightning.createInvoice({ ...order, paymentId: 'elsewhere' as Payment['id'] }, 1_000)
}

async function ask({ engine, clock }: World, invoice: string, mainKey = USER): Promise<Payment> {
  const order = { mainKey, subkeys: [], amountMsat: 10_000n as Msat, description: null }
  const rest = { subscriptionId: null, authToken: null, requestId: null, metadata: null }
  const asked = engine.requestInvoicePayment({ ...order, ...rest, invoice, expiresAt: null }, null)
  asked.catch(() => {})
  await clock.settle()
  return asked
}

promise('money is of the user who paid, not of the one who was asked before', async (world) => {
  const { invoice, paymentHash } = await ownInvoice(world)
  const first = await ask(world, invoice)
  world.lightning.trouble = new PortError('unreachable', 'the node is away')
  await world.messenger.answer(USER, first.requestId, { type: 'rejected', reason: null })
  const second = await ask(world, invoice, OTHER)
  world.lightning.trouble = null
  await world.lightning.settle(paymentHash)
  await world.clock.advance(700 * S)
  assert.deepEqual(await world.told(second.streamId), ['paid'])
  assert.deepEqual(await world.told(first.streamId), ['user_rejected'])
})

promise('an invoice that was paid is asked of nobody else', async (world) => {
  const { invoice, paymentHash } = await ownInvoice(world)
  await ask(world, invoice)
  await world.lightning.settle(paymentHash)
  await assert.rejects(ask(world, invoice, OTHER), { code: 'conflict', field: 'invoice' })
})

promise('one that was paid late neither', async (world) => {
  const { invoice, paymentHash } = await ownInvoice(world)
  const first = await ask(world, invoice)
  await world.messenger.answer(USER, first.requestId, { type: 'rejected', reason: null })
  await world.lightning.settle(paymentHash)
  assert.deepEqual(await world.told(first.streamId), ['user_rejected', 'paid/late'])
  await assert.rejects(ask(world, invoice, OTHER), { code: 'conflict', field: 'invoice' })
})

promise('one proof from two wallets is one payment', async (world) => {
  const { invoice, paymentHash } = await ownInvoice(world)
  const preimage = world.lightning.preimageOf(paymentHash)
  const first = await ask(world, invoice)
  await world.messenger.answer(USER, first.requestId, { type: 'rejected', reason: null })
  const second = await ask(world, invoice, OTHER)
  await world.messenger.answer(OTHER, second.requestId, { type: 'success', preimage })
  await world.messenger.answer(USER, first.requestId, { type: 'success', preimage })
  await world.clock.advance(700 * S)
  assert.deepEqual(await world.told(second.streamId), ['paid'])
  assert.deepEqual(await world.told(first.streamId), ['user_rejected'])
})
