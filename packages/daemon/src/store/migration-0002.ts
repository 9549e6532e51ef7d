// Webhooks, and what an operator did about late money.
import { type Kysely, sql } from 'kysely'
import type { Database, Dialect } from './schema.ts'

export async function addWebhooks(db: Kysely<Database>, dialect: Dialect): Promise<void> {
  const int = dialect === 'sqlite' ? 'integer' : 'bigint'
  for (const column of ['late_resolved_at_ms', 'late_note'] as const) {
    const type = column === 'late_note' ? 'text' : int
    await db.schema.alterTable('payments').addColumn(column, type).execute()
  }

  const endpoints = db.schema
    .createTable('webhook_endpoints')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('secrets', 'text', (c) => c.notNull())
    .addColumn('events', 'text')
    .addColumn('format', 'text', (c) => c.notNull())
    .addColumn('created_at_ms', int, (c) => c.notNull())
    .addColumn('disabled_at_ms', int)
    .addColumn('deleted_at_ms', int)
    .addColumn('log_position', int, (c) => c.notNull())
    .addColumn('idempotency_key', 'text', (c) => c.unique())
    .addColumn('fingerprint', 'text')
  await (dialect === 'sqlite' ? endpoints.modifyEnd(sql`strict`) : endpoints).execute()

  const deliveries = db.schema
    .createTable('webhook_deliveries')
    .addColumn('endpoint_id', 'text', (c) => c.notNull())
    .addColumn('position', int, (c) => c.notNull())
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', int, (c) => c.notNull())
    .addColumn('queued_at_ms', int, (c) => c.notNull())
    .addColumn('due_at_ms', int)
    .addColumn('last_attempt_at_ms', int)
    .addColumn('status', int)
    .addColumn('answer', 'text')
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('webhook_deliveries_pk', ['endpoint_id', 'position'])
  const keyed = dialect === 'sqlite' ? deliveries.modifyEnd(sql`strict, without rowid`) : deliveries
  await keyed.execute()

  const index = (name: string) =>
    db.schema.createIndex(`webhook_deliveries_${name}`).on('webhook_deliveries')
  await index('due')
    .columns(['endpoint_id', 'due_at_ms'])
    .where(sql.ref('due_at_ms'), 'is not', null)
    .execute()
  await index('waiting')
    .columns(['endpoint_id', 'stream_id', 'position'])
    .where(sql.ref('state'), '=', sql.lit('waiting'))
    .execute()
  if (dialect === 'sqlite') await describeSizes(db)
}

// As in the first tables: SQLite's planner would walk all the deliveries of an endpoint where those
// that wait would do. The primary key goes by the table's name.
async function describeSizes(db: Kysely<Database>): Promise<void> {
  for (const [index, sizes] of Object.entries(SIZES)) {
    const row = sql.join(['webhook_deliveries', index, sizes])
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values (${row})`.execute(db)
  }
  await sql`analyze sqlite_schema`.execute(db)
}

const SIZES = {
  webhook_deliveries: '100000 50000 1',
  webhook_deliveries_due: '1000 500 1',
  webhook_deliveries_waiting: '1000 500 2 1',
}
