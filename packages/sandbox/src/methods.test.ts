import assert from 'node:assert/strict'
import {
  decodeInvoice,
  encodeInvoice,
  generateSecretKey,
  KIND,
  msat,
  type Preimage,
  parseNwcTransaction,
  parsePreimage,
  paymentHashOf,
  secp256k1,
} from 'portal-protocol'
import { openLedgerStore } from './ledger-store.ts'
import { inWorld, random, type World } from './test-world.ts'

for (const encryption of ['nip44_v2', 'nip04'] as const) {
  inWorld(`over ${encryption}, an invoice is made, paid and told to both`, async (world) => {
    const payee = await world.client({ encryption })
    const payer = await world.client({ encryption })
    const made = await payee.result('make_invoice', {
      amount: 12_345,
      description: 'Premium – 1 month',
      expiry: 600,
    })
    const invoice = decodeInvoice(String(made.invoice), secp256k1)
    assert.equal(invoice.network, 'regtest')
    assert.equal(invoice.amountMsat, 12_345n)
    assert.equal(invoice.description, 'Premium – 1 month')
    assert.equal(invoice.expiresAt - invoice.createdAt, 600)
    assert.equal(invoice.payee, world.sandbox.nodeId)
    assert.equal(invoice.paymentHash, made.payment_hash)
    assert.equal(made.state, 'pending')
    assert.equal('preimage' in made, false)

    const paid = await payer.result('pay_invoice', { invoice: made.invoice })
    const preimage = parsePreimage(String(paid.preimage))
    assert.ok(preimage)
    assert.equal(paymentHashOf(preimage), made.payment_hash)
    assert.equal(paid.fees_paid, 0)
    assert.deepEqual(await payee.result('get_balance'), { balance: 1_000_012_345 })
    assert.deepEqual(await payer.result('get_balance'), { balance: 999_987_655 })

    await payee.notified(1)
    await payer.notified(1)
    const kind = encryption === 'nip04' ? KIND.nwcNotificationNip04 : KIND.nwcNotification
    const [received, sent] = [payee.notifications[0], payer.notifications[0]]
    assert.deepEqual([received?.kind, sent?.kind], [kind, kind])
    assert.equal(received?.notification.type, 'payment_received')
    assert.equal(sent?.notification.type, 'payment_sent')
    const [incoming, outgoing] = [received, sent].map((told) =>
      parseNwcTransaction(told?.notification.notification),
    )
    for (const transaction of [incoming, outgoing]) {
      assert.equal(transaction?.state, 'settled')
      assert.equal(transaction?.preimage, preimage)
      assert.equal(transaction?.amountMsat, 12_345n)
      assert.ok(transaction?.settledAt)
    }
    assert.deepEqual([incoming?.type, outgoing?.type], ['incoming', 'outgoing'])
  })
}

inWorld('get_info says SANDBOX, the network, the node and what may be done', async (world) => {
  const client = await world.client({ wallet: { methods: ['get_info', 'get_balance'] } })
  const info = await client.result('get_info')
  assert.match(String(info.alias), /^SANDBOX/)
  assert.equal(info.network, 'regtest')
  assert.equal(info.pubkey, world.sandbox.nodeId)
  assert.deepEqual(info.methods, ['get_info', 'get_balance'])
  assert.deepEqual(info.notifications, ['payment_received', 'payment_sent'])
})

inWorld('a connection is kept to its methods, and unknown ones are named so', async (world) => {
  const client = await world.client({ wallet: { methods: ['get_balance'] } })
  assert.equal(await client.errorCode('pay_invoice', { invoice: 'lnbcrt1' }), 'RESTRICTED')
  assert.equal(await client.errorCode('pay_keysend', {}), 'NOT_IMPLEMENTED')
  await assert.rejects(world.sandbox.createWallet({ methods: ['fly'] }), { code: 'invalid_option' })
})

inWorld('lookup_invoice shows a wallet what it issued or paid, and nothing else', async (world) => {
  const [payee, payer, stranger] = [
    await world.client(),
    await world.client(),
    await world.client(),
  ]
  const made = await payee.result('make_invoice', { amount: 1_000 })
  const byHash = { payment_hash: made.payment_hash }
  const byInvoice = { invoice: String(made.invoice).toUpperCase() }
  assert.deepEqual(await payee.result('lookup_invoice', byHash), made)
  assert.deepEqual(await payee.result('lookup_invoice', byInvoice), made)
  assert.equal(await payer.errorCode('lookup_invoice', byHash), 'NOT_FOUND')
  const { preimage } = await payer.result('pay_invoice', { invoice: made.invoice })
  const settled = await payee.result('lookup_invoice', byHash)
  assert.deepEqual([settled.type, settled.state], ['incoming', 'settled'])
  assert.equal(settled.preimage, preimage)
  const outgoing = await payer.result('lookup_invoice', byInvoice)
  assert.deepEqual([outgoing.type, outgoing.preimage], ['outgoing', preimage])
  assert.equal(await stranger.errorCode('lookup_invoice', byHash), 'NOT_FOUND')
  assert.equal(await stranger.errorCode('lookup_invoice', { payment_hash: 'x' }), 'NOT_FOUND')
  assert.equal(await stranger.errorCode('lookup_invoice', {}), 'OTHER')
})

inWorld('list_transactions pages from the newest, filtered as asked', async (world) => {
  const [merchant, user] = [await world.client(), await world.client()]
  const made: Record<string, unknown>[] = []
  for (let amount = 1; amount <= 5; amount++) {
    made.push(await merchant.result('make_invoice', { amount: amount * 1_000, expiry: 100 }))
    world.clock.advance(10)
  }
  await user.result('pay_invoice', { invoice: made[1]?.invoice })
  await user.result('pay_invoice', { invoice: made[3]?.invoice })
  const back = await user.result('make_invoice', { amount: 7 })
  await merchant.result('pay_invoice', { invoice: back.invoice })
  const list = async (params: Record<string, unknown>) => {
    const { transactions, total_count } = await merchant.result('list_transactions', params)
    assert.ok(Array.isArray(transactions))
    return [transactions.map(({ amount }) => Number(amount)), Number(total_count)]
  }
  assert.deepEqual(await list({}), [[7, 4_000, 2_000], 3])
  assert.deepEqual(await list({ unpaid: true }), [[7, 5_000, 4_000, 3_000, 2_000, 1_000], 6])
  assert.deepEqual(await list({ unpaid: true, type: 'incoming', limit: 2, offset: 1 }), [
    [4_000, 3_000],
    5,
  ])
  assert.deepEqual(await list({ type: 'outgoing' }), [[7], 1])
  // The clock may have run on by a second between the two.
  const [from, until] = [made[2], made[3]].map((one) => Number(one?.created_at))
  assert.deepEqual(await list({ unpaid: true, from, until }), [[4_000, 3_000], 2])
  assert.deepEqual(await list({ from: null, offset: 3 }), [[], 3])
  assert.equal(await merchant.errorCode('list_transactions', { type: 'both' }), 'OTHER')
  assert.equal(await merchant.errorCode('list_transactions', { limit: -1 }), 'OTHER')
  world.clock.advance(100)
  const { transactions } = await merchant.result('list_transactions', { unpaid: true })
  const states = (transactions as { state: string }[]).map(({ state }) => state)
  assert.deepEqual(states, ['settled', 'expired', 'settled', 'expired', 'settled', 'expired'])
})

inWorld('a page of the longest transactions still fits a NIP-44 message', async (world) => {
  const merchant = await world.client()
  const description = '"'.repeat(639)
  for (let made = 0; made < 40; made++) {
    await merchant.result('make_invoice', { amount: 1_000, description })
  }
  const seen = new Set<unknown>()
  for (;;) {
    const params = { unpaid: true, limit: 100, offset: seen.size }
    const { transactions, total_count } = await merchant.result('list_transactions', params)
    assert.ok(Array.isArray(transactions))
    assert.equal(total_count, 40)
    for (const { payment_hash } of transactions) seen.add(payment_hash)
    if (transactions.length === 0) break
  }
  assert.equal(seen.size, 40)
})

inWorld('make_invoice refuses what it cannot make, and says which parameter', async (world) => {
  const client = await world.client()
  const cases: [Record<string, unknown>, string][] = [
    [{}, 'amount'],
    [{ amount: 0 }, 'amount'],
    [{ amount: -1 }, 'amount'],
    [{ amount: 1.5 }, 'amount'],
    [{ amount: '1000' }, 'amount'],
    [{ amount: 2 ** 53 }, 'amount'],
    [{ amount: 1, description: 7 }, 'description'],
    [{ amount: 1, description: 'é'.repeat(320) }, 'description'],
    [{ amount: 1, description_hash: 'ab'.repeat(32) }, 'description_hash'],
    [{ amount: 1, expiry: 0 }, 'expiry'],
  ]
  for (const [params, name] of cases) {
    const { error } = await client.call('make_invoice', params)
    assert.equal(error?.code, 'OTHER')
    assert.ok(error?.message.includes(`"${name}"`), error?.message)
  }
  const longest = await client.result('make_invoice', { amount: 1, description: 'x'.repeat(639) })
  assert.equal(String(longest.description).length, 639)
  assert.equal(Number(longest.expires_at) - Number(longest.created_at), 3_600)
})

inWorld('pay_invoice refuses whatever must not be paid, and moves nothing', async (world) => {
  const payee = await world.client()
  const payer = await world.client({ wallet: { balanceMsat: msat(5_000) } })
  const make = async (params: Record<string, unknown>) =>
    (await payee.result('make_invoice', params)).invoice
  const pay = (params: Record<string, unknown>) => payer.errorCode('pay_invoice', params)
  const dear = await make({ amount: 5_001 })
  assert.equal(await pay({ invoice: dear }), 'INSUFFICIENT_BALANCE')
  const cheap = await make({ amount: 2_000 })
  assert.equal(await pay({ invoice: cheap, amount: 1_999 }), 'OTHER')
  assert.equal(await pay({}), 'OTHER')
  assert.equal(await pay({ invoice: 'lnbcrt1nonsense' }), 'OTHER')
  assert.equal(await pay({ invoice: mainnetInvoice() }), 'OTHER')
  assert.equal(await pay({ invoice: await foreignInvoice(world, 2_000) }), 'PAYMENT_FAILED')
  const brief = await make({ amount: 1_000, expiry: 5 })
  await payer.result('pay_invoice', { invoice: cheap, amount: 2_000 })
  assert.equal(await pay({ invoice: cheap }), 'PAYMENT_FAILED')
  world.clock.advance(5)
  assert.equal(await pay({ invoice: brief }), 'PAYMENT_FAILED')
  assert.deepEqual(await payer.result('get_balance'), { balance: 3_000 })
})

inWorld('a wallet may pay its own invoice: nothing moves, both sides are told', async (world) => {
  const client = await world.client()
  const { invoice } = await client.result('make_invoice', { amount: 1_000 })
  await client.result('pay_invoice', { invoice })
  assert.deepEqual(await client.result('get_balance'), { balance: 1_000_000_000 })
  await client.notified(2)
  const types = client.notifications.map(({ notification }) => notification.type)
  assert.deepEqual(types.sort(), ['payment_received', 'payment_sent'])
})

async function foreignInvoice(world: World, amount: number): Promise<string> {
  const other = await world.open({ storage: openLedgerStore(':memory:') })
  const client = await world.client({ nwc: (await other.createWallet()).nwc })
  const { invoice } = await client.result('make_invoice', { amount })
  await other.close()
  return String(invoice)
}

function mainnetInvoice(): string {
  const fields = {
    network: 'bitcoin',
    amountMsat: msat(1_000),
    paymentHash: paymentHashOf(preimageOf('17'.repeat(32))),
    paymentSecret: '11'.repeat(32),
    description: '',
    createdAt: 1_790_000_000,
    expiresInSeconds: 3_600,
  } as const
  return encodeInvoice(fields, generateSecretKey(random, secp256k1), secp256k1)
}

function preimageOf(hex: string): Preimage {
  const preimage = parsePreimage(hex)
  assert.ok(preimage)
  return preimage
}
