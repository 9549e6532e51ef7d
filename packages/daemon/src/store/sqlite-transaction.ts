// Transactions of SQLite: one at a time, each with its own word on when it is safe from a power cut.
import type { DatabaseSync } from 'node:sqlite'
import { type Durable, StoreError } from '../engine/ports.ts'
import { toStoreError } from './sqlite-error.ts'

// Of `normal` a power cut may take the last transactions, all behind some moment; nothing is damaged. The
// next one that is `full`, and writes anything, waits until the whole log before it is on disk, too
// (sqlite.org/pragma.html#pragma_synchronous, sqlite.org/wal.html).
const SYNCHRONOUS: { readonly [D in Durable]: string } = {
  at_once: 'pragma synchronous = full',
  with_next: 'pragma synchronous = normal',
}

/** Throws StoreError. */
export function begin(database: DatabaseSync, durable: Durable): void {
  if (!database.isOpen) throw new StoreError('closed', 'the store is closed')
  // Said each time, and before it begins: what cannot be promised is not begun.
  execute(database, SYNCHRONOUS[durable])
  // A transaction that begins by reading could not always become a writer later.
  execute(database, 'begin immediate')
}

/** Throws StoreError. */
export function commit(database: DatabaseSync): void {
  execute(database, 'commit')
}

/** Throws StoreError. */
export function undo(database: DatabaseSync): void {
  // SQLite has ended it by itself after some errors, a full disk among them.
  if (database.isTransaction) execute(database, 'rollback')
}

/**
 * Returns the function that runs something in a transaction, which is undone when it throws. Nothing else
 * may use the database meanwhile. It throws StoreError, and what was thrown.
 */
export function transactionsOn(
  database: DatabaseSync,
): (durable: Durable, run: () => Promise<void>) => Promise<void> {
  let diskFailed = false

  return async (durable, run) => {
    if (diskFailed && database.isOpen) writeAnew(database)
    diskFailed = false
    begin(database, durable)
    try {
      await run()
      commit(database)
    } catch (error) {
      diskFailed = error instanceof StoreError && error.code === 'io'
      undo(database)
      throw error
    }
  }
}

// A disk that failed to write the log may say the next time that all is well, and have dropped what it was
// given before: transactions that did not wait for it. From memory they go into the database file instead.
function writeAnew(database: DatabaseSync): void {
  const what = 'what the disk failed to keep could not be written anew'
  let busy: unknown
  try {
    busy = database.prepare('pragma wal_checkpoint(truncate)').get()?.busy
  } catch (cause) {
    throw toStoreError(cause, what)
  }
  if (busy === 0) return
  const remedy = 'another program is reading the file; let it finish or end it'
  throw new StoreError('busy', `${what}: ${remedy}`)
}

function execute(database: DatabaseSync, sql: string): void {
  try {
    database.exec(sql)
  } catch (cause) {
    throw toStoreError(cause, `the store could not ${sql}`)
  }
}
