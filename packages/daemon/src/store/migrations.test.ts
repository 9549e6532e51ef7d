import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { Kysely } from 'kysely'
import { migrate, STEPS, type Step } from './migrations.ts'
import { paymentOf } from './payment-row.ts'
import { NOW_MS } from './sample-subjects.ts'
import type { Database, PaymentRow } from './schema.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

describe('migrations', () => {
  it('run once each, in order, however often the store is opened', async () => {
    const { db, done } = setUp()
    const ran: string[] = []
    const steps = ['a', 'b'].map((name): Step => ({ name, up: async () => void ran.push(name) }))
    await migrate(db, 'sqlite', 1, steps)
    await migrate(db, 'sqlite', 2, steps)
    const third: Step = { name: 'c', up: async () => void ran.push('c') }
    await migrate(db, 'sqlite', 3, [...steps, third])
    assert.deepEqual(ran, ['a', 'b', 'c'])
    assert.deepEqual(await done(), ['a', 'b', 'c'])
  })

  it('leave nothing behind when one of them fails', async () => {
    const { db, database, done } = setUp()
    const make: Step = {
      name: 'make',
      up: (tx) => tx.schema.createTable('made').addColumn('id', 'text').execute(),
    }
    const fail: Step = { name: 'fail', up: async () => assert.fail('as it must') }
    await assert.rejects(migrate(db, 'sqlite', 1, [make, fail]), { message: 'as it must' })
    assert.deepEqual(await done(), [])
    assert.equal(
      database.prepare(`select 1 from sqlite_schema where name = 'made'`).get(),
      undefined,
    )
  })

  it('leave alone the steps of a newer version', async () => {
    const { db, done } = setUp()
    const newer: Step = { name: '9999-newer', up: async () => {} }
    await migrate(db, 'sqlite', 1, [...STEPS, newer])
    await migrate(db, 'sqlite', 2)
    assert.deepEqual(
      await done(),
      [...STEPS, newer].map(({ name }) => name),
    )
  })

  it('keep the rows of the first version readable', async () => {
    const { db, database } = setUp()
    await migrate(db, 'sqlite', 1, STEPS.slice(0, 1))
    database.exec(`insert into streams values ('s', 'payment', 'p', 'r', 1)`)
    const columns = Object.keys(FIRST_PAYMENT)
    const places = columns.map(() => '?').join()
    database
      .prepare(`insert into payments (${columns.join()}) values (${places})`)
      .run(...Object.values(FIRST_PAYMENT))
    await migrate(db, 'sqlite', 2)
    const row = await db.selectFrom('payments').selectAll().executeTakeFirstOrThrow()
    assert.equal(row.late_note, null)
    const payment = paymentOf(row)
    assert.deepEqual([payment.capture, payment.captureBefore], ['automatic', null])
    assert.equal(payment.amountMsat, 10_000n)
    assert.equal(payment.status, 'timeout')
    assert.deepEqual(payment.metadata, { order: 5 })
    assert.deepEqual(payment.delivery, [{ url: 'wss://r', acceptedAtMs: 5, error: null }])
  })
})

// As version 1 wrote it; never edited.
const FIRST_PAYMENT: Omit<
  PaymentRow,
  'late_resolved_at_ms' | 'late_note' | 'capture' | 'capture_before'
> = {
  id: 'p',
  stream_id: 's',
  version: 3,
  kind: 'single',
  request_id: 'r',
  main_key: 'aa'.repeat(32),
  subkeys: `["${'bb'.repeat(32)}"]`,
  amount_msat: 10_000,
  description: 'Premium',
  subscription_id: null,
  auth_token: null,
  metadata: '{"order":5}',
  expires_at: NOW_MS / 1000,
  created_at_ms: NOW_MS,
  state: 'unpaid',
  status: 'timeout',
  code: 'unanswered',
  reason: 'the wallet did not answer in time',
  invoice: 'lnbcrt1',
  payment_hash: 'cc'.repeat(32),
  own_invoice: 1,
  invoice_state: 'watched',
  preimage: null,
  late: 0,
  delivery: '[{"url":"wss://r","acceptedAtMs":5,"error":null}]',
  first_sent_at_ms: 5,
  last_sent_at_ms: 6,
  answered_at_ms: null,
  approved: 0,
  failures: 0,
  claimed: 0,
  attempts: 0,
  task_at_ms: 7,
  event_count: 1,
  ended_at_ms: 8,
  paid_at_ms: null,
  wake_at_ms: null,
}

function setUp() {
  const database = new DatabaseSync(':memory:')
  const db = new Kysely<Database>({ dialect: sqliteDialect(database) })
  const done = async () => {
    const rows = await db.selectFrom('migrations').select('name').orderBy('name').execute()
    return rows.map(({ name }) => name)
  }
  return { database, db, done }
}
