// What the doctor says of a PostgreSQL database, which it leaves as it was.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { examinePostgres } from '../../packages/daemon/src/store/postgres-prepare.ts'
import { openStoreOn } from './open-store.ts'
import { startPostgres } from './server.ts'

it('examines a database before the first start, after it, and with a user that may make no tables', async (t) => {
  const postgres = await startPostgres()
  t.after(() => postgres.close())
  const url = await postgres.createDatabase()
  const database = new URL(url).pathname.slice(1)
  const fresh = await examinePostgres(url, ['nostr_key'])
  assert.match(fresh.found, /^PostgreSQL \d+/)
  assert.deepEqual(fresh.values, {})
  const tables = await postgres.query(
    "select 1 from pg_tables where schemaname = 'public'",
    database,
  )
  assert.deepEqual(tables, [])

  const store = await openStoreOn(url)
  await store.setValue('nostr_key', 'nsec1…')
  await store.close()
  const used = await examinePostgres(url, ['nostr_key', 'http_tokens'])
  assert.deepEqual(used.values, { nostr_key: 'nsec1…' })

  await postgres.query("create role reader login password 'reader'")
  await postgres.query('revoke create on schema public from public', database)
  const reader = new URL(url)
  reader.username = 'reader'
  reader.password = 'reader'
  await assert.rejects(examinePostgres(reader.href, []), {
    code: 'io',
    message: /; grant the user/,
  })
})
