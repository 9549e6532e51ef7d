import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import type { Payment, PaymentId } from '../payment/payment.ts'
import { failure, hex, key, NOW_MS, paid, samplePayment } from './sample-subjects.ts'
import { openSqlite } from './sqlite-dialect.ts'
import { createSqliteStore, sqliteStoreOn } from './sqlite-store.ts'
import { exerciseStore } from './store.contract.ts'

const clock = { nowMs: () => NOW_MS, setTimer: () => ({ cancel() {} }) }

exerciseStore('a store in memory', () => createSqliteStore(':memory:', { clock }))

describe('a store in a file', () => {
  inFolder('keeps everything over a restart', async (folder) => {
    const path = join(folder, 'portal.db')
    const first = await createSqliteStore(path, { clock })
    const payment = samplePayment({ subkeys: [key(1)] })
    await first.createPayment(payment, { key: 'k', fingerprint: 'f' }, 50)
    const change = failure(payment, 'r', { receivedEventId: hex(1), wakeAtMs: 60 })
    await first.commit(change)
    const [event] = await first.feed(0, 10)
    await first.close()
    await first.close()

    const second = await createSqliteStore(path, { clock })
    assert.deepEqual(await second.payment(payment.id), { ...change.subject, version: 1 })
    assert.deepEqual(await second.feed(0, 10), [event])
    assert.equal(await second.nextWakeAtMs(), 60)
    assert.equal((await second.awaitingAnswer([key(1)], 10)).length, 1)
    const other = samplePayment()
    await second.createPayment(other, null, null)
    const again = failure(other, 'r', { receivedEventId: hex(1) })
    assert.equal(await second.commit(again), 'duplicate')
    const repeated = await second.createPayment(other, { key: 'k', fingerprint: 'f' }, null)
    assert.equal(repeated.result, 'repeated')
    await second.close()
  })

  inFolder('keeps what it acknowledged when it is killed', async (folder) => {
    const path = join(folder, 'portal.db')
    for (let round = 0; round < 3; round++) {
      const acknowledged = await killAfter(40, path, round)
      const store = await createSqliteStore(path, { clock })
      for (const id of acknowledged) {
        const payment = (await store.payment(id)) ?? assert.fail(`${id} is lost`)
        assert.equal(payment.status, 'paid')
        const events = await store.events(payment.streamId, 0, 10)
        assert.deepEqual(
          events.map(({ index }) => index),
          [0],
        )
      }
      await store.close()
    }
  })

  inFolder(
    'waits for the disk at every commit, but for what may be durable later',
    async (folder) => {
      const database = openSqlite(join(folder, 'portal.db'))
      const exec = database.exec.bind(database)
      // 2 is FULL, 1 is NORMAL: sqlite.org/pragma.html#pragma_synchronous.
      const levels: unknown[] = []
      database.exec = (sql) => {
        if (sql === 'commit') levels.push(database.prepare('pragma synchronous').get()?.synchronous)
        exec(sql)
      }
      const store = await sqliteStoreOn(database, { clock })
      levels.length = 0
      const [payment, other, third] = [samplePayment(), samplePayment(), samplePayment()]
      await store.createPayment(payment, null, null, 'with_next')
      await store.commit(failure(payment, 'r'))
      await store.createPayment(other, null, null)
      await store.createPayment(third, null, null, 'with_next')
      await store.commit({ ...failure(other, 'r'), durable: 'with_next' })
      await store.flush()
      assert.deepEqual(levels, [1, 2, 2, 1, 1, 2])
      await store.close()
    },
  )

  inFolder('writes at every flush, also twice in one millisecond', async (folder) => {
    const path = join(folder, 'portal.db')
    const store = await createSqliteStore(path, { clock })
    const sizes = []
    for (let n = 0; n < 3; n++) {
      await store.flush()
      sizes.push((await stat(`${path}-wal`)).size)
    }
    assert.equal(new Set(sizes).size, 3, `${sizes}`)
    await store.close()
  })

  inFolder(
    'writes anew what a disk that failed may have dropped, before anything else',
    async (folder) => {
      const path = join(folder, 'portal.db')
      const database = openSqlite(path)
      const exec = database.exec.bind(database)
      let isBroken = false
      database.exec = (sql) => {
        if (isBroken && sql === 'commit')
          throw Object.assign(new Error('disk I/O error'), { errcode: 1034 })
        exec(sql)
      }
      const store = await sqliteStoreOn(database, { clock })
      const payment = samplePayment()
      await store.createPayment(payment, null, null, 'with_next')
      isBroken = true
      await assert.rejects(store.commit(failure(payment, 'r')), { code: 'io' })
      isBroken = false

      // While another program reads, the log cannot be given up.
      const other = openSqlite(path)
      exec('pragma busy_timeout = 1')
      other.exec('begin; select count(*) from payments')
      await assert.rejects(store.setValue('name', 'value'), {
        code: 'busy',
        message: /written anew/,
      })
      other.exec('commit')
      other.close()
      assert.notEqual((await stat(`${path}-wal`)).size, 0)
      const before = new Map<string, number>()
      database.exec = (sql) => {
        before.set(sql, statSync(`${path}-wal`).size)
        exec(sql)
      }
      await store.setValue('name', 'value')
      assert.equal(before.get('begin immediate'), 0, 'all was in the file itself')
      assert.deepEqual(await store.payment(payment.id), payment)
      await store.close()
    },
  )

  inFolder('can be read by its owner only', async (folder) => {
    const path = join(folder, 'portal.db')
    const store = await createSqliteStore(path, { clock })
    await store.ping()
    for (const suffix of ['', '-wal']) {
      assert.equal((await stat(path + suffix)).mode & 0o777, 0o600)
    }
    await store.close()
  })

  inFolder('is one file after it was closed', async (folder) => {
    const path = join(folder, 'portal.db')
    const store = await createSqliteStore(path, { clock })
    await store.ping()
    await store.close()
    await assert.rejects(stat(`${path}-wal`), { code: 'ENOENT' })
  })

  inFolder('says what to do when it cannot be opened', async (folder) => {
    const nowhere = join(folder, 'none', 'portal.db')
    await assert.rejects(createSqliteStore(nowhere, { clock }), {
      code: 'io',
      message: /none\/portal\.db" cannot be opened: .*; make sure that the folder exists/,
    })
    const letter = join(folder, 'letter.txt')
    await writeFile(letter, 'Dear Sir or Madam, this is no database.'.repeat(50))
    await assert.rejects(createSqliteStore(letter, { clock }), { code: 'damaged' })
  })

  inFolder('is busy while another program writes, and works again after', async (folder) => {
    const path = join(folder, 'portal.db')
    const database = openSqlite(path)
    const store = await sqliteStoreOn(database, { clock })
    database.exec('pragma busy_timeout = 1')
    const other = openSqlite(path)
    other.exec('begin immediate')
    await assert.rejects(store.setValue('name', 'value'), { code: 'busy' })
    other.exec('commit')
    other.close()
    await store.setValue('name', 'value')
    await store.close()
  })
})

describe('a store that cannot be written', () => {
  it('refuses every write of a full disk, keeps none, and works again after', async () => {
    const database = openSqlite(':memory:')
    const store = await sqliteStoreOn(database, { clock })
    const kept = samplePayment()
    await store.createPayment(kept, null, null)
    const { page_count: pages } = database.prepare('pragma page_count').get() ?? assert.fail()
    database.exec(`pragma max_page_count = ${pages}`)

    const big = () => samplePayment({ description: 'x'.repeat(5_000) })
    const refused = [big(), big(), big()]
    const settled = await Promise.allSettled(
      refused.map((payment) => store.createPayment(payment, null, null)),
    )
    for (const each of settled) {
      assert.ok(each.status === 'rejected' && each.reason.code === 'full', 'a write was taken')
      assert.match(each.reason.message, /free some disk space/)
    }
    assert.equal(await store.ping(), true)

    database.exec('pragma max_page_count = 100000')
    for (const payment of refused) {
      assert.equal((await store.createPayment(payment, null, null)).result, 'created')
    }
    assert.deepEqual(await store.payment(kept.id), kept)
    await store.close()
  })

  it('never shows a reader what was undone later', async () => {
    const database = openSqlite(':memory:')
    const seen: (Payment | null)[] = []
    const small = samplePayment()
    let reading: Promise<unknown> = Promise.resolve()
    const read = async () => {
      for (let i = 0; i < 500; i++) seen.push(await store.payment(small.id))
    }
    const store = await sqliteStoreOn(database, {
      clock,
      afterInput(run) {
        setImmediate(() => {
          run()
          // Reads go on while the batch is written and undone.
          reading = Promise.all([read(), read()])
        })
      },
    })
    const { page_count: pages } = database.prepare('pragma page_count').get() ?? assert.fail()
    database.exec(`pragma max_page_count = ${Number(pages) + 20}`)
    const tooBig = samplePayment({ description: 'x'.repeat(200_000) })
    const settled = await Promise.allSettled(
      [small, tooBig].map((payment) => store.createPayment(payment, null, null)),
    )
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    await reading
    assert.equal(seen.length, 1_000)
    assert.ok(seen.every((payment) => payment === null))
    await store.close()
  })

  it('keeps nothing of a change that SQLite undoes by itself', async () => {
    const database = openSqlite(':memory:')
    const store = await sqliteStoreOn(database, { clock })
    const payment = samplePayment()
    await store.createPayment(payment, null, null)
    const change = failure(payment, 'r')
    database.exec(
      "create trigger undo before update on payments begin select raise(rollback, 'undone'); end",
    )
    await assert.rejects(store.commit(change), { message: /undone/ })
    assert.deepEqual(await store.payment(payment.id), payment)
    assert.deepEqual(await store.events(payment.streamId, 0, 10), [])
    database.exec('drop trigger undo')
    assert.equal(await store.commit(change), 'committed')
    await store.close()
  })

  it('refuses writes while it is read-only, still reads, and works again after', async () => {
    const database = openSqlite(':memory:')
    const store = await sqliteStoreOn(database, { clock })
    const payment = samplePayment()
    await store.createPayment(payment, null, null)
    database.exec('pragma query_only = on')
    await assert.rejects(store.commit(paid(payment)), { code: 'read_only' })
    assert.equal(await store.ping(), false)
    assert.deepEqual(await store.payment(payment.id), payment)
    database.exec('pragma query_only = off')
    assert.equal(await store.ping(), true)
    assert.equal(await store.commit(paid(payment)), 'committed')
    await store.close()
  })

  it('refuses to guess what a damaged row meant', async () => {
    const database = openSqlite(':memory:')
    const store = await sqliteStoreOn(database, { clock })
    const [payment, sound] = [samplePayment(), samplePayment()]
    await store.createPayment(payment, null, null)
    await store.createPayment(sound, null, null)
    for (const damage of [
      `state = 'lost'`,
      `own_invoice = 2`,
      `main_key = 'nobody'`,
      `subkeys = '{}'`,
      `delivery = '[{"url":5}]'`,
      `metadata = '[]'`,
    ]) {
      database.exec('savepoint damage')
      database.exec(`update payments set ${damage} where id = '${payment.id}'`)
      await assert.rejects(store.payment(payment.id), { code: 'damaged' })
      assert.deepEqual(await store.payment(sound.id), sound)
      database.exec('rollback to damage')
      database.exec('release damage')
    }
    await store.close()
  })
})

describe('received events', () => {
  it('are known again for a week, then forgotten', async () => {
    let nowMs = NOW_MS
    const database = openSqlite(':memory:')
    const store = await sqliteStoreOn(database, {
      clock: { nowMs: () => nowMs, setTimer: () => ({ cancel() {} }) },
    })
    const receive = async (n: number) => {
      const payment = samplePayment()
      await store.createPayment(payment, null, null)
      return store.commit(failure(payment, 'r', { receivedEventId: hex(n), atMs: nowMs }))
    }
    const week = 7 * 86_400_000
    assert.equal(await receive(1), 'committed')
    nowMs += week
    assert.equal(await receive(1), 'duplicate')
    nowMs += 60_001
    await receive(2)
    const kept = database.prepare('select event_id from received_events').all()
    assert.deepEqual(
      kept.map((row) => row.event_id),
      [hex(2)],
    )
    await store.close()
  })
})

function inFolder(name: string, check: (folder: string) => Promise<void>): void {
  it(name, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portal-store-'))
    try {
      await check(folder)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}

// Another process pays payments, many at a time, and says so as each commit is acknowledged; it is
// killed in the midst of it. What it said is answered.
async function killAfter(count: number, path: string, round: number): Promise<PaymentId[]> {
  const args = ['--input-type=module', '--eval', PAYER, path, String(round)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged: PaymentId[] = []
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line as PaymentId)
    if (acknowledged.length === count) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')
  assert.equal(child.signalCode, 'SIGKILL')
  assert.ok(acknowledged.length >= count)
  return acknowledged
}

const PAYER = `
  import { writeSync } from 'node:fs'
  import { createSqliteStore } from '${new URL('sqlite-store.ts', import.meta.url)}'
  import { paid, samplePayment } from '${new URL('sample-subjects.ts', import.meta.url)}'
  const [path, round] = process.argv.slice(1)
  const clock = { nowMs: () => 0, setTimer: () => ({ cancel() {} }) }
  const store = await createSqliteStore(path, { clock })
  async function pay() {
    for (;;) {
      const sample = samplePayment()
      const mark = (name) => round + '/' + name
      const payment = { ...sample, id: mark(sample.id), streamId: mark(sample.streamId),
        requestId: mark(sample.requestId) }
      await store.createPayment(payment, null, null)
      await store.commit(paid(payment))
      writeSync(1, payment.id + '\\n')
    }
  }
  await Promise.all(Array.from({ length: 7 }, pay))
`
