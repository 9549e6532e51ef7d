// Leases by name: which daemon does what only one may do, until when, and and the how manieth holder it is.
import { type RawBuilder, sql } from 'kysely'
import { type Lease, StoreError } from '../engine/ports.ts'
import type { Fence } from '../engine/webhook-ports.ts'
import { DATABASE_NOW_MS } from './database-clock.ts'
import type { PerDialect, Query, Session } from './query.ts'

/** Inside a transaction. See Store. */
export async function takeLease(
  on: Session,
  name: string,
  holder: string,
  nowMs: number,
  leaseMs: number,
): Promise<Lease | null> {
  const taken = await on.first(TAKE[on.dialect], { name, holder, nowMs, leaseMs })
  return taken === undefined ? null : { epoch: taken.epoch }
}

/** See Store. */
export async function freeLeases(
  on: Session,
  names: readonly string[],
  nowMs: number,
): Promise<readonly string[]> {
  const taken = await on.all(TAKEN[on.dialect], { names: JSON.stringify(names), nowMs })
  const others = new Set(taken.map(({ name }) => name))
  return names.filter((name) => !others.has(name))
}

export async function releaseLease(on: Session, name: string, holder: string): Promise<void> {
  await on.write(RELEASE, { name, holder })
}

/** Inside a transaction, before it writes. Throws StoreError `fenced`. */
export async function mustHold(on: Session, fence: Fence | undefined): Promise<void> {
  if (fence === undefined) return
  const held = await on.first(HELD[on.dialect], { name: fence.lease })
  if (held?.epoch === fence.epoch) return
  throw new StoreError('fenced', `the lease ${fence.lease} is another daemon's now`)
}

type Taking = {
  readonly name: string
  readonly holder: string
  readonly nowMs: number
  readonly leaseMs: number
}
type Epoch = { readonly epoch: number }

const taking =
  (now: (nowMs: number) => RawBuilder<number>): Query<Taking, Epoch> =>
  (db, { name, holder, nowMs, leaseMs }) =>
    db
      .insertInto('leases')
      .values({ name, holder, epoch: 1, until_ms: sql<number>`${now(nowMs)} + ${leaseMs}` })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({
            holder: sql`excluded.holder`,
            epoch: sql`leases.epoch + case when leases.holder = excluded.holder then 0 else 1 end`,
            until_ms: sql`excluded.until_ms`,
          })
          .where((eb) =>
            eb.or([
              eb('leases.holder', '=', sql<string>`excluded.holder`),
              eb('leases.until_ms', '<=', now(nowMs)),
            ]),
          ),
      )
      .returning('epoch')

const TAKE: PerDialect<Taking, Epoch> = {
  sqlite: taking((nowMs) => sql<number>`${nowMs}`),
  postgres: taking(() => DATABASE_NOW_MS),
}

type Among = { readonly names: string; readonly nowMs: number }

// One parameter, so that it is one query however many are asked about.
const TAKEN: PerDialect<Among, { name: string }> = {
  sqlite: (db, { names, nowMs }) =>
    db
      .selectFrom('leases')
      .select('name')
      .where('name', 'in', sql<string>`(select value from json_each(${names}))`)
      .where('until_ms', '>', nowMs),
  postgres: (db, { names }) =>
    db
      .selectFrom('leases')
      .select('name')
      .where('name', 'in', sql<string>`(select json_array_elements_text(${names}::json))`)
      .where('until_ms', '>', DATABASE_NOW_MS),
}

// The epoch stays, so that none is ever given twice.
const RELEASE: Query<{ name: string; holder: string }, unknown> = (db, { name, holder }) =>
  db
    .updateTable('leases')
    .set({ holder: null, until_ms: 0 })
    .where('name', '=', name)
    .where('holder', '=', holder)

const HELD: PerDialect<{ name: string }, Epoch> = {
  sqlite: (db, { name }) => db.selectFrom('leases').select('epoch').where('name', '=', name),
  // Locked, so that nobody takes it before this transaction has ended.
  postgres: (db, { name }) =>
    db.selectFrom('leases').select('epoch').where('name', '=', name).forShare(),
}
