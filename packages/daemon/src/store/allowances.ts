// Token buckets that all daemons draw from. Tokens are counted in thousandths: so many as come in a
// second, in whole tokens, come in a millisecond.
import { sql } from 'kysely'
import type { Rate } from '../engine/ports.ts'
import { DATABASE_NOW_MS } from './database-clock.ts'
import type { PerDialect, Query, Session } from './query.ts'
import type { AllowanceRow } from './schema.ts'

/** Inside a transaction. See Store. */
export async function takeAllowance(
  on: Session,
  name: string,
  want: number,
  rate: Rate,
  nowMs: number,
): Promise<number> {
  const full = rate.burst * 1000
  await on.write(BEGIN, { name, thousandths: full, at_ms: 0 })
  const bucket = await on.first(BUCKET[on.dialect], { name, nowMs })
  if (bucket === undefined) return 0
  // A clock that was set back takes nothing away.
  const passedMs = Math.max(0, bucket.now_ms - bucket.at_ms)
  const there = Math.min(full, bucket.thousandths + passedMs * rate.perSecond)
  const granted = Math.max(0, Math.min(Math.floor(want), Math.floor(there / 1000)))
  await on.write(DRAW, { name, left: there - granted * 1000, nowMs: bucket.now_ms })
  return granted
}

type Asked = { readonly name: string; readonly nowMs: number }
type Bucket = Omit<AllowanceRow, 'name'> & { readonly now_ms: number }

const BEGIN: Query<AllowanceRow, unknown> = (db, row) =>
  db
    .insertInto('allowances')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())

const BUCKET: PerDialect<Asked, Bucket> = {
  sqlite: (db, { name, nowMs }) =>
    db
      .selectFrom('allowances')
      .select(['thousandths', 'at_ms', sql<number>`${nowMs}`.as('now_ms')])
      .where('name', '=', name),
  postgres: (db, { name }) =>
    db
      .selectFrom('allowances')
      .select(['thousandths', 'at_ms', DATABASE_NOW_MS.as('now_ms')])
      .where('name', '=', name)
      .forUpdate(),
}

const DRAW: Query<{ name: string; left: number; nowMs: number }, unknown> = (
  db,
  { name, left, nowMs },
) => db.updateTable('allowances').set({ thousandths: left, at_ms: nowMs }).where('name', '=', name)
