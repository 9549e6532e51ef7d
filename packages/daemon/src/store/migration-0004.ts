// What several daemons on one database need: leases and allowances that all of them see, when a
// subkey came to be waited for, and on PostgreSQL positions that log-position.ts chooses.
import { type Kysely, sql } from 'kysely'
import type { Database, Dialect } from './schema.ts'

export async function addSharing(db: Kysely<Database>, dialect: Dialect): Promise<void> {
  const int = dialect === 'sqlite' ? 'integer' : 'bigint'
  const leases = db.schema
    .createTable('leases')
    .addColumn('name', 'text', (c) => c.primaryKey().notNull())
    .addColumn('holder', 'text')
    .addColumn('epoch', int, (c) => c.notNull())
    .addColumn('until_ms', int, (c) => c.notNull())
  const allowances = db.schema
    .createTable('allowances')
    .addColumn('name', 'text', (c) => c.primaryKey().notNull())
    .addColumn('thousandths', int, (c) => c.notNull())
    .addColumn('at_ms', int, (c) => c.notNull())
  for (const table of [leases, allowances]) {
    const keyed = dialect === 'sqlite' ? table.modifyEnd(sql`strict, without rowid`) : table
    await keyed.execute()
  }
  await db.schema.alterTable('waiting_subkeys').addColumn('added_at_ms', int).execute()
  await db.schema
    .createIndex('waiting_subkeys_newest')
    .on('waiting_subkeys')
    .column('added_at_ms')
    .where(sql.ref('added_at_ms'), 'is not', null)
    .execute()
  if (dialect === 'postgres') await choosePositions(db)
}

async function choosePositions(db: Kysely<Database>): Promise<void> {
  await sql`alter table events alter column position drop identity if exists`.execute(db)
  await db.schema
    .createTable('log_base')
    // One row.
    .addColumn('id', 'integer', (c) => c.primaryKey().check(sql`id = 1`))
    .addColumn('base', 'bigint', (c) => c.notNull())
    .execute()
  await sql`insert into log_base (id, base) values (1, 0)`.execute(db)
}
