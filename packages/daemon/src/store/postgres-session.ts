// How the daemon's sessions with PostgreSQL are: what they wait for at most, and what values they give.
import { readFileSync } from 'node:fs'
import { Client, type ClientConfig, Pool, type PoolConfig, types } from 'pg'
import { StoreError } from '../engine/ports.ts'
import { storeError } from './postgres-error.ts'
import type { PostgresAddress } from './postgres-url.ts'

const INT8 = 20

/** A statement that takes longer is given up. */
const STATEMENT_MS = 5_000
/** A session that stalls in mid-commit is ended: no later than the lease of what it has in hand. */
const STALL_MAX_MS = 5_000
/** Another daemon's commit takes milliseconds; who waits longer tries again later. */
const LOCK_MS = 100
const CONNECT_MS = 5_000
/** Beyond what the server itself allows, the connection is dead. */
const SILENCE_MAX_MS = STATEMENT_MS + 2_000

export function clientConfig(address: PostgresAddress): ClientConfig {
  const { host, port, database, user, password } = address
  return {
    host,
    port,
    database,
    user,
    // None must not mean the one in the environment, or in a file.
    password: password ?? '',
    ssl: sslOf(address),
    application_name: 'portal',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: SILENCE_MAX_MS,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: STALL_MAX_MS,
    lock_timeout: LOCK_MS,
    keepAlive: true,
    types: { getTypeParser },
  }
}

/** Connected. Throws StoreError. That the connection is lost is told by the client's `end`. */
export async function connect(config: ClientConfig): Promise<Client> {
  const client = new Client(config)
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (cause) {
    hangUp(client)
    throw storeError(cause, `the database at ${config.host}:${config.port} cannot be reached`)
  }
}

/** Connections for those who need one for a moment. */
export function openPool(config: PoolConfig): Pool {
  const pool = new Pool(config)
  // A connection that is lost fails what is being asked on it; one that nobody uses is replaced.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Ends it without waiting for a server that may not answer. */
export function hangUp(client: Client): void {
  client.end().catch(() => {})
}

function sslOf({ sslMode, sslRootCert, host }: PostgresAddress): ClientConfig['ssl'] {
  switch (sslMode) {
    case 'disable':
      return false
    case 'require':
      return { rejectUnauthorized: false }
    case 'verify-full':
      // Said here too: pg names the host to TLS only where it is not an address.
      return sslRootCert === null ? { host } : { host, ca: read(sslRootCert) }
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new StoreError('io', `the sslrootcert ${path} cannot be read`, { cause })
  }
}

// Whole numbers up to 2^53-1 is all we keep.
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8 && format !== 'binary') return safeInteger
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text')
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new StoreError('damaged', 'a number of a row exceeds 2^53-1; restore it from a backup')
}
