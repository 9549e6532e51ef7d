import assert from 'node:assert/strict'
import { describe } from 'node:test'
import fc from 'fast-check'
import type { PaymentFilter, Store } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import type { Payment } from '../payment/payment.ts'
import { type OpenStore, promiseOf } from './contract-test.ts'
import { key, samplePayment } from './sample-subjects.ts'

export function exerciseList(open: OpenStore): void {
  const promise = promiseOf(open)
  describe('the list of payments', () => {
    promise('shows what a slow and obvious filter would, page by page', async (store) => {
      const payments: Payment[] = []
      for (const facets of fc.sample(anyFacets, { numRuns: 60, seed: 1 })) {
        const payment = samplePayment(facets)
        const { result } = await store.createPayment(payment, null, null)
        if (result === 'created') payments.push(payment)
      }
      await fc.assert(
        fc.asyncProperty(anyFilter, fc.integer({ min: 1, max: 7 }), async (filter, limit) => {
          const expected = payments.filter((payment) => matches(filter, payment)).sort(newestFirst)
          assert.deepEqual(await readAll(store, filter, limit), expected)
        }),
        { numRuns: 200 },
      )
    })

    promise('neither repeats nor hides one when others are made meanwhile', async (store) => {
      const payments = [1, 2, 3, 4, 5].map(() => samplePayment())
      for (const payment of payments) await store.createPayment(payment, null, null)
      const first = await store.listPayments({}, null, 2)
      await store.createPayment(samplePayment(), null, null)
      const second = await store.listPayments({}, first.next, 10)
      assert.deepEqual([...first.payments, ...second.payments], payments.toReversed())
      assert.equal(second.next, null)
    })

    promise('has no next page after a full last one', async (store) => {
      await store.createPayment(samplePayment(), null, null)
      assert.equal((await store.listPayments({}, null, 1)).next, null)
    })

    promise('makes cursors that need no escaping in a URL', async (store) => {
      for (let i = 0; i < 3; i++) await store.createPayment(samplePayment(), null, null)
      const { next } = await store.listPayments({}, null, 1)
      assert.match(next ?? '', /^[\w-]+$/)
    })

    promise('refuses a cursor it did not make', async (store) => {
      for (const cursor of ['', 'x', 'MTIz', Buffer.from('-5 id').toString('base64url')]) {
        await assert.rejects(
          store.listPayments({}, cursor, 10),
          (error) =>
            error instanceof Refusal &&
            error.code === 'invalid_request' &&
            error.field === 'cursor',
        )
      }
    })
  })
}

async function readAll(store: Store, filter: PaymentFilter, limit: number): Promise<Payment[]> {
  const all: Payment[] = []
  let before: string | null = null
  do {
    const page: Awaited<ReturnType<Store['listPayments']>> = await store.listPayments(
      filter,
      before,
      limit,
    )
    assert.ok(page.payments.length <= limit)
    all.push(...page.payments)
    before = page.next
  } while (before !== null)
  return all
}

function matches(filter: PaymentFilter, p: Payment): boolean {
  const { createdAfterMs: after, createdBeforeMs: before } = filter
  return (
    (filter.status === undefined || filter.status === p.status) &&
    (filter.mainKey === undefined || filter.mainKey === p.mainKey) &&
    (filter.subscriptionId === undefined || filter.subscriptionId === p.subscriptionId) &&
    (filter.requestId === undefined || filter.requestId === p.requestId) &&
    (filter.late === undefined || filter.late === p.late) &&
    (filter.lateResolved === undefined || filter.lateResolved === (p.lateResolvedAtMs !== null)) &&
    (after === undefined || p.createdAtMs >= after) &&
    (before === undefined || p.createdAtMs < before)
  )
}

function newestFirst(a: Payment, b: Payment): number {
  return b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1)
}

// Few of each, so that they meet; several payments share each millisecond.
const facets = {
  status: fc.constantFrom('pending', 'paid', 'timeout'),
  mainKey: fc.integer({ min: 1, max: 3 }).map(key),
  requestId: fc.integer({ min: 1, max: 30 }).map((n) => `order ${n}`),
  late: fc.boolean(),
} as const
const subscriptionId = fc.constantFrom('weekly', 'monthly')
const atMs = fc.integer({ min: 0, max: 15 })

const anyFacets = fc.record({
  ...facets,
  subscriptionId: fc.option(subscriptionId, { nil: null }),
  createdAtMs: atMs,
  lateResolvedAtMs: fc.option(atMs, { nil: null }),
})

const anyFilter = fc.record(
  {
    ...facets,
    lateResolved: fc.boolean(),
    subscriptionId,
    createdAfterMs: atMs,
    createdBeforeMs: atMs,
  },
  { requiredKeys: [] },
)
