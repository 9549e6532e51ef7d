// Moves a store from SQLite to PostgreSQL: every row of every table, in one transaction, so that an
// interruption leaves the target empty and the source as it was.
import { Client } from 'pg'
import { StoreError } from '../engine/ports.ts'
import { storeError } from './postgres-error.ts'
import { preparePostgres } from './postgres-prepare.ts'
import { clientConfig } from './postgres-session.ts'
import { parsePostgresUrl } from './postgres-url.ts'
import { figureOf, openToMove, type Source } from './sqlite-source.ts'

/** Those that others refer to come first. */
const TABLES = [
  'streams',
  'events',
  'payments',
  'conversations',
  'waiting_subkeys',
  'received_events',
  'idempotency_keys',
  'user_relays',
  'store_values',
  'webhook_endpoints',
  'webhook_deliveries',
  'leases',
  'allowances',
  'log_epochs',
] as const

/** Small ones of which every value is compared: secrets, tokens, cursors. */
const COMPARED = ['store_values', 'webhook_endpoints', 'log_epochs'] as const

const ROWS_AT_ONCE = 2_000

export type Moving = {
  /** The SQLite file. */
  readonly from: string
  /** The address of an empty PostgreSQL database. */
  readonly to: string
  readonly nowMs: number
  /** Told after each step: rows of this table that are there, of how many. */
  readonly progress: (table: string, rows: number, of: number) => void
}

/**
 * Moves it, checks that all of it is there, and marks the source so that no daemon starts on it again.
 * Throws StoreError: the source is in use, the target is not empty, something differs.
 */
export async function moveStore({ from, to, nowMs, progress }: Moving): Promise<void> {
  const address = parsePostgresUrl(to)
  const source = await openToMove(from, nowMs)
  try {
    const config = { ...clientConfig(address), ...UNHURRIED }
    await preparePostgres(config, nowMs)
    const client = new Client(config)
    client.on('error', () => {})
    await client.connect()
    try {
      await client.query('begin')
      await mustBeEmpty(client)
      for (const table of TABLES) await copy(source, client, table, progress)
      for (const table of TABLES) await compareFigures(source, client, table)
      for (const table of COMPARED) await compareRows(source, client, table)
      await client.query('analyze')
      await client.query('commit')
      source.markMoved(nowMs)
    } finally {
      await client.end()
    }
  } catch (cause) {
    throw storeError(cause, 'the store was not moved')
  } finally {
    source.close()
  }
}

const UNHURRIED = {
  statement_timeout: 0,
  query_timeout: 0,
  lock_timeout: 0,
  idle_in_transaction_session_timeout: 0,
}

async function mustBeEmpty(client: Client): Promise<void> {
  for (const table of TABLES) {
    // Nobody begins to use it meanwhile.
    await client.query(`lock table ${table} in exclusive mode`)
    const { rows } = await client.query(`select 1 from ${table} limit 1`)
    if (rows.length === 0) continue
    const found = `the target is not empty: it has rows in ${table}`
    throw new StoreError('refused', `${found}; name a database that no daemon was started on`)
  }
}

async function copy(
  source: Source,
  client: Client,
  table: string,
  progress: Moving['progress'],
): Promise<void> {
  const of = source.count(table)
  const names = source.columns(table).map(({ name }) => name)
  const insert = `
    insert into ${table} (${names.join()})
    select ${names.join()} from json_populate_recordset(null::${table}, $1::json)`
  let moved = 0
  for (const rows of source.rows(table, ROWS_AT_ONCE)) {
    await client.query(insert, [JSON.stringify(rows)])
    moved += rows.length
    progress(table, moved, of)
  }
}

/** How many rows; of each column how many values, and the sum of the numbers or of the bytes. */
async function compareFigures(source: Source, client: Client, table: string): Promise<void> {
  const columns = source.columns(table)
  const figures = columns.map(({ name, isNumber }) => {
    const value = isNumber ? name : `octet_length(${name})::bigint`
    return `${figureOf(name, value)} as ${name}`
  })
  const query = `select cast(count(*) as text) as rows, ${figures.join()} from ${table}`
  const { rows } = await client.query<Record<string, string>>(query)
  const there = rows[0] ?? {}
  const here = source.figures(table)
  for (const name of ['rows', ...columns.map((column) => column.name)]) {
    if (there[name] === here[name]) continue
    throw new StoreError('damaged', `${table}.${name}: ${here[name]} moved as ${there[name]}`)
  }
}

async function compareRows(source: Source, client: Client, table: string): Promise<void> {
  const names = source.columns(table).map(({ name }) => name)
  const text = (row: Readonly<Record<string, unknown>>) => JSON.stringify(names.map((n) => row[n]))
  const { rows } = await client.query(`select ${names.join()} from ${table}`)
  const there = new Set(rows.map(text))
  const here = [...source.rows(table, ROWS_AT_ONCE)].flat()
  if (here.every((row) => there.has(text(row)))) return
  throw new StoreError('damaged', `${table}: a row did not arrive as it was`)
}
