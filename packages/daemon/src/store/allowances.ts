// Token buckets that all daemons draw from. Tokens are counted in thousandths: so many as come in a
// second, in whole tokens, come in a millisecond.
import { sql } from 'kysely'
import type { Rate } from '../engine/ports.ts'
import { DATABASE_NOW_MS } from './database-clock.ts'
import type { Query, Session } from './query.ts'
import type { AllowanceRow } from './schema.ts'

type Write = <T>(run: (tx: Session) => Promise<T>) => Promise<T>

/**
 * See Store. On PostgreSQL a statement of its own, never part of what is committed for payments: all
 * daemons draw from the same row, and those payments would wait for it.
 */
export async function takeAllowance(
  on: Session,
  write: Write,
  name: string,
  want: number,
  rate: Rate,
  nowMs: number,
): Promise<number> {
  const full = rate.burst * 1000
  const taking = { name, want: Math.max(0, Math.floor(want)), full, perSecond: rate.perSecond }
  if (on.dialect === 'sqlite') return write((tx) => drawAt(tx, taking, nowMs))
  const drawn = await on.first(DRAW, taking)
  if (drawn !== undefined) return drawn.granted
  await on.write(BEGIN, { name, thousandths: full, at_ms: 0 })
  return (await on.first(DRAW, taking))?.granted ?? 0
}

type Taking = {
  readonly name: string
  readonly want: number
  readonly full: number
  readonly perSecond: number
}

async function drawAt(tx: Session, taking: Taking, nowMs: number): Promise<number> {
  const { name, want, full, perSecond } = taking
  await tx.write(BEGIN, { name, thousandths: full, at_ms: 0 })
  const bucket = await tx.first(BUCKET, { name })
  if (bucket === undefined) return 0
  // A clock that was set back takes nothing away.
  const passedMs = Math.max(0, nowMs - bucket.at_ms)
  const there = Math.min(full, bucket.thousandths + passedMs * perSecond)
  const granted = Math.min(want, Math.floor(there / 1000))
  await tx.write(LEAVE, { name, thousandths: there - granted * 1000, at_ms: nowMs })
  return granted
}

const BEGIN: Query<AllowanceRow, unknown> = (db, row) =>
  db
    .insertInto('allowances')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())

const BUCKET: Query<{ name: string }, AllowanceRow> = (db, { name }) =>
  db.selectFrom('allowances').selectAll().where('name', '=', name)

const LEAVE: Query<AllowanceRow, unknown> = (db, { name, ...left }) =>
  db.updateTable('allowances').set(left).where('name', '=', name)

const whole = (value: number) => sql<number>`cast(${value} as bigint)`

// The same in one statement.
const DRAW: Query<Taking, { granted: number }> = (db, { name, want, full, perSecond }) => {
  const income = sql`greatest(0, ${DATABASE_NOW_MS} - at_ms) * ${whole(perSecond)}`
  const granted = sql<number>`least(${whole(want)}, bucket.there / 1000)`
  return (
    db
      // What a crash of the server forgets was drawn a moment ago: nobody need wait for its disk.
      .with('fast', (cte) =>
        cte.selectNoFrom(sql<string>`set_config('synchronous_commit', 'off', true)`.as('commit')),
      )
      .with('bucket', (cte) =>
        cte
          .selectFrom('allowances')
          .select([
            'name',
            DATABASE_NOW_MS.as('now_ms'),
            sql<number>`least(${whole(full)}, thousandths + ${income})`.as('there'),
          ])
          .where('name', '=', name)
          .where(sql<boolean>`(select commit = 'off' from fast)`)
          .forUpdate(),
      )
      .updateTable('allowances')
      .from('bucket')
      .set({ thousandths: sql`bucket.there - ${granted} * 1000`, at_ms: sql`bucket.now_ms` })
      .whereRef('allowances.name', '=', 'bucket.name')
      .returning(granted.as('granted'))
  )
}
