// What went wrong in PostgreSQL, in the words of the store port.
import { StoreError } from '../engine/ports.ts'
import { Again } from './again.ts'

/** StoreError, or Again where the same write may succeed in another transaction. */
export function toPostgresError(cause: unknown, what: string): StoreError | Again {
  if (cause instanceof StoreError || cause instanceof Again) return cause
  const state = sqlState(cause)
  if (state === IN_FAILED_TRANSACTION) return new Again('aborted', cause)
  if (state !== null && CONFLICTS.has(state)) return new Again('conflict', cause)
  return storeError(cause, what)
}

/** For what is not run again: a read, or a last try. */
export function storeError(cause: unknown, what: string): StoreError {
  if (cause instanceof StoreError) return cause
  if (cause instanceof Again) return storeError(cause.cause ?? 'others are in the way', what)
  const [code, remedy] = judge(sqlState(cause))
  return new StoreError(code, `${what}: ${reasonOf(cause)}; ${remedy}`, { cause })
}

/** True for a statement prepared before the tables were changed: it works on a new connection. */
export function isOutdated(cause: unknown): boolean {
  const state = sqlState(cause)
  return state === '0A000' || state === '26000'
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; null: the server did not say. */
function sqlState(cause: unknown): string | null {
  // Only its answers have a severity; EPIPE of the system looks like a state, too.
  if (typeof cause !== 'object' || cause === null || !('severity' in cause)) return null
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : null
}

const IN_FAILED_TRANSACTION = '25P02'

const CONFLICTS: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: lock_timeout
  '23505', // unique_violation: another daemon was first, which the next run finds
  '0A000', // feature_not_supported: "cached plan must not change result type"
  '26000', // invalid_sql_statement_name: its preparation was part of what failed
])

function judge(state: string | null): readonly [StoreError['code'], string] {
  if (state === null) return ['io', 'is the database running, and can it be reached?']
  const known = JUDGED[state] ?? JUDGED[state.slice(0, 2)]
  return known ?? ['refused', 'this is a bug in the daemon']
}

const GONE = ['io', 'it will be tried again when the database is back'] as const
const MANY = ['busy', 'raise max_connections, or lower pool_max in PORTAL_DATABASE'] as const

const JUDGED: { readonly [state: string]: readonly [StoreError['code'], string] } = {
  '08': GONE, // connection_exception
  '57': GONE, // operator_intervention: shut down, starting up, a statement that took too long
  '25P03': GONE, // idle_in_transaction_session_timeout
  '57P04': ['io', 'the database was dropped'],
  '28': ['io', 'check user and password in PORTAL_DATABASE, and pg_hba.conf'],
  '3D': ['io', 'create the database, or name another in PORTAL_DATABASE'],
  '42501': ['io', 'grant the user of PORTAL_DATABASE all on the database and its public schema'],
  '25006': ['read_only', 'this is a standby: name the primary in PORTAL_DATABASE'],
  '53100': ['full', 'free some disk space on the database server'],
  '53200': ['busy', 'the database is out of memory'],
  '53300': MANY, // too_many_connections
  '53': ['busy', 'the database is short of resources'],
  '40': ['busy', 'others are changing the same rows'],
  '55': ['busy', 'others are changing the same rows'],
  '23505': ['busy', 'others are writing the same'],
  '58': ['io', 'check the disk of the database server'],
  XX: ['damaged', 'look into the log of the database server'],
}

// Neither a URL nor a password is ever part of what the driver says.
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(', ')
  return cause instanceof Error ? cause.message : String(cause)
}
