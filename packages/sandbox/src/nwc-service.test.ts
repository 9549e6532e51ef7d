import assert from 'node:assert/strict'
import {
  KIND,
  msat,
  type NostrEvent,
  parseNwcConnection,
  parseNwcInfo,
  secp256k1,
} from 'portal-protocol'
import { createClient, inWorld, RELAY_URL } from './test-world.ts'

inWorld('a request delivered again is answered again, and paid once', async (world) => {
  const [payee, payer] = [await world.client(), await world.client()]
  const { invoice } = await payee.result('make_invoice', { amount: 1_000 })
  const request = payer.request('pay_invoice', { invoice })
  const first = await payer.send(request)
  const second = await payer.send(request)
  assert.equal(second.event.id, first.event.id)
  assert.equal((await payer.result('get_balance')).balance, 999_999_000)
  await payee.notified(1)
  assert.equal(payee.notifications.length, 1)
})

inWorld(
  'a request that was refused stays refused, even when it could be paid now',
  async (world) => {
    const poor = await world.client({ wallet: { balanceMsat: msat(0) } })
    const rich = await world.client()
    const { invoice } = await rich.result('make_invoice', { amount: 1_000 })
    const request = poor.request('pay_invoice', { invoice })
    assert.equal((await poor.send(request)).response.error?.code, 'INSUFFICIENT_BALANCE')
    const gift = await poor.result('make_invoice', { amount: 9_000 })
    await rich.result('pay_invoice', { invoice: gift.invoice })
    assert.equal((await poor.send(request)).response.error?.code, 'INSUFFICIENT_BALANCE')
    assert.deepEqual(await poor.result('get_balance'), { balance: 9_000 })
  },
)

inWorld('an old request is a replay: it is not carried out', async (world) => {
  const [payee, payer] = [await world.client(), await world.client()]
  const { invoice } = await payee.result('make_invoice', { amount: 1_000 })
  const now = Math.floor(world.clock.nowMs() / 1_000)
  const old = payer.request('pay_invoice', { invoice }, { createdAt: now - 61 })
  const ahead = payer.request('pay_invoice', { invoice }, { createdAt: now + 660 })
  const expired = payer.request(
    'pay_invoice',
    { invoice },
    {
      tags: [
        ['p', payer.connection.walletKey],
        ['encryption', 'nip44_v2'],
        ['expiration', `${now - 1}`],
      ],
    },
  )
  const relay = world.pool.relay(RELAY_URL)
  for (const event of [old, ahead, expired]) await relay.publish(event, 5_000)
  // Written after whatever the others would have written.
  await payer.result('make_invoice', { amount: 1 })
  assert.deepEqual(await payer.result('get_balance'), { balance: 1_000_000_000 })
  assert.equal(payer.responses.length, 2)
})

inWorld('what cannot be read is answered with what is wrong', async (world) => {
  const client = await world.client()
  const service = client.connection.walletKey
  const say = async (change: Parameters<typeof client.request>[2]) =>
    (await client.send(client.request('get_info', {}, change))).response.error
  const unknown = await say({
    tags: [
      ['p', service],
      ['encryption', 'rot13'],
    ],
  })
  assert.equal(unknown?.code, 'UNSUPPORTED_ENCRYPTION')
  const mislabelled = await say({ tags: [['p', service]] })
  assert.equal(mislabelled?.code, 'UNSUPPORTED_ENCRYPTION')
  assert.match(mislabelled?.message ?? '', /nip04/)
  const garbage = await say({ content: 'AAAA' })
  assert.equal(garbage?.code, 'UNSUPPORTED_ENCRYPTION')
  const nonsense = await say({ content: client.identity.encrypt('[1]', service) })
  assert.equal(nonsense?.code, 'OTHER')
})

inWorld('strangers and forgers get nothing', async (world) => {
  const client = await world.client()
  const verified: string[] = []
  const other = await world.open({
    verify: (event) => verified.push(event.id) > 0 && false,
  })
  const own = await other.createWallet()
  const connection = parseNwcConnection(own.nwc, secp256k1)
  const stranger = await createClient(
    { ...connection, secret: client.connection.secret },
    'nip44_v2',
    world.pool,
    world.clock,
  )
  const member = await createClient(connection, 'nip44_v2', world.pool, world.clock)
  const relay = world.pool.relay(RELAY_URL)
  const unknown = stranger.request('get_balance')
  const forged = member.request('get_balance')
  await relay.publish(unknown, 5_000)
  await relay.publish(forged, 5_000)
  await client.result('get_balance')
  assert.deepEqual(verified, [forged.id])
  assert.deepEqual([...stranger.responses, ...member.responses], [])
  await other.close()
})

inWorld('the service announces itself, encryptions and notifications too', async (world) => {
  const client = await world.client()
  const event = await new Promise<NostrEvent>((resolve) => {
    const author = client.connection.walletKey
    const filter = { kinds: [KIND.nwcInfo], authors: [author] }
    world.pool.relay(RELAY_URL).subscribe([filter], { event: resolve })
  })
  const info = parseNwcInfo(event)
  assert.deepEqual(info.encryptions, ['nip44_v2', 'nip04'])
  assert.deepEqual(info.notifications, ['payment_received', 'payment_sent'])
  for (const method of ['pay_invoice', 'make_invoice', 'notifications']) {
    assert.ok(info.methods.includes(method))
  }
})
