// Stores with years of payments in them.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Postgres } from '../test/postgres/server.ts'
import { pay } from './load.ts'
import type { DaemonOptions, World } from './world.ts'

const EVENTS_OF_ONE = 2

/** What a database is asked with, in its own words: the numbers `n(i)` from 1 up, and a number as hex. */
type Sql = {
  readonly columns: (table: string) => Promise<readonly string[]>
  readonly run: (sql: string) => Promise<unknown>
  readonly numbers: string
  readonly hash: string
  /** Of a copied event: nobody else's, and told long ago. */
  readonly position: string
}

/** A daemon's folder with one payment in its store, paid. */
export async function folderWithOne(world: World): Promise<string> {
  const folder = world.newFolder()
  await payOne(world, { folder, warmUp: 'off' })
  return folder
}

/** A copy of such a folder, its one payment made many. */
export async function folderWithMany(world: World, one: string, count: number): Promise<string> {
  const folder = world.newFolder()
  cpSync(one, folder, { recursive: true })
  await makeMany(folder, count)
  return folder
}

/** Makes the one paid payment of this folder's store many; no daemon may run there. */
export async function makeMany(folder: string, count: number): Promise<void> {
  const db = new DatabaseSync(join(folder, 'portal.db'))
  db.exec('pragma foreign_keys = off; begin')
  await copyPayments({
    async columns(table) {
      const columns = db.prepare(`select name from pragma_table_info('${table}')`).all()
      return columns.map(({ name }) => String(name))
    },
    run: async (sql) => db.exec(sql),
    numbers: `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`,
    hash: "printf('%064x', i)",
    position: `${EVENTS_OF_ONE} * i + position`,
  })
  db.exec('commit')
  db.close()
}

/** The address of a database in which one payment was made many. */
export async function databaseWithMany(
  world: World,
  postgres: Postgres,
  count: number,
): Promise<string> {
  const database = await postgres.createDatabase()
  await payOne(world, { database })
  const run = (sql: string) => postgres.query(sql, new URL(database).pathname.slice(1))
  await copyPayments({
    async columns(table) {
      const columns = await run(
        `select column_name from information_schema.columns where table_name = '${table}'`,
      )
      return columns.map(({ column_name }) => String(column_name))
    },
    run,
    numbers: `with n as (select generate_series(1::bigint, ${count}) as i)`,
    hash: "lpad(to_hex(i), 64, '0')",
    position: `-${EVENTS_OF_ONE} * i - idx`,
  })
  // As autovacuum leaves a database that has grown over years.
  await run('vacuum analyze')
  return database
}

async function payOne(world: World, options: DaemonOptions): Promise<void> {
  const daemon = await world.startDaemon(options)
  const { outcome } = await pay(daemon, world.users[0] ?? '')
  if (outcome !== 'paid') throw new Error(`a payment was not paid: ${outcome}`)
  await daemon.stop()
}

/** Makes the store's one paid payment many, a minute apart, each with its stream and its events. */
async function copyPayments(sql: Sql): Promise<void> {
  await copy(sql, 'streams', { id: "id || '-' || i", payment_id: "payment_id || '-' || i" })
  await copy(sql, 'payments', {
    id: "id || '-' || i",
    stream_id: "stream_id || '-' || i",
    request_id: "request_id || '-' || i",
    payment_hash: sql.hash,
    created_at_ms: 'created_at_ms - i * 60000',
    expires_at: 'expires_at - i * 60',
    ended_at_ms: 'ended_at_ms - i * 60000',
    paid_at_ms: 'paid_at_ms - i * 60000',
  })
  await copy(sql, 'events', { position: sql.position, stream_id: "stream_id || '-' || i" })
}

async function copy(
  { columns, run, numbers }: Sql,
  table: string,
  changed: Readonly<Record<string, string>>,
): Promise<void> {
  const names = await columns(table)
  const values = names.map((name) => changed[name] ?? name)
  await run(
    `${numbers} insert into ${table} (${names.join()}) select ${values.join()} from n, ${table}`,
  )
}
