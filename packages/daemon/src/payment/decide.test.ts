import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parsePaymentHash, parsePreimage } from 'portal-protocol'
import { decide, type Fact, hasEnded } from './decide.ts'
import { nextTask } from './next-task.ts'
import { CAPTURE_BEFORE_MS, EXPIRES_AT_MS, inState, NOW_MS, STATES } from './payment.fixtures.ts'
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
  clock_set_back: { type: 'clock_set_back' },
  user_approved: { type: 'user_approved' },
  user_rejected: { type: 'user_rejected', reason: 'not now' },
  user_failed: { type: 'user_failed', reason: 'no route' },
  user_claimed: { type: 'user_claimed' },
  invoice_settled: { type: 'invoice_settled', preimage },
  invoice_unpaid: { type: 'invoice_unpaid', cancelled: false },
  invoice_dead: { type: 'invoice_unpaid', cancelled: true },
  invoice_held: { type: 'invoice_held', captureBefore: CAPTURE_BEFORE_MS / 1000 },
  deadline_passed: { type: 'deadline_passed' },
  capture_passed: { type: 'deadline_passed' },
  cancelled: { type: 'merchant_cancelled', invoiceCancelled: true },
  internal_error: { type: 'internal_error', reason: 'broken' },
}

// The facts of time come at these moments, all others at NOW_MS.
const DEADLINES: Record<string, number> = {
  deadline_passed: EXPIRES_AT_MS,
  capture_passed: CAPTURE_BEFORE_MS,
}

// The state table: what each fact makes of each state. `.` changes nothing at all, `~` changes only the
// record, a word is the new state, and after `/` stands what the merchant is told.
const TABLE = `
                 requested     invoiced                asked                   answered              held          closing         paid  unpaid
invoice_created  invoiced      .                       .                       .                     .             .               .     .
invoice_refused  unpaid/error  .                       .                       .                     .             .               .     .
task_failed      ~             ~                       ~                       ~                     ~             ~               ~     ~
request_sent     ~             asked                   ~                       ~                     ~             ~               ~     ~
user_reachable   .             .                       ~                       .                     .             .               .     .
clock_set_back   .             .                       ~                       ~                     ~             ~               .     .
user_approved    .             answered/user_approved  answered/user_approved  ~/user_approved       .             .               .     .
user_rejected    .             unpaid/user_rejected    unpaid/user_rejected    unpaid/user_rejected  .             .               .     .
user_failed      .             answered/user_failed    answered/user_failed    ~/user_failed         .             .               .     .
user_claimed     .             answered/user_approved  answered/user_approved  ~/user_approved       .             .               .     .
invoice_settled  .             paid/paid               paid/paid               paid/paid             paid/paid     paid/paid       .     ~/paid
invoice_unpaid   .             .                       .                       .                     ~             unpaid/timeout  .     ~
invoice_dead     .             .                       .                       .                     unpaid/error  unpaid/timeout  .     ~
invoice_held     .             held/held               held/held               held/held             ~             held/held       .     ~
deadline_passed  unpaid/error  closing                 closing                 closing               .             .               .     .
capture_passed   unpaid/error  closing                 closing                 closing               closing       .               .     .
cancelled        unpaid/error  unpaid/error            unpaid/error            unpaid/error          unpaid/error  unpaid/error    .     .
internal_error   unpaid/error  unpaid/error            unpaid/error            unpaid/error          unpaid/error  unpaid/error    .     .
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
        const before = name === 'invoice_held' ? manual(inState(state)) : inState(state)
        const atMs = DEADLINES[name] ?? NOW_MS
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

  it('notes what was done about late money, once it is there, and keeps the first time', () => {
    const unpaid = inState('unpaid')
    const resolved = (note: string): Fact => ({ type: 'late_resolved', note })
    assert.equal(decide(unpaid, resolved('refunded'), NOW_MS).payment, unpaid)
    const late = decide(unpaid, { type: 'invoice_settled', preimage }, NOW_MS).payment
    const first = decide(late, resolved('refunded'), NOW_MS + 1)
    assert.deepEqual(first.events, [])
    assert.deepEqual(first.payment, { ...late, lateResolvedAtMs: NOW_MS + 1, lateNote: 'refunded' })
    assert.equal(decide(first.payment, resolved('refunded'), NOW_MS + 2).payment, first.payment)
    const second = decide(first.payment, resolved('shipped'), NOW_MS + 2).payment
    assert.deepEqual(second, { ...first.payment, lateNote: 'shipped' })
  })

  it('holds only what is to be captured by hand', () => {
    const held = { type: 'invoice_held', captureBefore: CAPTURE_BEFORE_MS / 1000 } as const
    for (const state of STATES) {
      const before: Payment = { ...inState(state), capture: 'automatic' }
      assert.equal(decide(before, held, NOW_MS).payment, before)
    }
  })

  it('lets the user go when the merchant did not capture in time', () => {
    const held = inState('held')
    const past = decide(held, { type: 'deadline_passed' }, CAPTURE_BEFORE_MS).payment
    assert.equal(nextTask(past)?.task.type, 'close')
    const { payment } = decide(past, { type: 'invoice_unpaid', cancelled: true }, CAPTURE_BEFORE_MS)
    assert.deepEqual([payment.status, payment.code], ['error', 'capture_expired'])
  })

  it('never waits longer with a hold than the merchant was told', () => {
    let payment = inState('held')
    for (const [shiftS, expectedS] of [
      [600, 0],
      [-900, -900],
      [0, -900],
    ] as const) {
      const captureBefore = CAPTURE_BEFORE_MS / 1000 + shiftS
      payment = decide(payment, { type: 'invoice_held', captureBefore }, NOW_MS).payment
      assert.equal(payment.captureBefore, CAPTURE_BEFORE_MS / 1000 + expectedS)
    }
  })

  it('gives back what is held after the end', () => {
    const ended: Payment = { ...inState('unpaid'), capture: 'manual', invoiceState: 'watched' }
    const captureBefore = CAPTURE_BEFORE_MS / 1000
    const { payment, events } = decide(ended, { type: 'invoice_held', captureBefore }, NOW_MS)
    assert.deepEqual(events, [])
    assert.deepEqual(nextTask(payment), { task: { type: 'cancel_invoice' }, atMs: NOW_MS })
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
  const start = fc.record({
    state: fc.constantFrom(...STATES.slice(0, 2)),
    own: fc.boolean(),
    capture: fc.constantFrom<Payment['capture']>('automatic', 'manual'),
  })

  it('ends at most once, tells money at most once after that, and never un-ends', () => {
    fc.assert(
      fc.property(start, history, ({ state, own, capture }, facts) => {
        const events: PaymentEvent[] = []
        let payment: Payment = {
          ...inState(state),
          capture,
          ownInvoice: own || state === 'requested',
        }
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
          (event) => !['user_approved', 'user_failed', 'held'].includes(event.status),
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
      fc.property(start, history, ({ state, own, capture }, facts) => {
        let payment: Payment = {
          ...inState(state),
          capture,
          ownInvoice: own || state === 'requested',
        }
        for (const [fact] of facts) payment = decide(payment, fact, NOW_MS).payment
        if (!hasEnded(payment)) assert.notEqual(nextTask(payment), null)
      }),
    )
  })

  it('says paid only on the fact that the money is here', () => {
    const words = Object.values(FACTS).filter((fact) => fact.type !== 'invoice_settled')
    fc.assert(
      fc.property(start, fc.array(fc.constantFrom(...words), { maxLength: 40 }), (begin, facts) => {
        let payment: Payment = { ...inState(begin.state), capture: begin.capture }
        for (const fact of facts) {
          const { events, payment: next } = decide(payment, fact, EXPIRES_AT_MS)
          assert(events.every((event) => event.status !== 'paid'))
          payment = next
        }
      }),
    )
  })
})

function manual(payment: Payment): Payment {
  return { ...payment, capture: 'manual' }
}

function cell(
  before: Payment,
  after: { payment: Payment; events: readonly PaymentEvent[] },
): string {
  if (after.payment === before) return '.'
  const state = after.payment.state === before.state ? '~' : after.payment.state
  return [state, ...after.events.map((event) => event.status)].join('/')
}
