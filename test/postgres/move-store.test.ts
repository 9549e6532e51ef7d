// `npm run migrate-store`, with a hundred thousand payments and everything else a store holds.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { systemClock as clock } from 'portal-relay'
import {
  failure,
  hex,
  paid,
  sampleAuthentication,
  sampleHandshake,
  samplePayment,
} from '../../packages/daemon/src/store/sample-subjects.ts'
import { createSqliteStore } from '../../packages/daemon/src/store/sqlite-store.ts'
import { sampleEndpoint } from '../../packages/daemon/src/store/webhook-endpoints.contract.ts'
import { ROOT, runCommand } from '../run-command.ts'
import { openStoreOn } from './open-store.ts'
import { type Postgres, startPostgres } from './server.ts'

const PAYMENTS = 100_000
/** For what does not depend on how many there are. */
const FEW = 10_000
const EVENTS_OF_ONE = 1

describe('a store moved from SQLite to PostgreSQL', { timeout: 300_000 }, () => {
  let postgres: Postgres
  const folder = mkdtempSync(join(tmpdir(), 'portal-move-'))
  const [many, few] = [join(folder, 'many.db'), join(folder, 'few.db')]
  let files = 0

  before(async () => {
    postgres = await startPostgres()
    await fillStore(many, PAYMENTS)
    await fillStore(few, FEW)
  })
  after(async () => {
    await postgres.close()
    rmSync(folder, { recursive: true })
  })

  function copyOf(original: string): string {
    files += 1
    const path = join(folder, `${files}.db`)
    cpSync(original, path)
    return path
  }
  const move = (path: string, url: string) =>
    runCommand(
      process.execPath,
      [
        `${ROOT}packages/daemon/src/migrate-store-command.ts`,
        ...['--from', `sqlite:${path}`, '--to', url],
      ],
      { timeoutMs: 240_000 },
    )

  it('is all there, goes on beyond what was told, and the old file is no store any more', async () => {
    const path = copyOf(many)
    const source = await createSqliteStore(path, { clock })
    const old = {
      feed: await source.feed(0, 500),
      end: (await source.feed(PAYMENTS * EVENTS_OF_ONE, 500)).at(-1)?.position ?? 0,
      list: await source.listPayments({}, null, 50),
      endpoints: await source.webhooks.endpoints(),
      secret: await source.value('lnd_preimage_secret'),
      cursor: await source.value('settlement_cursor'),
      awaiting: await source.awaitingAnswer(null, 100),
    }
    await source.close()
    const url = await postgres.createDatabase()
    const startedAt = performance.now()
    const { code, output } = await move(path, url)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    assert.equal(code, 0, output)
    assert.match(output, /^payments: 40000 of 10000\d$/m)
    const name = new URL(url).pathname.slice(1)
    const [row] = await postgres.query(`select pg_database_size('${name}')::int as bytes`)
    const bytes = Math.round(Number(row?.bytes) / PAYMENTS)
    console.log(`» ${PAYMENTS} payments moved in ${seconds} s, ${bytes} bytes each\n`)

    const store = await openStoreOn(url)
    assert.deepEqual(await store.feed(0, 500), old.feed)
    assert.deepEqual(await store.listPayments({}, null, 50), old.list)
    assert.deepEqual(await store.webhooks.endpoints(), old.endpoints)
    assert.equal(await store.value('lnd_preimage_secret'), old.secret)
    assert.equal(await store.value('settlement_cursor'), old.cursor)
    assert.deepEqual(await store.awaitingAnswer(null, 100), old.awaiting)
    // A reader's cursor is good still, and nothing new comes before it.
    assert.equal((await store.logAt(old.end)).lostSince, null)
    const next = samplePayment()
    await store.createPayment(next, null, null)
    await store.commit(paid(next))
    const [event] = await store.feed(old.end, 10)
    assert.deepEqual([event?.stream.id, (event?.position ?? 0) > old.end], [next.streamId, true])
    await store.close()
    await assert.rejects(createSqliteStore(path, { clock }), {
      code: 'refused',
      message: /was moved to PostgreSQL.*PORTAL_DATABASE/,
    })
    const again = await move(path, await postgres.createDatabase())
    assert.equal(again.code, 1)
    assert.match(again.output, /was moved/)
  })

  it('is moved from the start when it was interrupted', async () => {
    const path = copyOf(few)
    const url = await postgres.createDatabase()
    const args = ['--from', `sqlite:${path}`, '--to', url]
    const moving = spawn(process.execPath, [
      `${ROOT}packages/daemon/src/migrate-store-command.ts`,
      ...args,
    ])
    for await (const chunk of moving.stdout) if (/^streams: /m.test(String(chunk))) break
    moving.kill('SIGKILL')
    await once(moving, 'exit')
    const { code, output } = await move(path, url)
    assert.equal(code, 0, output)
    const store = await openStoreOn(url)
    assert.equal((await store.feed(0, 500)).length, 500)
    await store.close()
  })

  it('is refused while a daemon has it open, and by a database that is not empty', async () => {
    const path = copyOf(few)
    const url = await postgres.createDatabase()
    const daemon = await createSqliteStore(path, { clock })
    const inUse = await move(path, url)
    assert.deepEqual([inUse.code, /stop the daemon first/.test(inUse.output)], [1, true])
    await daemon.close()
    const other = await openStoreOn(url)
    await other.setValue('nostr_key', 'of another merchant')
    await other.close()
    const taken = await move(path, url)
    assert.equal(taken.code, 1)
    assert.match(taken.output, /not empty: it has rows in store_values/)
    const store = await createSqliteStore(path, { clock })
    assert.equal((await store.feed(0, 500)).length, 500)
    await store.close()
  })

  it('is undone when what arrives differs from what was sent', async () => {
    const url = await postgres.createDatabase()
    await (await openStoreOn(url)).close()
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(`
      truncate log_epochs;
      create function lose() returns trigger language plpgsql as
        $$ begin new.amount_msat := new.amount_msat + 1; return new; end $$;
      create trigger lose before insert on payments for each row
        when (new.id like '%-777') execute function lose()`)
    const { code, output } = await move(copyOf(few), url)
    assert.equal(code, 1)
    assert.match(output, /payments\.amount_msat/)
    assert.deepEqual((await client.query('select 1 from payments')).rows, [])
    await client.end()
  })
})

/** One of everything, then the paid payment many times over. */
async function fillStore(path: string, count: number): Promise<void> {
  const store = await createSqliteStore(path, { clock })
  const payment = samplePayment({
    description: 'Straße „1“ 🧾',
    metadata: { a: '\u0000' },
  })
  await store.createPayment(payment, { key: 'k', fingerprint: 'f' }, null)
  await store.commit(paid(payment, { receivedEventId: hex(1) }))
  await store.close()
  multiply(path, count)
  const full = await createSqliteStore(path, { clock })
  const open = samplePayment({ subkeys: [payment.mainKey] })
  await full.createPayment(open, null, clock.nowMs() + 1_000)
  await full.commit(failure(open, 'no money'))
  await full.createConversation(sampleHandshake({ token: 'shop' }), null, null)
  await full.createConversation(sampleAuthentication(), null, null)
  await full.webhooks.createEndpoint(sampleEndpoint(), null, 50)
  await full.webhooks.moveCursor(sampleEndpoint().id, 99_000)
  await full.setValue('lnd_preimage_secret', hex(77))
  await full.setValue('settlement_cursor', '4711')
  await full.takeLease('courier', 'a daemon', clock.nowMs(), 1_000)
  await full.takeAllowance('requests', 3, { perSecond: 1, burst: 10 }, clock.nowMs())
  await full.close()
}

function multiply(path: string, count: number): void {
  const db = new DatabaseSync(path)
  db.exec('pragma foreign_keys = off; begin')
  const changed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    streams: { id: "id || '-' || i", payment_id: "payment_id || '-' || i" },
    payments: {
      id: "id || '-' || i",
      stream_id: "stream_id || '-' || i",
      request_id: "request_id || '-' || i",
      payment_hash: "printf('%064x', i)",
      created_at_ms: 'created_at_ms - i * 60000',
    },
    events: { position: `${EVENTS_OF_ONE} * i + position`, stream_id: "stream_id || '-' || i" },
  }
  for (const [table, change] of Object.entries(changed)) {
    const names = db.prepare(`select name from pragma_table_info('${table}')`).all()
    const columns = names.map(({ name }) => String(name))
    db.exec(`
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
      insert into ${table} (${columns.join()})
      select ${columns.map((name) => change[name] ?? name).join()} from n, ${table}`)
  }
  db.exec('commit')
  db.close()
}
