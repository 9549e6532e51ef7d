import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { parsePaymentHash } from 'portal-protocol'
import { inState, NOW_MS } from '../payment/payment.fixtures.ts'
import type { Payment } from '../payment/payment.ts'
import { sqliteStoreOn } from '../store/sqlite-store.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createAudience } from './audience.ts'
import { createFacts, type Facts } from './facts.ts'

const HASH = parsePaymentHash('22'.repeat(32))

test('a fact is decided again where the payment has moved on since its caller saw it', async () => {
  const { facts, seen, current } = await onceInvoiced()
  const after = await facts.payment(seen, { type: 'invoice_settled', preimage: null })
  assert.equal(after?.status, 'paid')
  assert.equal(after?.invoice, 'lnbcrt1')
  assert.deepEqual(await current(), after)
})

test('that nothing follows from a fact is believed of the stored payment only', async () => {
  const { facts, seen, current } = await onceInvoiced()
  // What the caller saw was not yet asked of anyone, and ignores an answer.
  const after = await facts.payment(seen, { type: 'user_approved' })
  assert.equal(after?.status, 'user_approved')
  assert.deepEqual(await current(), after)
})

/** A payment as somebody saw it before it got its invoice. */
async function onceInvoiced(): Promise<{
  facts: Facts
  seen: Payment
  current: () => Promise<Payment | null>
}> {
  const clock = createVirtualClock(NOW_MS)
  const store = await sqliteStoreOn(new DatabaseSync(':memory:'), { clock })
  const facts = createFacts({
    store,
    clock,
    audience: createAudience(clock, { recentMax: 10, openMax: 10, shared: false }),
    changed() {},
    conversationChanged() {},
  })
  const seen = inState('requested')
  await store.createPayment(seen, null, null)
  assert(HASH !== undefined)
  await facts.payment(seen, { type: 'invoice_created', invoice: 'lnbcrt1', paymentHash: HASH })
  return { facts, seen, current: () => store.payment(seen.id) }
}
