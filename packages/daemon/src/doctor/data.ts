// What is kept on this machine: the data directory, the disk, the store and what lies in it. Nothing is made: what
// is not there yet is judged by the folder it would be made in.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import type { Settings } from '../config/settings.ts'
import { StoreError } from '../engine/ports.ts'
import type { Examined } from '../store/examined.ts'
import { examinePostgres } from '../store/postgres-prepare.ts'
import { toStoreError } from '../store/sqlite-error.ts'
import { examineSqlite, mustBeWritable } from '../store/sqlite-examine.ts'
import { type Finding, reason } from './finding.ts'

const DISK_FREE_MIN_BYTES = 1_000_000_000
/** With less a start may fail already: SQLite's log alone grows to 4 MB. */
const DISK_NEEDED_BYTES = 20_000_000

export function examineDataDir({ dataDir }: Settings): Finding {
  const part = 'data'
  try {
    mustTakeFiles(nearestThere(dataDir))
    const found = existsSync(dataDir) ? 'can be written' : 'will be made'
    return { part, verdict: 'ok', found: `${dataDir} ${found}` }
  } catch (error) {
    const remedy = `let the user that runs Portal write ${dataDir}, or set PORTAL_DATA_DIR`
    return { part, verdict: 'broken', found: reason(error), remedy }
  }
}

/** Each disk that something is kept on; of PostgreSQL's its server knows. */
export function examineDisks(settings: Settings): readonly Finding[] {
  const { database, dataDir } = settings
  if (database.type !== 'sqlite') return []
  const folders = [dataDir, dirname(fileOf(database.path, dataDir))].map(nearestThere)
  const byDevice = new Map(folders.map((folder) => [statSync(folder).dev, folder]))
  return [...byDevice.values()].map((folder) => {
    const { bavail, bsize } = statfsSync(folder)
    return judgeDisk(folder, bavail * bsize)
  })
}

export function judgeDisk(folder: string, freeBytes: number): Finding {
  const part = 'disk'
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free at ${folder}`
  if (freeBytes >= DISK_FREE_MIN_BYTES) return { part, verdict: 'ok', found }
  const remedy = 'a full disk stops new payments: make room (a million payments take about 2 GB)'
  const verdict = freeBytes < DISK_NEEDED_BYTES ? 'broken' : 'warning'
  return { part, verdict, found, remedy }
}

/** The store, and the small values in it; null where it cannot be read. */
export async function examineStore(
  settings: Settings,
  names: readonly string[],
): Promise<{ readonly finding: Finding; readonly values: Examined['values'] | null }> {
  const part = 'database'
  try {
    const { found, values } = await examined(settings, names)
    return { finding: { part, verdict: 'ok', found }, values }
  } catch (error) {
    return { finding: { part, verdict: 'broken', found: wordsOf(error) }, values: null }
  }
}

async function examined(settings: Settings, names: readonly string[]): Promise<Examined> {
  const { database, dataDir } = settings
  if (database.type === 'postgres') return examinePostgres(database.url.reveal(), names)
  const path = fileOf(database.path, dataDir)
  if (existsSync(path)) return examineSqlite(path, names)
  const folder = dirname(path)
  // The data directory is made at a start, and the folders it lies in; no other is.
  const isMade = `${resolve(dataDir)}${sep}`.startsWith(`${resolve(folder)}${sep}`)
  try {
    mustTakeFiles(isMade ? nearestThere(folder) : folder)
  } catch (cause) {
    throw toStoreError(cause, `"${path}" cannot be made`)
  }
  return { found: `${path} is made at the first start`, values: {} }
}

/** The sandbox’s ledger, where it cannot be used; a daemon that runs has it for itself. */
export function examineSandbox({ lightning, dataDir }: Settings): readonly Finding[] {
  const path = join(dataDir, 'sandbox.db')
  if (lightning.type !== 'sandbox' || !existsSync(path)) return []
  try {
    mustBeWritable(path)
    return []
  } catch (error) {
    if (error instanceof StoreError && error.code === 'busy') return []
    return [{ part: 'sandbox', verdict: 'broken', found: wordsOf(error) }]
  }
}

function fileOf(path: string | null, dataDir: string): string {
  return path ?? join(dataDir, 'portal.db')
}

function nearestThere(path: string): string {
  const folder = resolve(path)
  return existsSync(folder) ? folder : nearestThere(dirname(folder))
}

/** Throws where no file can be made in it, a file in place of a folder among that. */
function mustTakeFiles(folder: string): void {
  accessSync(`${folder}/`, constants.W_OK | constants.X_OK)
}

/** A StoreError says what to do, and its cause nothing more. */
function wordsOf(error: unknown): string {
  return error instanceof StoreError ? error.message : reason(error)
}
