// A PostgreSQL that goes away, comes back, changes or says no.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Store, StoreError } from '../../packages/daemon/src/engine/ports.ts'
import type { Payment } from '../../packages/daemon/src/payment/payment.ts'
import { failure, paid, samplePayment } from '../../packages/daemon/src/store/sample-subjects.ts'
import { eventually } from '../../packages/daemon/src/testing/eventually.ts'
import { openStoreOn } from './open-store.ts'
import { type Postgres, startPostgres } from './server.ts'

describe('a store whose PostgreSQL', () => {
  let postgres: Postgres

  before(async () => {
    postgres = await startPostgres()
  })
  after(() => postgres.close())

  it('crashes and starts again keeps what it acknowledged, and recovers by itself', async () => {
    const store = await openStoreOn(await postgres.createDatabase())
    const writers = startWriters(store, 8)
    await writers.acknowledged(40)
    await postgres.stop('immediate')
    await eventually(store.ping, (works) => !works)
    await assert.rejects(store.setValue('name', 'value'), { name: 'StoreError', code: 'io' })
    await assert.rejects(store.value('name'), { name: 'StoreError', code: 'io' })
    await postgres.start()
    await eventually(store.ping, (works) => works)
    await writers.acknowledged(80)
    await verify(store, await writers.stop())
    await store.close()
  })

  it('cuts its connections again and again loses nothing', async () => {
    const store = await openStoreOn(await postgres.createDatabase())
    const writers = startWriters(store, 8)
    for (let round = 1; round <= 8; round++) {
      await writers.acknowledged(round * 10)
      await postgres.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'portal'`)
    }
    await writers.acknowledged(100)
    await verify(store, await writers.stop())
    await store.close()
  })

  it('has its tables changed by a newer daemon works on', async () => {
    const url = await postgres.createDatabase()
    const store = await openStoreOn(url)
    const writers = startWriters(store, 4)
    await writers.acknowledged(10)
    const database = new URL(url).pathname.slice(1)
    await postgres.query('alter table payments add column of_tomorrow text', database)
    const payment = await created(store)
    assert.equal(await store.commit(failure(payment, 'r')), 'committed')
    assert.deepEqual((await store.payment(payment.id))?.status, 'user_failed')
    await writers.acknowledged(30)
    const { acknowledged, refused } = await writers.stop()
    await verify(store, { acknowledged, refused })
    assert.equal(refused.length, 0)
    await store.close()
  })

  it('is not there, or not as it must be, is refused with a remedy and no secret', async () => {
    const named = (url: string) => url.replace('portal@', 'portal:top-secret@')
    const refused = async (url: string, code: StoreError['code'], message: RegExp) => {
      const error = await openStoreOn(url).catch((error: unknown) => error)
      assert.ok(error instanceof StoreError, String(error))
      assert.equal(error.code, code)
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /top-secret/)
    }
    await refused(
      'postgres://portal:top-secret@127.0.0.1:1/portal',
      'io',
      /is the database running/,
    )
    await refused(named(postgres.url('nowhere')), 'io', /create the database/)
    const here = await postgres.createDatabase()
    await refused(`${here}?sslmode=require`, 'io', /does not support SSL/)
    const standby = await postgres.standby()
    await refused(standby.url('portal_1'), 'read_only', /name the primary/)
    await standby.close()
  })

  it('may lose what it acknowledged is refused', async () => {
    const careless = await startPostgres(['fsync = off'])
    const opening = openStoreOn(await careless.createDatabase())
    await assert.rejects(opening, { message: /fsync = off: .* set it on/ })
    await careless.close()
  })

  it('is far away is asked in few round trips', async () => {
    let trips = 0
    const count = (of: 'write' | 'read') => {
      if (of === 'write') trips += 1
    }
    const store = await openStoreOn(await postgres.createDatabase(), count)
    const one = await created(store)
    trips = 0
    await store.commit(failure(one, 'r'))
    assert.ok(trips <= 3, `one commit alone took ${trips} round trips`)
    const many = await Promise.all(Array.from({ length: 100 }, () => created(store)))
    trips = 0
    await Promise.all(many.map((payment) => store.commit(paid(payment))))
    assert.ok(trips <= 12, `a hundred commits at once took ${trips} round trips`)
    await store.close()
  })
})

async function created(store: Store): Promise<Payment> {
  const payment = samplePayment()
  await store.createPayment(payment, null, null)
  return payment
}

type Outcome = {
  readonly acknowledged: readonly Payment[]
  /** Perhaps written, perhaps not. */
  readonly refused: readonly Payment[]
}

/** Makes payments and has each end, as fast as the store lets it. */
function startWriters(store: Store, count: number) {
  const acknowledged: Payment[] = []
  const refused: Payment[] = []
  let stopped = false
  const writers = Array.from({ length: count }, async () => {
    while (!stopped) {
      const payment = samplePayment()
      try {
        await store.createPayment(payment, null, null)
        assert.equal(await store.commit(paid(payment)), 'committed')
        acknowledged.push(payment)
      } catch (error) {
        assert.ok(error instanceof StoreError, String(error))
        refused.push(payment)
        await pause(10)
      }
    }
  })
  return {
    acknowledged: (many: number) =>
      eventually(
        () => acknowledged.length,
        (length) => length >= many,
      ),
    async stop(): Promise<Outcome> {
      stopped = true
      await Promise.all(writers)
      return { acknowledged, refused }
    },
  }
}

async function verify(store: Store, { acknowledged, refused }: Outcome): Promise<void> {
  for (const { id, streamId } of acknowledged) {
    assert.equal((await store.payment(id))?.status, 'paid')
    assert.equal((await store.events(streamId, 0, 10)).length, 1)
  }
  for (const { id, streamId } of refused) {
    const events = await store.events(streamId, 0, 10)
    assert.equal(events.length, (await store.payment(id))?.status === 'paid' ? 1 : 0)
  }
}
