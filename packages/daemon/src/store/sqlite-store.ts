// The store in one SQLite file, for one daemon.
import type { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import type { Store } from '../engine/ports.ts'
import { migrate } from './migrations.ts'
import type { Database } from './schema.ts'
import { openSqlite, sqliteDialect } from './sqlite-dialect.ts'
import { createStore, type StoreDeps } from './store.ts'

/**
 * Opens or creates the file, whose folder must exist, and brings its tables up to date; `:memory:`
 * for one that is gone afterwards. Throws StoreError.
 */
export async function createSqliteStore(path: string, deps: StoreDeps): Promise<Store> {
  return sqliteStoreOn(openSqlite(path), deps)
}

/** The store on a connection that is already open; it closes it. Throws StoreError. */
export async function sqliteStoreOn(database: DatabaseSync, deps: StoreDeps): Promise<Store> {
  const db = new Kysely<Database>({ dialect: sqliteDialect(database) })
  try {
    await migrate(db, 'sqlite', deps.clock.nowMs())
  } catch (error) {
    database.close()
    throw error
  }
  // The last connection to close writes the log back into the file, so that the file is all there is.
  return createStore(db, deps, async () => database.close())
}
