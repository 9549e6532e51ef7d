// What a merchant is promised about single payments, on the real engine and store with a node, wallets
// and time that do as each test says.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testKey } from '../testing/fake-messenger.ts'
import { inWorld, USER, type World } from '../testing/world.ts'
import { PortError, StoreError } from './ports.ts'

const S = 1_000
const promise = (name: string, check: (world: World) => Promise<void>) => it(name, inWorld(check))

describe('a payment from request to paid', () => {
  promise('tells user_approved, then paid with the preimage', async (world) => {
    const payment = await world.ask()
    assert.equal(world.messenger.sent.length, 1)
    await world.messenger.answer(USER, payment.requestId, { type: 'approved' })
    await world.lightning.settle(payment.paymentHash)
    assert.deepEqual(await world.data(payment.streamId), [
      { status: 'user_approved' },
      { status: 'paid', preimage: world.lightning.preimageOf(payment.paymentHash) },
    ])
  })

  promise('never needs the wallet’s word: the node’s is enough', async (world) => {
    const payment = await world.ask()
    await world.lightning.settle(payment.paymentHash)
    assert.deepEqual(await world.told(payment.streamId), ['paid'])
  })

  promise('asks the node nothing per payment while its pushes arrive', async (world) => {
    const payment = await world.ask()
    await world.lightning.settle(payment.paymentHash)
    await world.clock.advance(400 * S)
    assert.deepEqual(
      world.lightning.calls.filter((call) => call === 'look_up'),
      [],
    )
  })

  promise('finds by reconcile what the node forgot to push', async (world) => {
    const payment = await world.ask()
    await world.lightning.settle(payment.paymentHash, { push: false })
    await world.clock.advance(31 * S)
    assert.deepEqual(await world.told(payment.streamId), ['paid'])
  })

  promise('goes on after five seconds when the store failed in the middle', async (world) => {
    await world.clock.advance(1 * S)
    const { commit } = world.store
    world.store.commit = () => {
      world.store.commit = commit
      return Promise.reject(new StoreError('busy', 'the store is busy'))
    }
    void world.ask()
    await world.clock.advance(5 * S)
    assert.deepEqual(world.lightning.calls, ['create', 'create'])
    assert.equal(world.messenger.sent.length, 1)
    await world.clock.advance(5 * S)
  })
})

describe('a wallet’s word', () => {
  promise(
    'is never enough for paid: a claim without proof is looked up, and found untrue',
    async (world) => {
      const payment = await world.ask()
      await world.messenger.answer(USER, payment.requestId, {
        type: 'success',
        preimage: '00'.repeat(32),
      })
      assert.deepEqual(await world.told(payment.streamId), ['user_approved'])
      assert.equal(world.lightning.calls.filter((call) => call === 'look_up').length, 1)
      await world.clock.advance(310 * S)
      assert.deepEqual(await world.told(payment.streamId), ['user_approved', 'timeout/unpaid'])
    },
  )

  promise('counts as proof when its preimage hashes to the payment hash', async (world) => {
    const payment = await world.ask()
    const preimage = world.lightning.preimageOf(payment.paymentHash)
    await world.messenger.answer(USER, payment.requestId, { type: 'success', preimage })
    assert.deepEqual(await world.told(payment.streamId), ['paid'])
  })

  promise('counts only from a key that was asked', async (world) => {
    const payment = await world.ask({ subkeys: [testKey(201)] })
    await world.messenger.answer(testKey(202), payment.requestId, { type: 'approved' })
    assert.deepEqual(await world.told(payment.streamId), [])
    await world.messenger.answer(testKey(201), payment.requestId, { type: 'approved' })
    assert.deepEqual(await world.told(payment.streamId), ['user_approved'])
  })

  promise('that it failed leaves the invoice payable', async (world) => {
    const payment = await world.ask()
    await world.messenger.answer(USER, payment.requestId, { type: 'failed', reason: 'no route' })
    await world.lightning.settle(payment.paymentHash)
    assert.deepEqual(await world.told(payment.streamId), ['user_failed', 'paid'])
  })
})

describe('money that comes late', () => {
  promise('is told after a timeout', async (world) => {
    const payment = await world.ask()
    await world.clock.advance(310 * S)
    await world.lightning.settle(payment.paymentHash)
    assert.deepEqual(await world.told(payment.streamId), ['timeout/unanswered', 'paid/late'])
    const { status, late, paidAtMs, preimage } = await world.current(payment)
    assert.deepEqual(
      [status, late, paidAtMs !== null, preimage !== null],
      ['timeout', true, true, true],
    )
  })

  promise('is told after a rejection', async (world) => {
    const payment = await world.ask()
    await world.messenger.answer(USER, payment.requestId, { type: 'rejected', reason: null })
    await world.lightning.settle(payment.paymentHash)
    assert.deepEqual(await world.told(payment.streamId), ['user_rejected', 'paid/late'])
  })

  promise('is told after a cancel on a node that cannot cancel', async (world) => {
    const payment = await world.ask()
    const { invoiceCancelled } = await world.engine.cancelPayment(payment.id)
    assert.equal(invoiceCancelled, false)
    await world.lightning.settle(payment.paymentHash)
    assert.deepEqual(await world.told(payment.streamId), ['error/cancelled', 'paid/late'])
  })

  promise('is found though its push was lost', async (world) => {
    const payment = await world.ask()
    await world.clock.advance(310 * S)
    await world.lightning.settle(payment.paymentHash, { push: false })
    await world.clock.advance(700 * S)
    assert.deepEqual(await world.told(payment.streamId), ['timeout/unanswered', 'paid/late'])
  })
})

describe('an end', () => {
  promise('comes within 10 s of expires_at, whatever the wallet does', async (world) => {
    const payment = await world.ask({ expiresInS: 60 })
    await world.clock.advance(59 * S)
    assert.deepEqual(await world.told(payment.streamId), [])
    await world.clock.advance(10 * S)
    assert.deepEqual(await world.told(payment.streamId), ['timeout/unanswered'])
  })

  promise('is no_relay when no relay took the request', async (world) => {
    world.messenger.refusal = 'blocked: not on the list'
    const payment = await world.ask()
    await world.clock.advance(310 * S)
    assert.deepEqual(await world.told(payment.streamId), ['timeout/no_relay'])
  })

  promise('waits for a node that cannot be asked, and finds the money it missed', async (world) => {
    const payment = await world.ask({ expiresInS: 60 })
    world.lightning.trouble = new PortError('unreachable', 'the node is away')
    await world.lightning.settle(payment.paymentHash, { push: false })
    await world.clock.advance(600 * S)
    assert.deepEqual(await world.told(payment.streamId), [])
    world.lightning.trouble = null
    await world.clock.advance(10 * S)
    assert.deepEqual(await world.told(payment.streamId), ['paid'])
  })

  promise('leaves a node alone for as long as it asks', async (world) => {
    world.lightning.trouble = new PortError('rate_limited', 'slow down', { retryAfterMs: 7 * S })
    const asked = world.ask()
    await world.clock.advance(7 * S - 1)
    assert.deepEqual(world.lightning.calls, ['create'])
    world.lightning.trouble = null
    await world.clock.advance(1)
    assert.notEqual((await asked).invoice, null)
  })

  promise('is no_invoice at expires_at when the node never made one', async (world) => {
    world.lightning.trouble = new PortError('unreachable', 'the node is away')
    const asked = world.ask({ expiresInS: 30 })
    await world.clock.advance(10 * S)
    const payment = await asked
    assert.equal(payment.invoice, null)
    await world.clock.advance(25 * S)
    assert.deepEqual(await world.told(payment.streamId), ['error/no_invoice'])
    assert.equal(world.messenger.sent.length, 0)
  })

  promise('waits past expires_at for no node that is silent', async (world) => {
    world.lightning.createInvoice = (_order, timeoutMs) =>
      new Promise((_resolve, reject) => {
        world.clock.setTimer(timeoutMs, () => reject(new PortError('timeout', 'silence')))
      })
    // The third try begins just before the end.
    const asked = world.ask({ expiresInS: 21 })
    await world.clock.advance(22 * S)
    assert.deepEqual(await world.told((await asked).streamId), ['error/no_invoice'])
  })

  promise(
    'is no_invoice at once when the node refuses, or gives a wrong invoice',
    async (world) => {
      world.lightning.trouble = new PortError('refused', 'make_invoice: not allowed')
      const refused = await world.ask()
      assert.deepEqual(await world.told(refused.streamId), ['error/no_invoice'])
      world.lightning.trouble = null
      world.lightning.wrongAmountMsat = 1_000n
      const wrong = await world.ask()
      assert.deepEqual(await world.told(wrong.streamId), ['error/no_invoice'])
      assert.equal(world.messenger.sent.length, 0)
    },
  )

  promise('cancels the invoice where the node can', async (world) => {
    world.lightning.cancels = true
    const payment = await world.ask()
    await world.messenger.answer(USER, payment.requestId, { type: 'rejected', reason: 'no' })
    await world.clock.settle()
    assert.equal((await world.current(payment)).invoiceState, 'cancelled')
  })
})

describe('a cancel by the merchant', () => {
  promise('finds the money that is already here', async (world) => {
    const payment = await world.ask()
    await world.lightning.settle(payment.paymentHash, { push: false })
    await assert.rejects(world.engine.cancelPayment(payment.id), { code: 'payment_ended' })
    assert.deepEqual(await world.told(payment.streamId), ['paid'])
  })

  promise('ends the payment though the node is away, and tells the node later', async (world) => {
    world.lightning.cancels = true
    const payment = await world.ask()
    world.lightning.trouble = new PortError('unreachable', 'the node is away')
    assert.equal((await world.engine.cancelPayment(payment.id)).invoiceCancelled, false)
    world.lightning.trouble = null
    await world.clock.advance(10 * S)
    const again = await world.engine.cancelPayment(payment.id)
    assert.equal(again.invoiceCancelled, true)
    assert.deepEqual(await world.told(payment.streamId), ['error/cancelled'])
  })

  promise('waits for the node no longer than 5 s, though it is asked twice', async (world) => {
    const { clock, lightning } = world
    lightning.cancels = true
    const payment = await world.ask()
    const { cancelInvoice, lookUp } = lightning
    const slowly = () => new Promise<void>((resolve) => clock.setTimer(4 * S, resolve))
    Object.assign(lightning, {
      cancelInvoice: (...args: Parameters<typeof cancelInvoice>) =>
        slowly().then(() => cancelInvoice(...args)),
      lookUp: (...args: Parameters<typeof lookUp>) => slowly().then(() => lookUp(...args)),
    })
    const startedMs = clock.nowMs()
    const cancelling = world.engine.cancelPayment(payment.id).then(() => clock.nowMs())
    await clock.advance(20 * S)
    assert.equal((await cancelling) - startedMs, 5 * S)
    assert.equal((await world.current(payment)).invoiceState, 'cancelled')
    assert.deepEqual(await world.told(payment.streamId), ['error/cancelled'])
  })
})

describe('a request to a wallet', () => {
  promise('goes out again at 1, 2, 4, 8, 15, 30, 60 s, until the wallet answers', async (world) => {
    const payment = await world.ask()
    await world.clock.advance(61 * S)
    assert.equal(world.messenger.sent.length, 8)
    assert(world.messenger.sent.slice(1).every(({ fresh }) => !fresh))
    await world.clock.advance(60 * S)
    assert.equal(world.messenger.sent.length, 9)
    assert.equal(world.messenger.sent[8]?.fresh, true)
    await world.messenger.answer(USER, payment.requestId, { type: 'approved' })
    await world.clock.advance(170 * S)
    assert.equal(world.messenger.sent.length, 9)
  })

  promise('goes out at once when the user is heard of', async (world) => {
    await world.ask()
    await world.clock.advance(20 * S)
    const before = world.messenger.sent.length
    world.messenger.inbound.reachable([USER])
    await world.clock.advance(0)
    assert.equal(world.messenger.sent.length, before + 1)
  })

  promise(
    'goes out at once after a restart, with the same request_id and invoice',
    async (world) => {
      const payment = await world.ask()
      await world.clock.advance(20 * S)
      await world.restart()
      await world.clock.advance(0)
      const [sent] = world.messenger.sent
      assert(sent?.message.type === 'payment_request')
      assert.equal(sent.message.requestId, payment.requestId)
      assert.equal(sent.message.invoice, payment.invoice)
    },
  )

  promise('goes to the relays the wallet named in its handshake', async (world) => {
    const { token } = await world.engine.startHandshake(
      { staticToken: null, noRequest: false },
      null,
    )
    await world.messenger.handshake(USER, {
      token,
      clientInfo: { name: 'wallet', version: '1' },
      preferredRelays: ['wss://theirs.example'],
    })
    await world.ask()
    assert.deepEqual(world.messenger.sent[0]?.relays, ['wss://theirs.example'])
    assert(world.messenger.listening.has('wss://theirs.example'))
  })
})

describe('the same request twice', () => {
  const key = { key: 'order-7', fingerprint: 'f' }
  const order = {
    mainKey: USER,
    subkeys: [],
    amountMsat: 10_000n as never,
    description: null,
    subscriptionId: null,
    authToken: null,
    requestId: null,
    capture: 'automatic' as const,
    expiresInS: null,
    metadata: null,
  }

  promise('with one Idempotency-Key is one payment, also at once', async (world) => {
    const both = [1, 2].map(() => world.engine.requestSinglePayment(order, key))
    await world.clock.settle()
    const [first, second] = await Promise.all(both)
    assert.equal(first?.id, second?.id)
    assert.equal(second?.invoice, first?.invoice)
    assert.equal(world.lightning.made.size, 1)
  })

  promise('with the key but another body is refused', async (world) => {
    await Promise.all([world.engine.requestSinglePayment(order, key), world.clock.settle()])
    await assert.rejects(world.engine.requestSinglePayment(order, { ...key, fingerprint: 'g' }), {
      code: 'idempotency_mismatch',
    })
  })

  promise('with one request_id is refused for the same user', async (world) => {
    await world.ask({ requestId: 'order-9' })
    await assert.rejects(
      world.engine.requestSinglePayment({ ...order, requestId: 'order-9' }, null),
      {
        code: 'conflict',
        field: 'request_id',
      },
    )
  })
})

describe('handshakes and authentication', () => {
  const scan = (token: string) => ({
    token,
    clientInfo: { name: 'wallet', version: '1' },
    preferredRelays: [],
  })

  promise('a handshake is told once, or times out', async (world) => {
    const order = { staticToken: null, noRequest: false }
    const used = await world.engine.startHandshake(order, null)
    await world.messenger.handshake(USER, scan(used.token))
    await world.messenger.handshake(testKey(203), scan(used.token))
    assert.equal((await world.data(used.streamId)).length, 1)
    const unused = await world.engine.startHandshake(order, null)
    await world.clock.advance(301 * S)
    assert.deepEqual(await world.told(unused.streamId), ['timeout'])
  })

  promise('a static token is one stream, one event per scan, until it is closed', async (world) => {
    const order = { staticToken: 'till-4', noRequest: false }
    const first = await world.engine.startHandshake(order, null)
    assert.equal((await world.engine.startHandshake(order, null)).streamId, first.streamId)
    await world.messenger.handshake(USER, scan('till-4'))
    await world.messenger.handshake(testKey(203), scan('till-4'))
    await world.engine.closeHandshake(first.streamId)
    await world.messenger.handshake(testKey(204), scan('till-4'))
    assert.equal((await world.data(first.streamId)).length, 3)
    assert.notEqual((await world.engine.startHandshake(order, null)).streamId, first.streamId)
  })

  promise('a challenge is answered once, by the key that was asked', async (world) => {
    const { challenge, streamId } = await world.engine.authenticate(
      { mainKey: USER, subkeys: [] },
      null,
    )
    const declined = {
      challenge,
      status: { status: 'declined', reason: 'not me' },
      subkeyProof: null,
    } as const
    await world.messenger.authenticate(testKey(203), declined)
    assert.deepEqual(await world.told(streamId), [])
    await world.messenger.authenticate(USER, declined)
    await world.messenger.authenticate(USER, declined)
    assert.deepEqual(await world.told(streamId), ['declined'])
  })

  promise('an unanswered challenge times out', async (world) => {
    const { streamId } = await world.engine.authenticate({ mainKey: USER, subkeys: [] }, null)
    await world.clock.advance(305 * S)
    assert.deepEqual(await world.told(streamId), ['timeout'])
  })
})
