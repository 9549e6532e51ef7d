// One SQLite database in memory, outliving the daemons that use it as a disk does: what was committed
// stays, what was not is undone when its daemon dies. Where the power fails, so is some of what was committed
// and not yet written to the disk: those transactions are savepoints, one in another, in one of the database's own.
// The tables are made once and emptied between lives.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Mortal } from './mortal.ts'
import type { World } from './world.ts'

export interface DurableDatabase {
  /** Empties every table. */
  wipe(): void
  /** How many rows there are, in all tables. */
  rows(): number
  /** The database as one daemon has it. */
  open(mortal: Mortal, world: World, disk: Disk): DatabaseSync
}

export type Disk = {
  /** `full`: no commit succeeds; `busy`: no transaction begins. */
  trouble: 'full' | 'busy' | null
  /** Whether the daemon's next death is the machine's. */
  powerFails: boolean
}

type Prepared = {
  readonly statement: StatementSync
  readonly columns: ReturnType<StatementSync['columns']>
}

const TABLES = `select name from sqlite_master where type = 'table'
  and name not in ('migrations', 'sqlite_stat1') order by rowid desc`
const SQLITE_BUSY = 5
const SQLITE_FULL = 13

export function createDurableDatabase(): DurableDatabase {
  const database = new DatabaseSync(':memory:')
  /** Transactions that are committed, of which the last are lost if the power fails now. */
  let unwritten = 0
  let writesAtOnce = true
  let changesBefore: unknown = 0
  const prepared = new Map<string, Prepared>()

  function prepare(sql: string): Prepared {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    const fresh = { statement, columns: statement.columns() }
    prepared.set(sql, fresh)
    return fresh
  }

  /** Carries out a daemon's statement; answers whether its transaction is open afterwards. */
  function carryOut(sql: string): boolean {
    const savepoint = `unwritten_${unwritten}`
    switch (sql) {
      case 'begin immediate':
        database.exec(unwritten > 0 ? `savepoint ${savepoint}` : sql)
        changesBefore = changes()
        return true
      case 'commit':
        // What has changed nothing does not wait for the disk, whatever was asked.
        if (changes() === changesBefore) return carryOut('rollback')
        if (writesAtOnce) database.exec(sql)
        unwritten = writesAtOnce ? 0 : unwritten + 1
        return false
      case 'rollback':
        database.exec(unwritten > 0 ? `rollback to ${savepoint}; release ${savepoint}` : sql)
        return false
      case 'pragma synchronous = full':
      case 'pragma synchronous = normal':
        writesAtOnce = sql.endsWith('full')
        return false
      default:
        throw new Error(`the simulated disk does not know "${sql}"`)
    }
  }

  function changes(): unknown {
    return prepare('select total_changes() as changes').statement.get()?.changes
  }

  /** Of what was not written only so many, the first, are on the disk. */
  function cutPower(kept: number): void {
    database.exec(kept === 0 ? 'rollback' : `rollback to unwritten_${kept}; commit`)
    unwritten = 0
  }

  return {
    wipe() {
      if (database.isTransaction) database.exec('rollback')
      unwritten = 0
      // The newest tables first, since they refer to older ones. (A setting that lifts the constraint
      // would have every statement prepared again.)
      database.exec('begin')
      for (const { name } of prepare(TABLES).statement.all()) {
        prepare(`delete from "${name}"`).statement.run()
      }
      database.exec('commit')
    },
    rows() {
      const tables = prepare(TABLES).statement.all()
      const count = tables.map(({ name }) => `(select count(*) from "${name}")`).join(' + ')
      return Number(prepare(`select ${count} as count`).statement.get()?.count)
    },
    open(mortal, world, disk) {
      writesAtOnce = true
      let isOpen = true
      // The connection is everybody's; this is whose transaction it is.
      let isOurs = false
      mortal.onDeath(() => {
        if (isOurs) carryOut('rollback')
        isOurs = false
        if (disk.powerFails && unwritten > 0) {
          world.fault('the power fails and takes what was not written')
          cutPower(world.chance.between(0, unwritten - 1))
        }
        disk.powerFails = false
      })
      const connection: Pick<
        DatabaseSync,
        'exec' | 'prepare' | 'isOpen' | 'isTransaction' | 'close'
      > = {
        get isOpen() {
          return isOpen
        },
        get isTransaction() {
          return isOurs && database.isTransaction
        },
        exec(sql) {
          const isCommit = sql === 'commit'
          mortal.effectOrDie(sql, () => {
            if (isCommit && disk.trouble === 'full') throw failure(SQLITE_FULL, world)
            if (sql.startsWith('begin') && disk.trouble === 'busy')
              throw failure(SQLITE_BUSY, world)
            isOurs = carryOut(sql)
          })
        },
        prepare: (sql) => mortalStatement(mortal, prepare(sql)),
        close() {
          isOpen = false
        },
      }
      return connection as DatabaseSync
    },
  }
}

function failure(errcode: number, world: World): Error {
  const what = errcode === SQLITE_FULL ? 'the disk is full' : 'the store is busy'
  world.fault(what)
  return Object.assign(new Error(what), { errcode })
}

// Reads and writes inside a transaction are no effects: nobody sees them before the commit.
function mortalStatement(mortal: Mortal, { statement, columns }: Prepared): StatementSync {
  const check = () => {
    if (!mortal.alive) mortal.effectOrDie('statement', () => {})
  }
  const guarded = {
    all(...values: readonly SQLInputValue[]) {
      check()
      return statement.all(...values)
    },
    get(...values: readonly SQLInputValue[]) {
      check()
      return statement.get(...values)
    },
    run(...values: readonly SQLInputValue[]) {
      check()
      return statement.run(...values)
    },
    columns: () => columns,
  }
  return guarded as unknown as StatementSync
}
