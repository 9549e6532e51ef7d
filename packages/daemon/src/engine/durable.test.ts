// What waits for the disk: whatever anybody outside is told, and nothing else.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Msat } from 'portal-protocol'
import type { Payment } from '../payment/payment.ts'
import { ORDER, openWorld, USER, type World } from '../testing/world.ts'

describe('what is safe from a power cut', () => {
  it('is a payment from its invoice on; that its user was asked may be forgotten', async (t) => {
    const { world, written } = await watched(t)
    const payment = await world.ask()
    assert.deepEqual(written, ['created with_next', 'committed at_once', 'committed with_next'])
    await world.messenger.answer(USER, payment.requestId, { type: 'approved' })
    await world.lightning.settle(payment.paymentHash)
    assert.deepEqual(written.slice(3), ['committed at_once', 'committed at_once'])
  })

  it("is a payment with somebody's invoice from the start: its user is asked at once", async (t) => {
    const { world, written } = await watched(t)
    const { invoice } = await world.lightning.createInvoice(
      {
        paymentId: 'elsewhere' as Payment['id'],
        amountMsat: 10_000n as Msat,
        description: '',
        expiresAt: world.clock.nowMs() / 1_000 + 600,
        hold: false,
      },
      1_000,
    )
    const { node } = world.lightning
    // Another node's: that the user was asked will decide whether they may have paid.
    if (node !== null) world.lightning.node = { ...node, publicKey: '02'.padEnd(66, 'a') }
    await world.engine.requestInvoicePayment({ ...ORDER, invoice, expiresAt: null }, null)
    await world.clock.settle()
    assert.deepEqual(written, ['created at_once', 'committed at_once'])
  })

  it('is a payment without an invoice yet before its caller is answered, the first time and again', async (t) => {
    const { world, written } = await watched(t)
    world.lightning.hanging = true
    for (const made of ['created', 'repeated']) {
      written.length = 0
      const asked = world.engine.requestSinglePayment(ORDER, { key: 'k', fingerprint: 'f' })
      const answered = asked.then(() => written.push('answered'))
      await world.clock.advance(10_500)
      await answered
      assert.deepEqual(written, [`${made} with_next`, 'flushed', 'answered'])
    }
  })

  it('is a payment before another is refused because of it', async (t) => {
    const { world, written } = await watched(t)
    world.lightning.hanging = true
    const order = { ...ORDER, requestId: 'order-1' }
    void world.engine.requestSinglePayment(order, null)
    await world.clock.settle()
    await assert.rejects(world.engine.requestSinglePayment(order, null), { code: 'conflict' })
    assert.deepEqual(written, ['created with_next', 'request_id_used with_next', 'flushed'])
  })
})

/** A world, and what is written in it, each when it is there. */
async function watched(t: TestContext): Promise<{ world: World; written: string[] }> {
  const world = await openWorld()
  t.after(async () => {
    const closed = world.close()
    // Nor does the stop wait for a node that hangs.
    await world.clock.advance(5_000)
    await closed
  })
  const { store } = world
  const { createPayment, commit, flush } = store
  const written: string[] = []
  store.createPayment = async (payment, key, wakeAtMs, durable = 'at_once') => {
    const created = await createPayment(payment, key, wakeAtMs, durable)
    written.push(`${created.result} ${durable}`)
    return created
  }
  store.commit = async (change) => {
    const result = await commit(change)
    written.push(`committed ${change.durable ?? 'at_once'}`)
    return result
  }
  store.flush = async () => {
    await flush()
    written.push('flushed')
  }
  return { world, written }
}
