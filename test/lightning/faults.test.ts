// Faults of real nodes, one after another; each payment ends as promised.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import {
  closeChannel,
  createInvoice,
  decodePaymentRequest,
  getChannels,
  getInvoice,
  getRouteToDestination,
  payViaPaymentRequest,
  payViaRoutes,
} from 'lightning'
import { Currency, type PaymentHandle } from 'portal-sdk'
import { APPROVED_ONLY, automatic, type Behaviour, type Payer } from 'portal-wallet'
import { lightningUnavailable } from './build.ts'
import type { LndNode } from './lnd-node.ts'
import { type LightningNetwork, startLightningNetwork } from './network.ts'
import { ending, openShop, type Shop, type UserOptions } from './shop.ts'
import { waitFor } from './wait-for.ts'

const SHORT_S = 5
const LONG_S = 60
// What the daemon has, after its deadline, to say how it ended.
const GRACE_S = 10

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, faults on real nodes: ${unavailable}`)

/** A wallet that approves and pays, and never says how it went. */
const silent: Behaviour = { ...automatic('approve'), ...APPROVED_ONLY }

describe('a payment on real nodes that fail', { skip: unavailable ?? false }, () => {
  let network: LightningNetwork
  let shop: Shop
  before(async () => {
    network = await startLightningNetwork({ report: (line) => console.error(line) })
    shop = await openShop(network.merchant)
  })
  afterEach(async () => {
    for (const node of [network.router, network.merchant, network.user]) {
      if (node.state === 'ended') await node.restart()
    }
  })
  after(async () => {
    await shop?.[Symbol.asyncDispose]()
    await network?.stop()
  })

  type Asked = { readonly sat?: number; readonly expiresInS?: number; readonly at?: Shop }
  async function ask(options: Partial<UserOptions> = {}, asked: Asked = {}) {
    const { sat = 1_000, expiresInS = LONG_S, at = shop } = asked
    const user = await at.user({ node: network.user, ...options })
    return at.client.requestSinglePayment(user.publicKey, [], {
      amount: sat * 1_000,
      currency: Currency.Millisats,
      description: 'Premium - 1 month',
      expires_in: expiresInS,
    })
  }
  const pay = (invoice: string | null) =>
    payViaPaymentRequest({ lnd: network.user.lnd, request: invoice ?? assert.fail('no invoice') })
  const stateOf = async ({ paymentHash: id }: PaymentHandle, node: LndNode = network.merchant) =>
    getInvoice({ lnd: node.lnd, id: id ?? assert.fail() })
  const inTime = ({ expiresAt }: PaymentHandle) =>
    assert.ok(Date.now() / 1_000 < expiresAt + GRACE_S, 'the end came too late')

  test('the first settlement a node ever has, while the daemon is down, is told', async () => {
    await using other = await openShop(network.router)
    const payment = await ask({ behaviour: automatic('ignore') }, { at: other })
    await other.stop()
    const { secret } = await pay(payment.invoice)
    await other.start()
    const end = await payment.done
    assert(end.status === 'paid')
    assert.equal(end.preimage, secret)
  })

  test('a node killed between request and payment: paid once it is back', async () => {
    const payment = await ask({ behaviour: automatic('ignore') })
    await network.merchant.kill()
    await network.merchant.restart()
    await network.ready()
    await pay(payment.invoice)
    assert.equal(ending(await payment.done), 'paid')
  })

  test('a node killed between payment and telling: paid once it is back', async () => {
    const killing = (payer: Payer): Payer => ({
      ...payer,
      pay: async (...args) => {
        const paid = await payer.pay(...args)
        await network.merchant.kill()
        return paid
      },
    })
    const payment = await ask({ behaviour: silent, pays: killing })
    await waitFor('the node to be killed', 20_000, async () =>
      network.merchant.state === 'ended' ? true : undefined,
    )
    await network.merchant.restart()
    assert.equal(ending(await payment.done), 'paid')
    assert.deepEqual(await shop.told(payment.streamId), ['user_approved', 'paid'])
    await network.ready()
  })

  test('a node that is down at the deadline delays the verdict, and makes none', async () => {
    const payment = await ask({ behaviour: automatic('ignore') }, { expiresInS: SHORT_S })
    await network.merchant.kill()
    await waitFor('the deadline to pass', 20_000, async () =>
      Date.now() / 1_000 > payment.expiresAt + 1 ? true : undefined,
    )
    assert.deepEqual(await shop.told(payment.streamId), [])
    await network.merchant.restart()
    assert.equal(ending(await payment.done), 'timeout/unanswered')
    await network.ready()
  })

  test("the user's node is offline: approved, never paid", async () => {
    await network.user.kill()
    const payment = await ask({}, { expiresInS: SHORT_S })
    assert.equal(ending(await payment.done), 'timeout/unpaid')
    inTime(payment)
    await network.user.restart()
    await network.ready()
  })

  test('no route: the wallet says it failed; the invoice stays payable until it is paid', async () => {
    await network.router.stop()
    const payment = await ask()
    await shop.says(payment.streamId, 'user_failed')
    await network.router.restart()
    await network.ready()
    await pay(payment.invoice)
    assert.equal(ending(await payment.done), 'paid')
  })

  test('whoever pays after the deadline cannot, and is not charged', async () => {
    const payment = await ask({ behaviour: automatic('ignore') }, { expiresInS: SHORT_S })
    assert.equal(ending(await payment.done), 'timeout/unanswered')
    inTime(payment)
    assert.equal((await stateOf(payment)).is_canceled, true)
    await assert.rejects(pay(payment.invoice))
    assert.deepEqual(await shop.told(payment.streamId), ['timeout/unanswered'])
  })

  test('an invoice of ours that outlives its request: money after the deadline is late', async () => {
    const user = await shop.user({ node: network.user, behaviour: automatic('ignore') })
    const made = await createInvoice({ lnd: network.merchant.lnd, tokens: 1_000 })
    const payment = await shop.client.requestInvoicePayment(user.publicKey, [], {
      amount: 1_000_000,
      currency: Currency.Millisats,
      invoice: made.request,
      expires_at: Math.floor(Date.now() / 1_000) + SHORT_S,
    })
    assert.equal(ending(await payment.done), 'timeout/unanswered')
    await pay(made.request)
    await shop.says(payment.streamId, 'paid/late')
    assert.equal((await shop.client.getPayment(payment.id)).preimage, made.secret)
  })

  test('a wallet that says success before the money is here changes nothing; the money does', async () => {
    const gate = Promise.withResolvers<void>()
    const paying: Promise<unknown>[] = []
    const hasty = (payer: Payer): Payer => ({
      ...payer,
      pay: async (...args) => {
        paying.push(gate.promise.then(() => payer.pay(...args)))
        return { preimage: null }
      },
    })
    const payment = await ask({ pays: hasty })
    await waitFor('the claim', 10_000, async () => (paying.length > 0 ? true : undefined))
    await shop.says(payment.streamId, 'user_approved')
    assert.equal((await shop.client.getPayment(payment.id)).status, 'user_approved')
    gate.resolve()
    assert.equal(ending(await payment.done), 'paid')
    await Promise.all(paying)
  })

  /** Sends one part of an amount of `sat` in two parts; resolves when that part came to its end. */
  async function sendHalf(invoice: string | null, sat: number): Promise<void> {
    const { lnd } = network.user
    const request = await decodePaymentRequest({ lnd, request: invoice ?? assert.fail() })
    const { route } = await getRouteToDestination({
      lnd,
      destination: request.destination,
      tokens: sat / 2,
      total_mtokens: String(sat * 1_000),
      ...(request.payment === undefined ? {} : { payment: request.payment }),
      ...(request.cltv_delta === undefined ? {} : { cltv_delta: request.cltv_delta }),
    })
    await payViaRoutes({ lnd, id: request.id, routes: [route ?? assert.fail('no route')] })
  }

  test('a payment in parts of which one is stuck ends unpaid, and the other part goes back', async () => {
    const sat = 2_000
    const payment = await ask({ behaviour: automatic('ignore') }, { sat, expiresInS: SHORT_S })
    const returned = assert.rejects(sendHalf(payment.invoice, sat))
    await waitFor('the part to arrive', 10_000, async () => {
      const { payments } = await stateOf(payment)
      return payments.some((part) => part.is_held) ? true : undefined
    })
    assert.equal(ending(await payment.done), 'timeout/unanswered')
    inTime(payment)
    await returned
  })

  test('a payment in parts is paid when the last part is here', async () => {
    const sat = 2_000
    const payment = await ask({ behaviour: automatic('ignore') }, { sat })
    const first = sendHalf(payment.invoice, sat)
    await waitFor('the part to arrive', 10_000, async () => {
      const { payments } = await stateOf(payment)
      return payments.some((part) => part.is_held) ? true : undefined
    })
    assert.deepEqual(await shop.told(payment.streamId), [])
    await Promise.all([first, sendHalf(payment.invoice, sat)])
    assert.equal(ending(await payment.done), 'paid')
  })

  test('a locked node makes the invoice once it is unlocked', async () => {
    await network.merchant.stop()
    await network.merchant.restart({ locked: true })
    // The user pays by hand: a wallet that answers at once would find no route, before its channel is up.
    const asking = ask({ behaviour: automatic('ignore') })
    await network.merchant.unlock()
    await network.ready()
    const payment = await asking
    // The call answers without an invoice when the node took more than 10 s.
    const invoice = await waitFor('the invoice', 30_000, async () => {
      return (await shop.client.getPayment(payment.id)).invoice ?? undefined
    })
    await pay(invoice)
    assert.equal(ending(await payment.done), 'paid')
  })

  test('a changed certificate is taken from its file, and payments go on', async () => {
    const before = await ask({ behaviour: automatic('ignore') })
    await network.merchant.stop()
    await network.merchant.restart({ newCertificate: true })
    await network.ready()
    await pay(before.invoice)
    assert.equal(ending(await before.done), 'paid')
    assert.equal(ending(await (await ask()).done), 'paid')
  })

  test('a wrong macaroon is told as what it is: no invoice, and how to make a right one', async () => {
    const { merchant, user } = network
    const connectionString = merchant.connectionString.replace(
      /macaroon=[^&]*/,
      `macaroon=${user.adminMacaroonPath}`,
    )
    await using other = await openShop({ ...merchant, connectionString })
    const end = await (await ask({}, { at: other })).done
    assert(end.status === 'error')
    assert.equal(end.code, 'no_invoice')
    assert.match(end.reason, /macaroon/)
  })

  test('a channel closed under way: the wallet fails, and the payment ends unpaid', async () => {
    const payment = await ask({ behaviour: automatic('ignore') }, { expiresInS: SHORT_S })
    const { channels } = await getChannels({ lnd: network.merchant.lnd })
    for (const { transaction_id, transaction_vout } of channels) {
      await closeChannel({
        lnd: network.router.lnd,
        transaction_id,
        transaction_vout,
        is_force_close: true,
      })
    }
    await assert.rejects(pay(payment.invoice))
    assert.equal(ending(await payment.done), 'timeout/unanswered')
    inTime(payment)
  })
})
