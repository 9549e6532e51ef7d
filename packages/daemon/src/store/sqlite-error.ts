// What went wrong in SQLite, in the words of the store port.
import { StoreError } from '../engine/ports.ts'

/** The error as a StoreError that says what to do; `what` names what was being done. */
export function toStoreError(cause: unknown, what: string): StoreError {
  if (cause instanceof StoreError) return cause
  const [code, remedy] = isFileError(cause) ? FILE_ERROR : judge(resultCode(cause))
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StoreError(code, `${what}: ${reason}; ${remedy}`, { cause })
}

const FILE_ERROR = ['io', 'make sure that the folder exists and may be written'] as const

function isFileError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause
}

// The primary result code, without the detail in the upper bits: https://sqlite.org/rescode.html
function resultCode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('errcode' in cause)) return undefined
  return typeof cause.errcode === 'number' ? cause.errcode & 0xff : undefined
}

function judge(resultCode: number | undefined): readonly [StoreError['code'], string] {
  switch (resultCode) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return ['busy', 'another program is using the file; let it finish or end it']
    case 8: // SQLITE_READONLY
      return ['read_only', 'make the file and its folder writable for the daemon']
    case 7: // SQLITE_NOMEM
    case 10: // SQLITE_IOERR
    case 14: // SQLITE_CANTOPEN
      return ['io', 'check the disk, the folder and their permissions']
    case 13: // SQLITE_FULL
      return ['full', 'free some disk space']
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return ['damaged', 'the file is not a sound SQLite database; restore it from a backup']
    default:
      return ['refused', 'this is a bug in the daemon']
  }
}
