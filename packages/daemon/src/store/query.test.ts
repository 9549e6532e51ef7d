import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { Kysely } from 'kysely'
import { migrate } from './migrations.ts'
import { createSessions, type Query, type Run } from './query.ts'
import type { Database, StoreValueRow } from './schema.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

describe('a query', () => {
  it('is built once and run with the values of each call', async () => {
    const { on } = await setUp()
    let built = 0
    const insert: Query<StoreValueRow, unknown> = (db, row) => {
      built += 1
      return db.insertInto('store_values').values(row)
    }
    const find: Query<{ after: string; limit: number }, StoreValueRow> = (db, { after, limit }) =>
      db
        .selectFrom('store_values')
        .selectAll()
        .where('name', '>', after)
        .orderBy('name')
        .limit(limit)
    for (const name of ['a', 'b', 'c']) {
      assert.equal(await on.write(insert, { value: `${name}'s`, name }), 1)
    }
    assert.equal(built, 1)
    const rows = await on.all(find, { limit: 1, after: 'a' })
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [{ name: 'b', value: "b's" }],
    )
    assert.equal((await on.first(find, { limit: 5, after: 'b' }))?.name, 'c')
    assert.equal(await on.first(find, { limit: 5, after: 'c' }), undefined)
  })

  it('sees what its own transaction wrote', async () => {
    const { on, db, sessionOn } = await setUp()
    const insert: Query<StoreValueRow, unknown> = (q, row) =>
      q.insertInto('store_values').values(row)
    const all: Query<Record<never, never>, StoreValueRow> = (q) =>
      q.selectFrom('store_values').selectAll()
    const undone = db.transaction().execute(async (tx) => {
      const session = sessionOn(runBy(tx))
      await session.write(insert, { name: 'n', value: 'v' })
      assert.equal((await session.all(all, {})).length, 1)
      throw new Error('undone')
    })
    // Asked while the transaction is open; answered after it is over.
    const outside = on.all(all, {})
    await assert.rejects(undone, { message: 'undone' })
    assert.deepEqual(await outside, [])
  })
})

async function setUp() {
  const db = new Kysely<Database>({ dialect: sqliteDialect(new DatabaseSync(':memory:')) })
  await migrate(db, 'sqlite', 1)
  const sessionOn = createSessions('sqlite', db)
  return { db, sessionOn, on: sessionOn(runBy(db)) }
}

/** Runs by kysely itself, on the database or in its transaction. */
function runBy(db: Kysely<Database>): Run {
  return async (query) => {
    const { rows, numAffectedRows } = await db.executeQuery(query)
    return { rows, affected: Number(numAffectedRows ?? 0) }
  }
}
