// A SQLite store about to be moved: read table by table, while nobody else has it open.
import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { StoreError } from '../engine/ports.ts'
import { migrate } from './migrations.ts'
import type { Database } from './schema.ts'
import { openSqlite, sqliteDialect } from './sqlite-dialect.ts'
import { toStoreError } from './sqlite-error.ts'

/** A small value of a store that was moved away: when (ms). */
export const MOVED_VALUE = 'moved_to_postgres'

type Row = Readonly<Record<string, unknown>>

export interface Source {
  columns(table: string): readonly { readonly name: string; readonly isNumber: boolean }[]
  count(table: string): number
  rows(table: string, atOnce: number): Iterable<readonly Row[]>
  /** By column, and `rows`: as compareFigures in move-store.ts asks PostgreSQL for them. */
  figures(table: string): Readonly<Record<string, string>>
  markMoved(nowMs: number): void
  close(): void
}

/** How many values, and their sum in two parts, as neither database runs over in adding. */
export function figureOf(column: string, value: string): string {
  const sum = (part: string) => `cast(coalesce(sum(${part}), 0) as text)`
  const parts = [sum(`(${value}) >> 20`), sum(`(${value}) & 1048575`)]
  return [`cast(count(${column}) as text)`, ...parts].join(" || ' ' || ")
}

/** Opens the file for nobody else, its tables brought up to date. Throws StoreError. */
export async function openToMove(path: string, nowMs: number): Promise<Source> {
  if (!existsSync(path)) throw new StoreError('io', `there is no store at "${path}"`)
  const database = openSqlite(path)
  try {
    const db = new Kysely<Database>({ dialect: sqliteDialect(database) })
    await migrate(db, 'sqlite', nowMs)
    alone(database, path)
    mustNotBeMoved(database)
    return sourceOn(database)
  } catch (cause) {
    database.close()
    throw toStoreError(cause, `"${path}" cannot be moved`)
  }
}

/** Throws StoreError if this store was moved away. */
export function mustNotBeMoved(database: DatabaseSync): void {
  const row = database.prepare('select value from store_values where name = ?').get(MOVED_VALUE)
  if (row === undefined) return
  const at = new Date(Number(row.value)).toISOString()
  const what = `this store was moved to PostgreSQL at ${at}`
  throw new StoreError('refused', `${what}; name that database in PORTAL_DATABASE`)
}

// The write-ahead log can be left only while nobody else has the file open, a daemon that idles included.
function alone(database: DatabaseSync, path: string): void {
  try {
    database.exec('pragma journal_mode = delete')
    database.exec('begin exclusive')
  } catch (cause) {
    throw new StoreError('busy', `"${path}" is in use: stop the daemon first`, { cause })
  }
}

function sourceOn(database: DatabaseSync): Source {
  const all = (sql: string) => database.prepare(sql).all()
  const columns: Source['columns'] = (table) =>
    all(`select name, type from pragma_table_info('${table}')`).map(({ name, type }) => ({
      name: String(name),
      isNumber: String(type).toLowerCase() === 'integer',
    }))
  return {
    columns,
    count: (table) => Number(all(`select count(*) as n from ${table}`)[0]?.n ?? 0),
    *rows(table, atOnce) {
      let page: Row[] = []
      for (const row of database.prepare(`select * from ${table}`).iterate()) {
        page.push(row)
        if (page.length < atOnce) continue
        yield page
        page = []
      }
      if (page.length > 0) yield page
    },
    figures(table) {
      const figures = columns(table).map(({ name, isNumber }) => {
        const value = isNumber ? name : `length(cast(${name} as blob))`
        return `${figureOf(name, value)} as ${name}`
      })
      const [row] = all(`select cast(count(*) as text) as rows, ${figures.join()} from ${table}`)
      return Object.fromEntries(Object.entries(row ?? {}).map(([name, n]) => [name, String(n)]))
    },
    markMoved(nowMs) {
      const mark = database.prepare('insert into store_values (name, value) values (?, ?)')
      mark.run(MOVED_VALUE, String(nowMs))
      database.exec('commit')
    },
    close: () => database.close(),
  }
}
