// kysely on node:sqlite: one connection, prepared statements kept. node:sqlite is synchronous, so a
// second connection would not let anything happen sooner; it would only add a way to wait for a
// lock.
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { StoreError } from '../engine/ports.ts'
import type { Run } from './query.ts'
import { toStoreError } from './sqlite-error.ts'
import { begin, commit, undo } from './sqlite-transaction.ts'
import type { Turns } from './turns.ts'

const STATEMENTS_MAX = 200
const BUSY_TIMEOUT_MS = 1_000
const CACHE_KIB = 16_384

/**
 * Opens the file, readable by its owner only (it holds secrets), with a log of its own (WAL), so that a
 * commit is on disk when it returns, unless its transaction says otherwise. `:memory:` keeps nothing.
 * Throws StoreError.
 */
export function openSqlite(path: string): DatabaseSync {
  try {
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
    const database = new DatabaseSync(path)
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
    database.exec('pragma journal_mode = wal')
    database.exec('pragma synchronous = full')
    database.exec('pragma foreign_keys = on')
    database.exec(`pragma cache_size = -${CACHE_KIB}`)
    return database
  } catch (cause) {
    throw toStoreError(cause, `the store "${path}" cannot be opened`)
  }
}

/** `turns`: at the one connection, for a transaction or for a query outside of any. */
export function sqliteDialect(database: DatabaseSync, turns?: Turns): Dialect {
  return {
    createDriver: () => sqliteDriver(database, turns),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

function sqliteDriver(database: DatabaseSync, turns: Turns | undefined): Driver {
  const connection = sqliteConnection(database)
  return {
    async init() {},
    async acquireConnection() {
      await turns?.take()
      return connection
    },
    async beginTransaction() {
      begin(database, 'at_once')
    },
    async commitTransaction() {
      commit(database)
    },
    async rollbackTransaction() {
      undo(database)
    },
    async releaseConnection() {
      turns?.give()
    },
    async destroy() {
      if (database.isOpen) database.close()
    },
  }
}

type Prepared = { readonly statement: StatementSync; readonly reads: boolean }

function sqliteConnection(database: DatabaseSync): DatabaseConnection {
  const run = runOn(database)
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, affected } = await run(query)
      return { rows: rows as R[], numAffectedRows: BigInt(affected) }
    },
    streamQuery() {
      throw new StoreError('refused', 'streamed queries are not used')
    },
  }
}

/**
 * Runs compiled queries on the database as it is, inside its transaction where one is open: on the way
 * through kysely a query costs more than SQLite takes for it.
 */
export function runOn(database: DatabaseSync): (query: CompiledQuery) => ReturnType<Run> {
  const prepared = new Map<string, Prepared>()

  function prepare(sql: string): Prepared {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    // Of a bare `limit ?` SQLite looks at the value to plan for it, and so plans anew at every run,
    // which costs several times what the query does.
    const statement = database.prepare(sql.replaceAll(' limit ?', ' limit ? + 0'))
    const fresh = { statement, reads: statement.columns().length > 0 }
    // The oldest goes: what is asked all the time is soon prepared again.
    for (const oldest of prepared.keys()) {
      if (prepared.size < STATEMENTS_MAX) break
      prepared.delete(oldest)
    }
    prepared.set(sql, fresh)
    return fresh
  }

  return async (query) => {
    if (!database.isOpen) throw new StoreError('closed', 'the store is closed')
    try {
      const { statement, reads } = prepare(query.sql)
      const values = query.parameters as readonly SQLInputValue[]
      if (reads) return { rows: statement.all(...values), affected: 0 }
      return { rows: [], affected: Number(statement.run(...values).changes) }
    } catch (cause) {
      throw toStoreError(cause, 'the store could not carry out a statement')
    }
  }
}
