import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  createInvoice,
  getChannels,
  getInvoice,
  getWalletInfo,
  payViaPaymentRequest,
} from 'lightning'
import { lightningUnavailable } from './build.ts'
import { type LightningNetwork, startLightningNetwork } from './network.ts'

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, the private network: ${unavailable}`)

describe('the private Lightning network', { skip: unavailable ?? false }, () => {
  let network: LightningNetwork
  before(async () => {
    network = await startLightningNetwork({ report: (line) => console.error(line) })
  })
  after(() => network?.stop())

  const pay = async (tokens: number) => {
    const { merchant, user } = network
    const { id, request } = await createInvoice({ lnd: merchant.lnd, tokens })
    const payment = await payViaPaymentRequest({ lnd: user.lnd, request, max_paths: 4 })
    const { is_confirmed } = await getInvoice({ lnd: merchant.lnd, id })
    assert.equal(is_confirmed, true)
    return payment
  }

  test('the user pays the merchant through the router', async () => {
    const { hops, paths } = await pay(10_000)
    assert.equal(paths.length, 1)
    const route = hops.map((hop) => hop.public_key)
    assert.deepEqual(route, [network.router.pubkey, network.merchant.pubkey])
  })

  test('what no channel of the user holds alone goes in parts', async () => {
    const { channels } = await getChannels({ lnd: network.user.lnd })
    const tokens = 6_000_000
    assert.ok(channels.every((channel) => channel.local_balance < tokens))
    const { paths } = await pay(tokens)
    assert.ok(paths.length > 1)
  })

  test('blocks are mined when asked, and every node sees them', async () => {
    const heights = () =>
      Promise.all(
        [network.merchant, network.user, network.router].map(
          async ({ lnd }) => (await getWalletInfo({ lnd })).current_block_height,
        ),
      )
    const [height = 0] = await heights()
    await network.mine(3)
    assert.deepEqual(await heights(), [height + 3, height + 3, height + 3])
  })

  test('a node that was killed is there again, at the same address, and is paid', async () => {
    const { merchant } = network
    const { port, pubkey } = merchant
    await merchant.kill()
    assert.equal(merchant.state, 'ended')
    await merchant.restart()
    assert.deepEqual([merchant.port, merchant.state], [port, 'running'])
    assert.equal((await getWalletInfo({ lnd: merchant.lnd })).public_key, pubkey)
    await network.ready()
  })

  test('a node can be left locked, and unlocked', async () => {
    const { merchant } = network
    await merchant.stop()
    await merchant.restart({ locked: true })
    assert.equal(merchant.state, 'locked')
    await assert.rejects(getWalletInfo({ lnd: merchant.lnd }), (error) =>
      JSON.stringify(error).includes('wallet locked'),
    )
    await network.mine(1)
    await merchant.unlock()
    await network.ready()
  })

  test('a node can come back with another certificate, which old clients refuse', async () => {
    const { merchant } = network
    const old = merchant.lnd
    await merchant.stop()
    await merchant.restart({ newCertificate: true })
    await assert.rejects(getWalletInfo({ lnd: old }))
    await network.ready()
  })
})
