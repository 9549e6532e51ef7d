// Whether a daemon could use a SQLite file: tried by a write that is undone, so nothing is changed.
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../engine/ports.ts'
import type { Examined } from './examined.ts'
import { toStoreError } from './sqlite-error.ts'
import { mustNotBeMoved } from './sqlite-source.ts'

const BUSY_TIMEOUT_MS = 1_000

/** The store in the file, which must be there. Throws StoreError. */
export function examineSqlite(path: string, names: readonly string[]): Examined {
  return using(path, (database) => {
    tryToWrite(database)
    return { found: path, values: smallValues(database, names) }
  })
}

/** Any SQLite file, which must be there. Throws StoreError. */
export function mustBeWritable(path: string): void {
  using(path, tryToWrite)
}

function using<T>(path: string, use: (database: DatabaseSync) => T): T {
  try {
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    try {
      return use(database)
    } finally {
      database.close()
    }
  } catch (cause) {
    throw toStoreError(cause, `"${path}" cannot be used`)
  }
}

function tryToWrite(database: DatabaseSync): void {
  database.exec('begin immediate')
  database.exec('create table portal_doctor (n integer)')
  database.exec('rollback')
}

function smallValues(database: DatabaseSync, names: readonly string[]): Examined['values'] {
  const rows = database.prepare("select name from sqlite_schema where type = 'table'").all()
  const tables = rows.map(({ name }) => String(name)).filter((name) => !name.startsWith('sqlite_'))
  if (tables.length > 0 && !tables.includes('migrations')) {
    const what = 'the file holds the tables of another program'
    throw new StoreError('refused', `${what}; name one of its own in PORTAL_DATABASE`)
  }
  // Where the very first start was interrupted there are none yet.
  if (!tables.includes('store_values')) return {}
  mustNotBeMoved(database)
  const statement = database.prepare('select value from store_values where name = ?')
  const found = names.flatMap((name) => {
    const row = statement.get(name)
    return row === undefined ? [] : [[name, String(row.value)]]
  })
  return Object.fromEntries(found)
}
