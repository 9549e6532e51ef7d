// Manual capture on real nodes: held, captured, given back, and past its time.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { getChannels, getHeight, getInvoice } from 'lightning'
import { parsePreimage, paymentHashOf } from 'portal-protocol'
import { Currency, isPortalError, type PaymentHandle } from 'portal-sdk'
import { lightningUnavailable } from './build.ts'
import { type LightningNetwork, startLightningNetwork } from './network.ts'
import { ending, openShop, type Shop } from './shop.ts'
import { waitFor } from './wait-for.ts'

const AMOUNT_SAT = 3_000
const RESERVE_BLOCKS = 20

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, manual capture: ${unavailable}`)

describe('manual capture on real nodes', { skip: unavailable ?? false }, () => {
  let network: LightningNetwork
  let shop: Shop
  before(async () => {
    network = await startLightningNetwork({ report: (line) => console.error(line) })
    shop = await openShop(network.merchant)
  })
  after(async () => {
    await shop?.[Symbol.asyncDispose]()
    await network?.stop()
  })

  /** A user pays, and the money is held. */
  async function held(expiresInS = 60): Promise<PaymentHandle> {
    const user = await shop.user({ node: network.user })
    const payment = await shop.client.requestSinglePayment(user.publicKey, [], {
      amount: AMOUNT_SAT * 1_000,
      currency: Currency.Millisats,
      capture: 'manual',
      expires_in: expiresInS,
    })
    await shop.says(payment.streamId, 'held')
    return payment
  }
  const hash = ({ paymentHash }: PaymentHandle) => paymentHash ?? assert.fail()
  const htlcOf = async (payment: PaymentHandle) => {
    const { lnd } = network.merchant
    const { payments } = await getInvoice({ lnd, id: hash(payment) })
    const [htlc] = payments
    const { current_block_height: height } = await getHeight({ lnd })
    return { blocks: (htlc?.timeout ?? 0) - height, htlc }
  }
  /** What the user has, once no payment is on its way, an earlier test's neither. */
  const balance = () =>
    waitFor("the user's payments to come to their end", 20_000, async () => {
      const { channels } = await getChannels({ lnd: network.user.lnd })
      if (channels.some((channel) => channel.pending_payments.length > 0)) return undefined
      return channels.reduce((sum, channel) => sum + channel.local_balance, 0)
    })
  const refused = (code: string) => (error: unknown) => isPortalError(error) && error.code === code

  test('what is held is captured at a word, and then it is paid', async () => {
    const payment = await held()
    assert.deepEqual(await shop.told(payment.streamId), ['user_approved', 'held'])
    const found = await shop.client.getPayment(payment.id)
    assert.equal(found.status, 'held')
    const captureBefore = found.capture_before ?? assert.fail()
    // Even if blocks come twice as fast as they do, 20 of them are left then.
    const { blocks } = await htlcOf(payment)
    const atTwiceTheSpeed = (captureBefore - Date.now() / 1_000) / 300
    assert.ok(blocks - atTwiceTheSpeed >= RESERVE_BLOCKS - 1)
    assert.ok(captureBefore - Date.now() / 1_000 > 10 * 3_600)

    const paid = await payment.capture()
    assert.equal(paid.status, 'paid')
    const proof = parsePreimage(paid.preimage ?? '') ?? assert.fail()
    assert.equal(paymentHashOf(proof), hash(payment))
    assert.equal((await payment.capture()).status, 'paid')
    assert.equal(ending(await payment.done), 'paid')
    await assert.rejects(payment.cancel(), refused('payment_ended'))
  })

  test('a cancel really means that the user is not charged', async () => {
    const before = await balance()
    const payment = await held()
    const cancelled = await payment.cancel()
    assert.equal(cancelled.invoice_cancelled, true)
    assert.equal(ending(await payment.done), 'error/cancelled')
    assert.equal(await balance(), before)
    await assert.rejects(payment.capture(), refused('payment_ended'))
  })

  test('a hold outlives its request, a restart of the node and one of the daemon', async () => {
    const payment = await held(5)
    await network.merchant.kill()
    await network.merchant.restart()
    await waitFor('the deadline of the request', 20_000, async () =>
      Date.now() / 1_000 > payment.expiresAt + 1 ? true : undefined,
    )
    await shop.stop()
    await shop.start()
    assert.equal((await shop.client.getPayment(payment.id)).status, 'held')
    await network.ready()
    await waitFor('the node to settle it', 20_000, async () => (await payment.capture()).status)
    assert.equal(ending(await payment.done), 'paid')
  })

  test('a hold that came while the daemon was down is told when it is back', async () => {
    const user = await shop.user({ node: network.user })
    const payment = await shop.client.requestSinglePayment(user.publicKey, [], {
      amount: AMOUNT_SAT * 1_000,
      currency: Currency.Millisats,
      capture: 'manual',
    })
    await shop.stop()
    await waitFor('the money to be held', 20_000, async () =>
      (await htlcOf(payment)).htlc?.is_held === true ? true : undefined,
    )
    await shop.start()
    await shop.says(payment.streamId, 'held')
    await payment.cancel()
  })

  test('past its time it is given back, with blocks to spare, and told', async () => {
    const payment = await held()
    const { blocks } = await htlcOf(payment)
    await network.mine(blocks - RESERVE_BLOCKS)
    // Blocks that come this fast are seen by the next look, which every start brings.
    await shop.stop()
    await shop.start()
    assert.equal(ending(await payment.done), 'error/capture_expired')
    const { lnd } = network.merchant
    assert.equal((await getInvoice({ lnd, id: hash(payment) })).is_canceled, true)
    await assert.rejects(payment.capture(), refused('payment_ended'))
    await network.ready()
  })
})
