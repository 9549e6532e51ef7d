// The log of all streams never skips an event, however its writers stall in mid-commit.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Kysely, PostgresDialect } from 'kysely'
import { type ClientConfig, Pool } from 'pg'
import type { Change, Store } from '../../packages/daemon/src/engine/ports.ts'
import type { LogEvent } from '../../packages/daemon/src/log/stream.ts'
import type { Payment } from '../../packages/daemon/src/payment/payment.ts'
import { commitChange } from '../../packages/daemon/src/store/commit.ts'
import { clientConfig } from '../../packages/daemon/src/store/postgres-session.ts'
import { parsePostgresUrl } from '../../packages/daemon/src/store/postgres-url.ts'
import { createPostgresWriter } from '../../packages/daemon/src/store/postgres-writer.ts'
import { createSessions } from '../../packages/daemon/src/store/query.ts'
import { failure, samplePayment } from '../../packages/daemon/src/store/sample-subjects.ts'
import type { Database } from '../../packages/daemon/src/store/schema.ts'
import { eventually } from '../../packages/daemon/src/testing/eventually.ts'
import { openStoreOn } from './open-store.ts'
import { type Postgres, startPostgres } from './server.ts'

describe('the log of all streams', () => {
  let postgres: Postgres

  before(async () => {
    postgres = await startPostgres()
  })
  after(() => postgres.close())

  it('shows nothing beyond a commit that stalls, and then all of it in order', async () => {
    const url = await postgres.createDatabase()
    const store = await openStoreOn(url)
    const stalling = openStallingWriter(url)
    const [first, second] = [await created(store), await created(store)]
    const [committed, feed]: [LogEvent[], LogEvent[]] = [[], []]
    store.onCommitted((events) => committed.push(...events))
    store.onFeed((events) => feed.push(...events))

    const stalled = stalling.commit(failure(first, 'stalls'))
    await stalled.written
    await store.commit(failure(second, 'goes on'))
    // Readers of the stream are told at once, readers of the log see nothing yet.
    assert.deepEqual(reasons(committed), ['goes on'])
    assert.equal((await store.events(second.streamId, 0, 10)).length, 1)
    assert.deepEqual(await store.feed(0, 10), [])
    assert.equal(await store.logEnd(), 0)
    stalled.goOn()
    await stalled.done
    await eventually(
      () => reasons(feed),
      (told) => told.length === 2,
    )
    assert.deepEqual(reasons(feed), ['stalls', 'goes on'])
    assert.deepEqual(reasons(await store.feed(0, 10)), ['stalls', 'goes on'])
    await stalling.close()
    await store.close()
  })

  it('loses nothing to a writer whose session is ended', async () => {
    const url = await postgres.createDatabase()
    const store = await openStoreOn(url)
    const stalling = openStallingWriter(url)
    const [first, second] = [await created(store), await created(store)]
    const stalled = stalling.commit(failure(first, 'never'))
    await stalled.written
    await store.commit(failure(second, 'goes on'))
    await postgres.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where state = 'idle in transaction'`)
    stalled.goOn()
    await assert.rejects(stalled.done)
    await eventually(
      async () => reasons(await store.feed(0, 10)),
      (told) => told.length > 0,
    )
    assert.deepEqual(reasons(await store.feed(0, 10)), ['goes on'])
    await store.commit(failure(first, 'again'))
    assert.equal((await store.feed(0, 10)).length, 2)
    await stalling.close()
    await store.close()
  })

  it('is held up by a daemon that stalls no longer than its session lasts', async () => {
    const url = await postgres.createDatabase()
    const store = await openStoreOn(url)
    const stalling = openStallingWriter(url, { idle_in_transaction_session_timeout: 300 })
    const [first, second] = [await created(store), await created(store)]
    const stalled = stalling.commit(failure(first, 'never'))
    await stalled.written
    const [taken] = await Promise.all([
      store.commit(failure(first, 'instead')),
      store.commit(failure(second, 'beside')),
    ])
    assert.equal(taken, 'committed')
    assert.deepEqual(reasons(await store.feed(0, 10)).sort(), ['beside', 'instead'])
    stalled.goOn()
    await assert.rejects(stalled.done)
    await stalling.close()
    await store.close()
  })

  it('has the events of a stream in the order of their indexes', async () => {
    const url = await postgres.createDatabase()
    const store = await openStoreOn(url)
    const stalling = openStallingWriter(url)
    const [first, second] = [await created(store), await created(store)]
    // Its transaction is older than the one that writes the event before.
    const next = { ...second, version: 1, eventCount: 1 }
    const stalled = stalling.commit(failure(first, 'older'), () => failure(next, 'two'))
    await stalled.written
    await store.commit(failure(second, 'one'))
    stalled.goOn()
    await assert.rejects(stalled.done, { name: 'Again', why: 'locked' })
    assert.equal(await store.commit(failure(next, 'two')), 'committed')
    assert.deepEqual(reasons(await store.feed(0, 10)), ['one', 'two'])
    await stalling.close()
    await store.close()
  })

  it('is the same to a reader that reads all the time as to one that comes at the end', async () => {
    const url = await postgres.createDatabase()
    const store = await openStoreOn(url)
    const writers = Array.from({ length: 6 }, () => openStallingWriter(url))
    const told: LogEvent[] = []
    store.onFeed((events) => told.push(...events))
    let writing = true
    const seen: LogEvent[] = []
    const reading = (async () => {
      for (;;) {
        const last = !writing
        const page = await store.feed(seen.at(-1)?.position ?? 0, 7)
        seen.push(...page)
        if (last && page.length === 0) return
      }
    })()
    // Two writers for each payment, so that they meet.
    const payments = await Promise.all([1, 2, 3].map(() => created(store)))
    await Promise.all(
      writers.map(async (writer, n) => {
        const payment = payments[n % 3] ?? assert.fail()
        for (let i = 0; i < 15; i++) await insist(store, writer, payment, `${n} ${i}`)
      }),
    )
    writing = false
    await reading
    const all = await store.feed(0, 1_000)
    assert.equal(all.length, 90)
    assert.deepEqual(seen, all)
    await eventually(
      () => told.length,
      (count) => count >= 90,
    )
    assert.deepEqual(told, all)
    for (const { streamId } of payments) {
      const indexes = all.filter(({ stream }) => stream.id === streamId).map(({ index }) => index)
      assert.deepEqual(indexes, [...Array(30).keys()])
    }
    await Promise.all(writers.map((writer) => writer.close()))
    await store.close()
  })

  it('goes on beyond its end on a server whose transaction numbers are behind it', async () => {
    const url = await postgres.createDatabase()
    const store = await openStoreOn(url)
    const payment = await created(store)
    await store.commit(failure(payment, 'before'))
    const far = 2 ** 50
    const database = new URL(url).pathname.slice(1)
    await postgres.query(`update events set position = ${far}`, database)
    await store.close()

    const [a, b] = await Promise.all([openStoreOn(url), openStoreOn(url)])
    const told: LogEvent[] = []
    b.onFeed((events) => told.push(...events))
    assert.deepEqual(reasons(await b.feed(0, 10)), ['before'])
    const next = { ...payment, version: 1, eventCount: 1 }
    assert.equal(await a.commit(failure(next, 'after')), 'committed')
    const other = await created(b)
    await b.commit(failure(other, 'at last'))
    const feed = await b.feed(far - 1, 10)
    assert.deepEqual(reasons(feed), ['before', 'after', 'at last'])
    await eventually(
      () => reasons(told),
      (reasons) => reasons.length > 1,
    )
    assert.deepEqual(reasons(told), ['after', 'at last'])
    assert.ok(feed.every(({ position }) => position >= far && position < far + 2 ** 30))
    await a.close()
    await b.close()
  })
})

async function created(store: Store): Promise<Payment> {
  const payment = samplePayment()
  await store.createPayment(payment, null, null)
  return payment
}

async function insist(
  store: Store,
  writer: ReturnType<typeof openStallingWriter>,
  payment: Payment,
  reason: string,
): Promise<void> {
  for (;;) {
    const now = (await store.payment(payment.id)) ?? assert.fail()
    const stalled = writer.commit(failure(now, reason))
    stalled.written.then(() => setTimeout(stalled.goOn, Math.random() * 8)).catch(() => {})
    // Undefined: another writer was there, and it is tried again.
    if ((await stalled.done.catch(() => undefined)) === 'committed') return
  }
}

function reasons(events: readonly LogEvent[]): unknown[] {
  return events.map(({ data }) => Object(data).reason)
}

/** A writer like a daemon's, whose commits wait for a word before they end. */
function openStallingWriter(url: string, over: ClientConfig = {}) {
  const config = { ...clientConfig(parsePostgresUrl(url)), ...over }
  const pool = new Pool({ ...config, max: 1 })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const sessionOn = createSessions('postgres', db)
  const writer = createPostgresWriter({ config, sessionOn, roundTrip: () => {} })
  return {
    /** `then`: another change in the same transaction, once it goes on. */
    commit(change: Change, then?: () => Change) {
      const written = Promise.withResolvers<void>()
      const going = Promise.withResolvers<void>()
      let result: string | undefined
      const done = writer
        .transact(async (tx) => {
          ;({ result } = await commitChange(tx, change))
          written.resolve()
          await going.promise
          if (then !== undefined) ({ result } = await commitChange(tx, then()))
        })
        .then(() => result)
      done.catch(written.reject)
      written.promise.catch(() => {})
      return { written: written.promise, goOn: going.resolve, done }
    },
    async close() {
      await writer.close()
      await pool.end()
    },
  }
}
