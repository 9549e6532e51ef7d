// The store in one SQLite file, for one daemon.
import type { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { type Durable, type Store, StoreError } from '../engine/ports.ts'
import { openedSince } from './awaiting.ts'
import type { Channel } from './channel.ts'
import { beginSqliteEpoch } from './log-epochs.ts'
import { migrate } from './migrations.ts'
import { createSessions, type Run, type Session } from './query.ts'
import { endOfLog, readTail } from './read-log.ts'
import type { Database } from './schema.ts'
import { createTellingAll, createTellingAlone, type Telling } from './sharing.ts'
import { openSqlite, runOn, sqliteDialect } from './sqlite-dialect.ts'
import { mustNotBeMoved } from './sqlite-source.ts'
import { transactionsOn } from './sqlite-transaction.ts'
import { createStore, type StoreDeps } from './store.ts'
import { createTurns, inTurn, type Turns } from './turns.ts'

/** For a simulation of several daemons, whose databases are one connection. */
export type SqliteSharing = {
  readonly name: string
  readonly channel: Channel
  readonly turns: Turns
}

/**
 * Opens or creates the file, whose folder must exist, and brings its tables up to date; `:memory:`
 * for one that is gone afterwards. Throws StoreError.
 */
export async function createSqliteStore(path: string, deps: StoreDeps): Promise<Store> {
  return sqliteStoreOn(openSqlite(path), deps)
}

/** The store on a connection that is already open; it closes it. Throws StoreError. */
export async function sqliteStoreOn(
  database: DatabaseSync,
  deps: StoreDeps,
  sharing: SqliteSharing | null = null,
): Promise<Store> {
  const turns = sharing?.turns ?? createTurns()
  const db = new Kysely<Database>({ dialect: sqliteDialect(database, turns) })
  const sessionOn = createSessions('sqlite', db)
  const run = runOn(database)
  const inTransaction = transactionsOn(database)
  // A reader waits for the open transaction to end: there is one connection, and it would see what may
  // be undone.
  const on = sessionOn((query) => inTurn(turns, () => run(query)))
  try {
    const nowMs = deps.clock.nowMs()
    await migrate(db, 'sqlite', nowMs)
    mustNotBeMoved(database)
    await db.transaction().execute((tx) => beginSqliteEpoch(tx, nowMs))
    const telling = await tell(on, deps, sharing)
    const runInside: Run = async (query) => {
      if (database.isTransaction) return run(query)
      throw new StoreError('io', 'SQLite has undone the transaction that this statement belongs to')
    }
    const transact = (write: (tx: Session) => Promise<void>, durable: Durable) =>
      inTurn(turns, () => inTransaction(durable, () => write(sessionOn(runInside))))
    const release = async () => {
      if (database.isOpen) database.close()
    }
    // The last connection to close writes the log back into the file, so that the file is all there is.
    // There is one writer, who meets nobody and gains nothing by doing two things at once.
    const alone = { putsOff: true, sideBySide: false, later: () => {} }
    return createStore({ on, transact, telling, release, ...alone }, deps)
  } catch (error) {
    database.close()
    throw error
  }
}

async function tell(
  on: Session,
  { clock }: StoreDeps,
  sharing: SqliteSharing | null,
): Promise<Telling> {
  if (sharing === null) return createTellingAlone()
  return createTellingAll({
    ...sharing,
    clock,
    feedFrom: await endOfLog(on),
    readTail: (after, limit) => readTail(on, after, limit),
    openedSince: (sinceMs) => openedSince(on, sinceMs),
  })
}
