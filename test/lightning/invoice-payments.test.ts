// Somebody else's invoice, asked of a user, on real nodes: what counts as proof and what does not.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createInvoice, getInvoice } from 'lightning'
import { parsePreimage, paymentHashOf } from 'portal-protocol'
import { Currency, isPortalError } from 'portal-sdk'
import { APPROVED_ONLY, automatic, type Payer } from 'portal-wallet'
import { lightningUnavailable } from './build.ts'
import type { LndNode } from './lnd-node.ts'
import { type LightningNetwork, startLightningNetwork } from './network.ts'
import { ending, openShop, type Shop, type UserOptions } from './shop.ts'

const AMOUNT_MSAT = 25_000
const SHORT_S = 4

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, invoice payments: ${unavailable}`)

describe('an invoice payment on real nodes', { skip: unavailable ?? false }, () => {
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

  /** Asks a user of the user's node to pay an invoice of `payee`. */
  async function ask(payee: LndNode, options: Partial<UserOptions> = {}, expiresInS = 60) {
    const user = await shop.user({ node: network.user, ...options })
    const mtokens = String(AMOUNT_MSAT)
    const made = await createInvoice({ lnd: payee.lnd, mtokens, description: 'a bill' })
    const payment = await shop.client.requestInvoicePayment(user.publicKey, [], {
      amount: AMOUNT_MSAT,
      currency: Currency.Millisats,
      invoice: made.request,
      expires_at: Math.floor(Date.now() / 1_000) + expiresInS,
    })
    assert.equal(payment.paymentHash, made.id)
    return { payment, made, user }
  }
  const isPaid = async (payee: LndNode, id: string) =>
    (await getInvoice({ lnd: payee.lnd, id })).is_confirmed

  test('the user pays a third node; paid carries the preimage that proves it', async () => {
    const { payment, made } = await ask(network.router)
    const end = await payment.done
    assert(end.status === 'paid')
    assert.equal(end.preimage, made.secret)
    assert.equal(paymentHashOf(parsePreimage(end.preimage ?? '') ?? assert.fail()), made.id)
    assert.equal(await isPaid(network.router, made.id), true)
    assert.deepEqual(await shop.told(payment.streamId), ['user_approved', 'paid'])
  })

  test('a wallet that claims success with a false proof ends as unproven', async () => {
    const { payment, made } = await ask(network.router, { behaviour: automatic('lie') }, SHORT_S)
    assert.equal(ending(await payment.done), 'timeout/unproven')
    assert.equal(await isPaid(network.router, made.id), false)
  })

  test('a wallet that pays and shows no proof ends as unproven, though money moved', async () => {
    const silent = (payer: Payer): Payer => ({
      ...payer,
      pay: async (...args) => {
        await payer.pay(...args)
        return { preimage: null }
      },
    })
    const { payment, made } = await ask(network.router, { pays: silent }, SHORT_S)
    assert.equal(ending(await payment.done), 'timeout/unproven')
    assert.equal(await isPaid(network.router, made.id), true)
  })

  test('a valid proof that comes after that is late money, told as such', async () => {
    const gate = Promise.withResolvers<void>()
    const slow = (payer: Payer): Payer => ({
      ...payer,
      pay: async (...args) => {
        const paid = await payer.pay(...args)
        await gate.promise
        return paid
      },
    })
    const { payment, made } = await ask(network.router, { pays: slow }, SHORT_S)
    assert.equal(ending(await payment.done), 'timeout/unproven')
    gate.resolve()
    await shop.says(payment.streamId, 'paid/late')
    assert.deepEqual(await shop.told(payment.streamId), [
      'user_approved',
      'timeout/unproven',
      'paid/late',
    ])
    const found = await shop.client.getPayment(payment.id)
    assert.equal(found.status, 'timeout')
    assert.equal(found.late, true)
    assert.equal(found.preimage, made.secret)
  })

  test('an invoice of our own node is paid when that node says so, whatever the wallet says', async () => {
    for (const behaviour of [
      { ...automatic('approve'), ...APPROVED_ONLY },
      // It pays and says that it failed.
      { ...automatic('approve'), sayOutcome: 'failed' as const },
    ]) {
      const { payment, made } = await ask(network.merchant, { behaviour })
      const end = await payment.done
      assert(end.status === 'paid')
      assert.equal(end.preimage, made.secret)
    }
  })

  test('the same invoice is not asked for twice while it is open', async () => {
    const { payment, made, user } = await ask(network.router, { behaviour: automatic('ignore') })
    await assert.rejects(
      shop.client.requestInvoicePayment(user.publicKey, [], {
        amount: AMOUNT_MSAT,
        currency: Currency.Millisats,
        invoice: made.request,
      }),
      (error) => isPortalError(error) && error.code === 'conflict',
    )
    await payment.cancel()
  })
})
