// The store in a PostgreSQL database, for any number of daemons.
import { Kysely, PostgresDialect } from 'kysely'
import type { Pool } from 'pg'
import { type Store, StoreError } from '../engine/ports.ts'
import { openedSince } from './awaiting.ts'
import { openPostgresChannel } from './postgres-channel.ts'
import { isOutdated, storeError } from './postgres-error.ts'
import { preparePostgres } from './postgres-prepare.ts'
import { clientConfig, openPool } from './postgres-session.ts'
import { parsePostgresUrl } from './postgres-url.ts'
import { createPostgresWriter } from './postgres-writer.ts'
import { createSessions, type Run } from './query.ts'
import { endOfLog, readTail } from './read-log.ts'
import type { Database } from './schema.ts'
import { createTellingAll } from './sharing.ts'
import { createStore, type StoreDeps } from './store.ts'
import { createTurns, inTurn, type Turns } from './turns.ts'

export type PostgresStoreDeps = StoreDeps & {
  /** This daemon's own among all, ever. */
  readonly name: string
  /** From 0 up to, not including, 1. */
  readonly chance: () => number
  /**
   * Called for each wait for the server. Of writes that are sent together, several may be on their way
   * at once, which is one wait.
   */
  readonly roundTrip?: (of: 'write' | 'read') => void
}

const IDLE_MS = 30_000

/** Opens the database and brings its tables up to date. Throws StoreError. */
export async function createPostgresStore(url: string, deps: PostgresStoreDeps): Promise<Store> {
  const { clock, chance, name, roundTrip = () => {} } = deps
  const address = parsePostgresUrl(url)
  const config = clientConfig(address)
  const pool = openPool({ ...config, max: address.poolMax, idleTimeoutMillis: IDLE_MS })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const sessionOn = createSessions('postgres', db)
  const turns = createTurns(address.poolMax)
  const on = sessionOn(readBy(pool, turns, () => roundTrip('read')))
  const writer = createPostgresWriter({ config, sessionOn, roundTrip: () => roundTrip('write') })
  try {
    await preparePostgres(config, clock.nowMs())
    // Connected, it knows which log this is.
    await writer.transact(async () => {})
    const feedFrom = await endOfLog(on)
    const telling = createTellingAll({
      name,
      clock,
      channel: openPostgresChannel({ config, clock, chance }),
      feedFrom,
      readTail: (after, limit) => readTail(on, after, limit),
      openedSince: (sinceMs) => openedSince(on, sinceMs),
    })
    const release = async () => {
      await Promise.all([writer.close(), pool.end()])
    }
    const later = (ms: number, run: () => void) => clock.setTimer(ms * (0.5 + chance()), run)
    const { transact } = writer
    return createStore(
      { on, transact, putsOff: false, sideBySide: true, later, telling, release },
      deps,
    )
  } catch (cause) {
    await Promise.all([writer.close(), pool.end()])
    throw storeError(cause, 'the database cannot be used')
  }
}

// Retried once on a new connection where the tables were changed since this one prepared the statement.
// Whoever finds all connections in use waits here: to the pool that would be a connection that takes too
// long, so that many reads at once on a slow machine would fail for a database that is well.
function readBy(pool: Pool, turns: Turns, roundTrip: () => void): Run {
  async function read(sql: string, name: string, values: unknown[], retry: boolean) {
    if (pool.ended) throw new StoreError('closed', 'the store is closed')
    const client = await pool.connect()
    roundTrip()
    const answer = await client.query({ text: sql, name, values }).catch((error: unknown) => {
      client.release(true)
      if (retry && isOutdated(error)) return null
      throw error
    })
    if (answer === null) return read(sql, name, values, false)
    client.release()
    return answer
  }

  return async ({ sql, parameters }, name) => {
    try {
      const values = [...parameters]
      const { rows, rowCount } = await inTurn(turns, () => read(sql, name, values, true))
      return { rows, affected: rowCount ?? 0 }
    } catch (cause) {
      throw storeError(cause, 'the database could not be asked')
    }
  }
}
