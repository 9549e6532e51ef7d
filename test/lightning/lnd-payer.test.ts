// The user's wallet paying from an LND node of its own.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import {
  cancelHodlInvoice,
  createHodlInvoice,
  createInvoice,
  settleHodlInvoice,
  subscribeToInvoice,
} from 'lightning'
import { connectLnd, parseLndConnection, readLndCredentials } from 'portal-lnd'
import { msat, parsePreimage, paymentHashOf } from 'portal-protocol'
import { systemClock as clock } from 'portal-relay'
import { PayError, type Payer } from 'portal-wallet'
import { createLndPayer } from 'portal-wallet/lnd-payer'
import { bakeMacaroon } from './bake-macaroon.ts'
import { lightningUnavailable } from './build.ts'
import { type LightningNetwork, startLightningNetwork } from './network.ts'
import { waitFor } from './wait-for.ts'

const amountMsat = msat(21_000)
const mtokens = String(amountMsat)

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, paying from LND: ${unavailable}`)

describe('a wallet that pays from LND', { skip: unavailable ?? false }, () => {
  let network: LightningNetwork
  let payer: Payer
  let close: () => void = () => {}
  before(async () => {
    network = await startLightningNetwork({ report: (line) => console.error(line) })
    // The least that its documentation names.
    const permissions = ['info:read', 'offchain:read', 'offchain:write']
    const macaroon = await bakeMacaroon(network.user, permissions)
    const text = network.user.connectionString.replace(/macaroon=[^&]*/, `macaroon=${macaroon}`)
    const connection = parseLndConnection(text)
    const credentials = await readLndCredentials(connection)
    const client = connectLnd(connection.address, credentials, { clock })
    payer = createLndPayer({ client, clock })
    close = () => client.close()
  })
  after(async () => {
    close()
    await network?.stop()
  })

  const refused = (says: RegExp) => (error: unknown) =>
    error instanceof PayError && error.code === 'refused' && says.test(error.message)

  test('it pays once, gets the preimage, and finds the payment again', async () => {
    assert.equal(await payer.network(), 'regtest')
    const { request, id, secret } = await createInvoice({ lnd: network.merchant.lnd, mtokens })
    assert.deepEqual(await payer.pay(request, amountMsat), { preimage: secret })
    const hash = paymentHashOf(parsePreimage(secret) ?? assert.fail())
    assert.equal(hash, id)
    assert.deepEqual(await payer.lookUp(hash), { state: 'settled', preimage: secret })
    // Paid already: the node will not, and the look-up says what became of it.
    await assert.rejects(
      payer.pay(request, amountMsat),
      (error) => error instanceof PayError && error.code === 'unknown',
    )
  })

  test('what cannot be paid is refused, and was never sent', async () => {
    const own = await createInvoice({ lnd: network.user.lnd, mtokens })
    await assert.rejects(payer.pay(own.request, amountMsat), refused(/self-payments/))
    const big = await createInvoice({ lnd: network.merchant.lnd, tokens: 15_000_000 })
    await assert.rejects(payer.pay(big.request, msat(15_000_000_000n)), refused(/too little/))
    const unknown = paymentHashOf(parsePreimage('ab'.repeat(32)) ?? assert.fail())
    assert.deepEqual(await payer.lookUp(unknown), { state: 'not_found' })
  })

  test('a payment that the payee holds is pending until it is settled or cancelled', async () => {
    const { lnd } = network.merchant
    for (const end of ['settled', 'failed'] as const) {
      const secret = randomBytes(32).toString('hex')
      const id = paymentHashOf(parsePreimage(secret) ?? assert.fail())
      const { request } = await createHodlInvoice({ lnd, id, mtokens })
      const held = Promise.withResolvers<void>()
      const subscription = subscribeToInvoice({ lnd, id })
      subscription.on('invoice_updated', ({ is_held: isHeld }) => isHeld && held.resolve())
      const paying = payer.pay(request, amountMsat)
      const ended = end === 'settled' ? paying : assert.rejects(paying, refused(/does not take/))
      await held.promise
      assert.deepEqual(await payer.lookUp(id), { state: 'pending' })
      await (end === 'settled'
        ? settleHodlInvoice({ lnd, secret })
        : cancelHodlInvoice({ lnd, id }))
      await ended
      await waitFor(`the payment to be ${end}`, 10_000, async () =>
        (await payer.lookUp(id)).state === end ? true : undefined,
      )
      subscription.removeAllListeners()
    }
  })

  test('a node that is gone has perhaps paid: nobody can say', async () => {
    const { request } = await createInvoice({ lnd: network.merchant.lnd, mtokens })
    await network.user.kill()
    const unknown = (error: unknown) => error instanceof PayError && error.code === 'unknown'
    await assert.rejects(payer.pay(request, amountMsat), unknown)
    await network.user.restart()
    await network.ready()
    assert.equal((await payer.pay(request, amountMsat)).preimage?.length, 64)
  })
})
