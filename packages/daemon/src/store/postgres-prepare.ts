// What has to be in order before a daemon uses a database: one that keeps what it acknowledges, with
// tables that are up to date, however many daemons start at once.
import { setTimeout as pause } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import type { ClientConfig } from 'pg'
import { StoreError } from '../engine/ports.ts'
import { Again } from './again.ts'
import type { Examined } from './examined.ts'
import { migrate } from './migrations.ts'
import { storeError, toPostgresError } from './postgres-error.ts'
import { clientConfig, openPool } from './postgres-session.ts'
import { parsePostgresUrl } from './postgres-url.ts'
import type { Database } from './schema.ts'

const LOCK = 7_236_410_001
/** How long a change of a table waits for those who use it; whoever comes later waits behind it. */
const LOCK_MS = 2_000
const TRIES = 30
const VERSION_MIN = 13

/** Throws StoreError. */
export async function preparePostgres(config: ClientConfig, nowMs: number): Promise<void> {
  // One connection, so that the lock and what is done under it are one session's.
  const unhurried = { statement_timeout: 0, query_timeout: 0, lock_timeout: 0 }
  const pool = openPool({ ...config, ...unhurried, max: 1 })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  try {
    await mustKeepWhatItSays(db)
    await sql`select pg_advisory_lock(${sql.lit(LOCK)})`.execute(db)
    await sql`select set_config('lock_timeout', ${String(LOCK_MS)}, false)`.execute(db)
    await insist(() => migrate(db, 'postgres', nowMs))
  } catch (cause) {
    throw toPostgresError(cause, 'the database cannot be prepared')
  } finally {
    // The lock goes with the session.
    await pool.end()
  }
}

/** Whether a daemon could use the database; changes nothing. Throws StoreError. */
export async function examinePostgres(url: string, names: readonly string[]): Promise<Examined> {
  const address = parsePostgresUrl(url)
  const pool = openPool({ ...clientConfig(address), max: 1 })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  try {
    await mustKeepWhatItSays(db)
    const { rows } = await sql<{ version: string; follows: boolean }>`
      select current_setting('server_version') as version, pg_is_in_recovery() as follows`.execute(
      db,
    )
    const [server] = rows
    if (server?.follows === true) {
      const remedy = 'name the primary in PORTAL_DATABASE'
      throw new StoreError('read_only', `${address.host} is a standby; ${remedy}`)
    }
    await tryToMakeTable(db)
    const encrypted = address.sslMode === 'disable' ? 'not encrypted' : 'encrypted'
    const found = `PostgreSQL ${server?.version} at ${address.host}, ${encrypted}`
    return { found, values: await smallValues(db, names) }
  } catch (cause) {
    throw storeError(cause, 'the database cannot be used')
  } finally {
    await pool.end()
  }
}

// There is one connection, so the three are one transaction.
async function tryToMakeTable(db: Kysely<Database>): Promise<void> {
  await sql`begin`.execute(db)
  await sql`create table portal_doctor (n integer)`.execute(db)
  await sql`rollback`.execute(db)
}

async function smallValues(
  db: Kysely<Database>,
  names: readonly string[],
): Promise<Examined['values']> {
  const table = sql<{ there: boolean }>`select to_regclass('store_values') is not null as there`
  const [answer] = (await table.execute(db)).rows
  if (answer?.there !== true) return {}
  const isNamed = sql<boolean>`name = any(${names}::text[])`
  const read = db.selectFrom('store_values').select(['name', 'value']).where(isNamed)
  return Object.fromEntries((await read.execute()).map(({ name, value }) => [name, value]))
}

async function insist(change: () => Promise<void>): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      return await change()
    } catch (cause) {
      if (left === 0 || !(toPostgresError(cause, '') instanceof Again)) throw cause
      await pause(LOCK_MS / 10)
    }
  }
}

async function mustKeepWhatItSays(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ version: number; fsync: string; pages: string }>`
    select current_setting('server_version_num')::int / 10000 as version,
      current_setting('fsync') as fsync, current_setting('full_page_writes') as pages`.execute(db)
  const [server] = rows
  if (server === undefined) return
  if (server.version < VERSION_MIN) {
    const found = `the database is PostgreSQL ${server.version}`
    throw new StoreError('refused', `${found}; Portal needs ${VERSION_MIN} or newer`)
  }
  for (const [name, value] of [
    ['fsync', server.fsync],
    ['full_page_writes', server.pages],
  ]) {
    if (value === 'on') continue
    const why = 'a power cut would lose acknowledged payments'
    throw new StoreError('refused', `the database runs with ${name} = off: ${why}; set it on`)
  }
}
