// A lock between processes that cannot outlive its holder. SQLite's lock on a file is one the
// kernel frees when the process dies, however it dies, and Node carries SQLite on every platform.
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

const retryEveryMs = 250
const SQLITE_BUSY = 5

// A connection that nobody refers to is collected as garbage and closed, and its lock is gone.
const open = new Set<DatabaseSync>()

/** Takes the lock on the file at `path` (made if absent), or returns undefined when it is taken. */
export function tryLockFile(path: string): Disposable | undefined {
  return tryTo(path, 'begin exclusive')
}

/** Whether someone holds the lock; asking disturbs nobody but one who takes it in that instant. */
export function isFileLocked(path: string): boolean {
  const reading = tryTo(path, 'begin; select count(*) from sqlite_master')
  reading?.[Symbol.dispose]()
  return reading === undefined
}

/** Takes the lock, waiting for as long as another holds it; `waiting` is called once if it must. */
export async function lockFile(path: string, waiting: () => void): Promise<Disposable> {
  let lock = tryLockFile(path)
  if (lock === undefined) waiting()
  while (lock === undefined) {
    await delay(retryEveryMs)
    lock = tryLockFile(path)
  }
  return lock
}

function tryTo(path: string, statements: string): Disposable | undefined {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec(statements)
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
  open.add(database)
  return {
    [Symbol.dispose]: () => {
      if (open.delete(database)) database.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
