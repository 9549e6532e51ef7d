import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parsePaymentHash, parsePreimage } from 'portal-protocol'
import { decide, type Fact, hasEnded } from './decide.ts'
import { nextTask } from './next-task.ts'
import { EXPIRES_AT_MS, inState, NOW_MS, STATES } from './payment.fixtures.ts'
import type { Payment, PaymentEvent, PaymentState } from './payment.ts'

const preimage = parsePreimage('11'.repeat(32)) ?? null
const paymentHash = parsePaymentHash('22'.repeat(32))
assert(preimage !== null && paymentHash !== undefined)

const FACTS: Record<string, Fact> = {
  invoice_created: { type: 'invoice_created', invoice: 'lnbcrt1', paymentHash },
  invoice_refused: { type: 'invoice_refused', reason: 'no' },
  task_failed: { type: 'task_failed', retryAfterMs: null },
  request_sent: { type: 'request_sent', relays: [{ url: 'wss://r', error: null }] },
  user_reachable: { type: 'user_reachable' },
  user_approved: { type: 'user_approved' },
  user_rejected: { type: 'user_rejected', reason: 'not now' },
  user_failed: { type: 'user_failed', reason: 'no route' },
  user_claimed: { type: 'user_claimed' },
  invoice_settled: { type: 'invoice_settled', preimage },
  invoice_unpaid: { type: 'invoice_unpaid', cancelled: false },
  invoice_dead: { type: 'invoice_unpaid', cancelled: true },
  deadline_passed: { type: 'deadline_passed' },
  cancelled: { type: 'merchant_cancelled', invoiceCancelled: true },
  internal_error: { type: 'internal_error', reason: 'broken' },
}

// The state table: what each fact makes of each state. `.` changes nothing at all, `~` changes only the
// record, a word is the new state, and after `/` stands what the merchant is told.
const TABLE = `
                 requested      invoiced                asked                   answered              closing               paid unpaid
invoice_created  invoiced       .                       .                       .                     .                     .    .
invoice_refused  unpaid/error   .                       .                       .                     .                     .    .
task_failed      ~              ~                       ~                       ~                     ~                     ~    ~
request_sent     ~              asked                   ~                       ~                     ~                     ~    ~
user_reachable   .              .                       ~                       .                     .                     .    .
user_approved    .              answered/user_approved  answered/user_approved  ~/user_approved       .                     .    .
user_rejected    .              unpaid/user_rejected    unpaid/user_rejected    unpaid/user_rejected  .                     .    .
user_failed      .              answered/user_failed    answered/user_failed    ~/user_failed         .                     .    .
user_claimed     .              answered/user_approved  answered/user_approved  ~/user_approved       .                     .    .
invoice_settled  .              paid/paid               paid/paid               paid/paid             paid/paid             .    ~/paid
invoice_unpaid   .              .                       .                       .                     unpaid/timeout        .    ~
invoice_dead     .              .                       .                       .                     unpaid/timeout        .    ~
deadline_passed  unpaid/error   closing                 closing                 closing               .                     .    .
cancelled        unpaid/error   unpaid/error            unpaid/error            unpaid/error          unpaid/error          .    .
internal_error   unpaid/error   unpaid/error            unpaid/error            unpaid/error          unpaid/error          .    .
`

describe('the payment machine', () => {
  const [head = '', ...rows] = TABLE.trim().split('\n')
  const states = head.trim().split(/\s+/) as PaymentState[]
  assert.deepEqual(states, STATES)
  assert.deepEqual(
    rows.map((row) => row.split(/\s+/)[0]),
    Object.keys(FACTS),
  )
  for (const row of rows) {
    const [name = '', ...cells] = row.trim().split(/\s+/)
    it(`${name}: does in each state what the table says`, () => {
      const fact = FACTS[name]
      assert(fact !== undefined)
      const found = states.map((state) => {
        const before = inState(state)
        const atMs = name === 'deadline_passed' ? EXPIRES_AT_MS : NOW_MS
        return cell(before, decide(before, fact, atMs))
      })
      assert.deepEqual(found, cells)
    })
  }

  it('ends a request for someone else’s invoice at the deadline without asking our node', () => {
    const asked = { ...inState('asked'), kind: 'invoice' as const, ownInvoice: false }
    const { payment, events } = decide(asked, { type: 'deadline_passed' }, EXPIRES_AT_MS)
    assert.equal(payment.state, 'unpaid')
    assert.deepEqual(events[0]?.status, 'timeout')
    assert.equal(payment.code, 'unproven')
  })

  it('says no_relay only when no relay took the request and nobody answered', () => {
    const refused = { url: 'wss://r', acceptedAtMs: null, error: 'blocked' }
    const code = (payment: Payment) =>
      decide(payment, { type: 'invoice_unpaid', cancelled: true }, EXPIRES_AT_MS).payment.code
    const closing = inState('closing')
    assert.equal(code({ ...closing, delivery: [refused], answeredAtMs: null }), 'no_relay')
    assert.equal(code({ ...closing, delivery: [refused], answeredAtMs: NOW_MS }), 'unpaid')
    assert.equal(code({ ...closing, answeredAtMs: null }), 'unanswered')
  })

  it('tells at most three failures, and only those that differ from the one before', () => {
    const told: PaymentEvent[] = []
    let payment = inState('asked')
    for (const reason of ['a', 'a', 'b', 'b', 'a', 'c', 'd']) {
      const next = decide(payment, { type: 'user_failed', reason }, NOW_MS)
      told.push(...next.events)
      payment = next.payment
    }
    assert.deepEqual(
      told.map((event) => (event.status === 'user_failed' ? event.reason : event.status)),
      ['a', 'b', 'a'],
    )
  })

  it('is not in a hurry: a clock that fires early changes nothing', () => {
    const asked = inState('asked')
    assert.equal(decide(asked, { type: 'deadline_passed' }, EXPIRES_AT_MS - 1).payment, asked)
  })

  it('asks a proven subkey at once, and keeps at most eight', () => {
    let payment = inState('asked')
    for (let i = 0; i < 12; i++) {
      const key = `${i}`.padStart(64, '0') as Payment['mainKey']
      payment = decide(payment, { type: 'key_proven', key }, NOW_MS).payment
    }
    assert.equal(payment.subkeys.length, 8)
    assert.equal(nextTask(payment)?.atMs, NOW_MS)
  })
})

describe('any history of facts', () => {
  const anyFact = fc.constantFrom(...Object.values(FACTS))
  const history = fc.array(fc.tuple(anyFact, fc.integer({ min: 0, max: 400_000 })), {
    maxLength: 40,
  })
  const start = fc.record({ state: fc.constantFrom(...STATES.slice(0, 2)), own: fc.boolean() })

  it('ends at most once, tells money at most once after that, and never un-ends', () => {
    fc.assert(
      fc.property(start, history, ({ state, own }, facts) => {
        const events: PaymentEvent[] = []
        let payment: Payment = { ...inState(state), ownInvoice: own || state === 'requested' }
        let atMs = NOW_MS
        for (const [fact, passedMs] of facts) {
          const before = payment
          atMs += passedMs
          const next = decide(before, fact, atMs)
          if (hasEnded(before)) assert(hasEnded(next.payment))
          assert.equal(next.payment.eventCount, before.eventCount + next.events.length)
          events.push(...next.events)
          payment = next.payment
        }
        const ends = events.filter(
          (event) => !['user_approved', 'user_failed'].includes(event.status),
        )
        const late = ends.filter((event) => event.status === 'paid' && event.late === true)
        assert(ends.length - late.length <= 1)
        assert(late.length <= 1)
        assert.equal(events.filter((event) => event.status === 'user_approved').length <= 1, true)
        if (late.length === 1) assert.equal(ends[ends.length - 1], late[0])
        assert.equal(hasEnded(payment), ends.length > 0)
      }),
    )
  })

  it('always leaves something to do until it has ended', () => {
    fc.assert(
      fc.property(start, history, ({ state, own }, facts) => {
        let payment: Payment = { ...inState(state), ownInvoice: own || state === 'requested' }
        for (const [fact] of facts) payment = decide(payment, fact, NOW_MS).payment
        if (!hasEnded(payment)) assert.notEqual(nextTask(payment), null)
      }),
    )
  })

  it('says paid only on the fact that the money is here', () => {
    const words = Object.values(FACTS).filter((fact) => fact.type !== 'invoice_settled')
    fc.assert(
      fc.property(start, fc.array(fc.constantFrom(...words), { maxLength: 40 }), (begin, facts) => {
        let payment = inState(begin.state)
        for (const fact of facts) {
          const { events, payment: next } = decide(payment, fact, EXPIRES_AT_MS)
          assert(events.every((event) => event.status !== 'paid'))
          payment = next
        }
      }),
    )
  })
})

function cell(
  before: Payment,
  after: { payment: Payment; events: readonly PaymentEvent[] },
): string {
  if (after.payment === before) return '.'
  const state = after.payment.state === before.state ? '~' : after.payment.state
  return [state, ...after.events.map((event) => event.status)].join('/')
}
