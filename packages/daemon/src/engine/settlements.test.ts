// Money that no push told of, and invoices that must not be anyone's.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Msat } from 'portal-protocol'
import type { Payment } from '../payment/payment.ts'
import { inWorld, USER, type World } from '../testing/world.ts'
import { PortError } from './ports.ts'

const S = 1_000

const promise = (name: string, check: (world: World) => Promise<void>, network?: 'bitcoin') =>
  it(name, inWorld(check, network))

/** Asks USER for an invoice that our own node made an hour ago, not for a payment of ours. */
async function askOwnInvoice({ engine, lightning, clock }: World): Promise<Payment> {
  const { invoice } = await lightning.createInvoice(
    {
      paymentId: 'elsewhere' as Payment['id'],
      amountMsat: 10_000n as Msat,
      description: '',
      expiresAt: clock.nowMs() / 1000 + 7_200,
      hold: false,
    },
    1_000,
  )
  await clock.advance(3_600 * S)
  const order = { mainKey: USER, subkeys: [], amountMsat: 10_000n as Msat, description: null }
  const rest = { subscriptionId: null, authToken: null, requestId: null, metadata: null }
  return engine.requestInvoicePayment({ ...order, ...rest, invoice, expiresAt: null }, null)
}

promise('a list too long to be had keeps no open payment waiting', async (world) => {
  const { lightning } = world
  const list = lightning.settledSince
  const ended = await world.ask({ expiresInS: 10 })
  await world.clock.advance(60 * S)
  assert.deepEqual(await world.told(ended.streamId), ['timeout/unanswered'])
  await world.clock.advance(600 * S)
  const payment = await world.ask()
  lightning.settledSince = (since, timeoutMs) => {
    if (since * 1000 < ended.createdAtMs) throw new PortError('timeout', 'too many')
    return list(since, timeoutMs)
  }
  await lightning.settle(payment.paymentHash, { push: false })
  lightning.connect()
  await world.clock.advance(1 * S)
  assert.deepEqual(await world.told(payment.streamId), ['paid'])
})

promise('what a list showed before it broke off is credited', async (world) => {
  const { lightning } = world
  const payment = await world.ask()
  const list = lightning.settledSince
  // As when a wallet service dies in mid-list, or the daemon does, whenever it asks.
  lightning.settledSince = async function* (since, timeoutMs) {
    yield* list(since, timeoutMs)
    throw new PortError('timeout', 'no second page')
  }
  await lightning.settle(payment.paymentHash, { push: false })
  lightning.connect()
  await world.clock.advance(1 * S)
  assert.deepEqual(await world.told(payment.streamId), ['paid'])
})

promise('an invoice older than its request is looked at on every connection', async (world) => {
  const { lightning } = world
  const payment = await askOwnInvoice(world)
  // As a node lists: by when invoices were made.
  lightning.settledSince = async function* () {}
  await lightning.settle(payment.paymentHash, { push: false })
  lightning.connect()
  await world.clock.advance(1 * S)
  assert.deepEqual(await world.told(payment.streamId), ['paid'])
})

promise(
  'a node on another network than is stated is given nobody to pay',
  async (world) => {
    const payment = await world.ask()
    assert.deepEqual(await world.told(payment.streamId), ['error/no_invoice'])
    const { reason } = await world.current(payment)
    assert.match(reason ?? '', /for regtest, but PORTAL_NETWORK is bitcoin/)
    await assert.rejects(askOwnInvoice(world), { code: 'invalid_request', field: 'invoice' })
  },
  'bitcoin',
)
