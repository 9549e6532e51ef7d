// A copy of the store in one file, consistent while a daemon writes.
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../engine/ports.ts'
import { RESTORED_VALUE } from './log-epochs.ts'
import { toStoreError } from './sqlite-error.ts'

/**
 * Copies the file at `from` as it is at this moment to `to`, where nothing may be yet; what is at `to`
 * afterwards is whole and on disk. It bears the mark by which a daemon that starts on it knows that it
 * was restored. Throws StoreError.
 */
export function backUpSqlite(from: string, to: string): void {
  if (!existsSync(from)) throw new StoreError('io', `there is no store at "${from}"`)
  if (existsSync(to)) throw new StoreError('io', `"${to}" exists; name a file that does not`)
  const part = `${to}.part`
  try {
    rmSync(part, { force: true })
    copy(from, part)
    mark(part)
    const file = openSync(part, 'r+')
    fsyncSync(file)
    closeSync(file)
    renameSync(part, to)
  } catch (cause) {
    rmSync(part, { force: true })
    throw toStoreError(cause, `"${from}" cannot be copied to "${to}"`)
  }
}

function copy(from: string, part: string): void {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 10_000 })
  try {
    // It holds secrets: its owner's only, before anything is in it.
    closeSync(openSync(part, 'ax', 0o600))
    source.prepare('vacuum into ?').run(part)
    chmodSync(part, 0o600)
  } finally {
    source.close()
  }
}

function mark(part: string): void {
  const database = new DatabaseSync(part)
  try {
    const statement = database.prepare(
      'insert or replace into store_values (name, value) values (?, ?)',
    )
    statement.run(RESTORED_VALUE, '1')
  } finally {
    database.close()
  }
}
