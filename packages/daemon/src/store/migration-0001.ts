// The first tables and their indices. Each partial index holds only what its query may find, so
// that old payments cost the open ones nothing.
import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { Database, Dialect } from './schema.ts'

type Db = Kysely<Database>

export async function createFirstTables(db: Db, dialect: Dialect): Promise<void> {
  const int = dialect === 'sqlite' ? 'integer' : 'bigint'
  await createStreams(db, dialect, int)
  await createPayments(db, dialect, int)
  await indexPayments(db)
  await createConversations(db, dialect, int)
  await createSmallTables(db, dialect, int)
  if (dialect === 'sqlite') await describeSizes(db)
}

type Int = 'integer' | 'bigint'

// SQLite checks column types only in STRICT tables; PostgreSQL always does.
function strict<T extends string, C extends string>(
  table: CreateTableBuilder<T, C>,
  dialect: Dialect,
): CreateTableBuilder<T, C> {
  return dialect === 'sqlite' ? table.modifyEnd(sql`strict`) : table
}

// Small rows found by their key alone: in SQLite the key is then the table, not an index beside it.
function keyed<T extends string, C extends string>(
  table: CreateTableBuilder<T, C>,
  dialect: Dialect,
): CreateTableBuilder<T, C> {
  return dialect === 'sqlite' ? table.modifyEnd(sql`strict, without rowid`) : table
}

async function createStreams(db: Db, dialect: Dialect, int: Int): Promise<void> {
  const streams = db.schema
    .createTable('streams')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('payment_id', 'text')
    .addColumn('request_id', 'text')
    .addColumn('ended', int, (c) => c.notNull())
  await keyed(streams, dialect).execute()
  const events = db.schema
    .createTable('events')
    .addColumn('position', int, (c) =>
      dialect === 'sqlite'
        ? c.primaryKey().autoIncrement()
        : c.generatedAlwaysAsIdentity().primaryKey(),
    )
    .addColumn('stream_id', 'text', (c) => c.notNull().references('streams.id'))
    .addColumn('idx', int, (c) => c.notNull())
    .addColumn('created_at_ms', int, (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
  await strict(events, dialect).execute()
  await db.schema
    .createIndex('events_of_stream')
    .unique()
    .on('events')
    .columns(['stream_id', 'idx'])
    .execute()
}

async function createPayments(db: Db, dialect: Dialect, int: Int): Promise<void> {
  const payments = db.schema
    .createTable('payments')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('stream_id', 'text', (c) => c.notNull().references('streams.id'))
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('request_id', 'text', (c) => c.notNull())
    .addColumn('main_key', 'text', (c) => c.notNull())
    .addColumn('subkeys', 'text', (c) => c.notNull())
    .addColumn('amount_msat', int, (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('subscription_id', 'text')
    .addColumn('auth_token', 'text')
    .addColumn('metadata', 'text')
    .addColumn('expires_at', int, (c) => c.notNull())
    .addColumn('created_at_ms', int, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('code', 'text')
    .addColumn('reason', 'text')
    .addColumn('invoice', 'text')
    .addColumn('payment_hash', 'text')
    .addColumn('own_invoice', int, (c) => c.notNull())
    .addColumn('invoice_state', 'text', (c) => c.notNull())
    .addColumn('preimage', 'text')
    .addColumn('late', int, (c) => c.notNull())
    .addColumn('delivery', 'text', (c) => c.notNull())
    .addColumn('first_sent_at_ms', int)
    .addColumn('last_sent_at_ms', int)
    .addColumn('answered_at_ms', int)
    .addColumn('approved', int, (c) => c.notNull())
    .addColumn('failures', int, (c) => c.notNull())
    .addColumn('claimed', int, (c) => c.notNull())
    .addColumn('attempts', int, (c) => c.notNull())
    .addColumn('task_at_ms', int, (c) => c.notNull())
    .addColumn('event_count', int, (c) => c.notNull())
    .addColumn('ended_at_ms', int)
    .addColumn('paid_at_ms', int)
    .addColumn('wake_at_ms', int)
  await strict(payments, dialect).execute()
}

async function indexPayments(db: Db): Promise<void> {
  const index = (name: string) => db.schema.createIndex(`payments_${name}`).on('payments')
  const newestFirst = ['created_at_ms', 'id']

  await index('of_request').unique().columns(['request_id', 'main_key']).execute()
  await index('of_hash')
    .columns(['payment_hash', 'created_at_ms'])
    .where(sql.ref('payment_hash'), 'is not', null)
    .execute()

  await index('due').column('wake_at_ms').where(sql.ref('wake_at_ms'), 'is not', null).execute()
  await index('open').columns(newestFirst).where(sql.ref('ended_at_ms'), 'is', null).execute()
  await index('open_of_key')
    .columns(['main_key', ...newestFirst])
    .where(sql.ref('ended_at_ms'), 'is', null)
    .execute()
  await index('unsettled')
    .columns(['expires_at', 'created_at_ms'])
    .where(sql.ref('own_invoice'), '=', 1)
    .where(sql.ref('paid_at_ms'), 'is', null)
    .where(sql.ref('payment_hash'), 'is not', null)
    .where(sql.ref('invoice_state'), '<>', 'cancelled')
    .execute()

  await index('newest').columns(newestFirst).execute()
  await index('newest_of_status')
    .columns(['status', ...newestFirst])
    .execute()
  await index('newest_of_key')
    .columns(['main_key', ...newestFirst])
    .execute()
  await index('newest_of_subscription')
    .columns(['subscription_id', ...newestFirst])
    .where(sql.ref('subscription_id'), 'is not', null)
    .execute()
  await index('newest_late_of_status')
    .columns(['status', ...newestFirst])
    .where(sql.ref('late'), '=', 1)
    .execute()
  await index('newest_late').columns(newestFirst).where(sql.ref('late'), '=', 1).execute()
}

async function createConversations(db: Db, dialect: Dialect, int: Int): Promise<void> {
  const conversations = db.schema
    .createTable('conversations')
    .addColumn('stream_id', 'text', (c) => c.primaryKey().notNull().references('streams.id'))
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('created_at_ms', int, (c) => c.notNull())
    .addColumn('expires_at', int)
    .addColumn('ended', int, (c) => c.notNull())
    .addColumn('event_count', int, (c) => c.notNull())
    .addColumn('wake_at_ms', int)
    .addColumn('token', 'text')
    .addColumn('url', 'text')
    .addColumn('reusable', int)
    .addColumn('main_key', 'text')
    .addColumn('subkeys', 'text')
    .addColumn('challenge', 'text', (c) => c.unique())
    .addColumn('first_sent_at_ms', int)
    .addColumn('last_sent_at_ms', int)
    .addColumn('task_at_ms', int)
  await strict(conversations, dialect).execute()

  const index = (name: string) => db.schema.createIndex(`conversations_${name}`).on('conversations')
  await index('due').column('wake_at_ms').where(sql.ref('wake_at_ms'), 'is not', null).execute()
  await index('open_of_token')
    .unique()
    .column('token')
    .where(sql.ref('token'), 'is not', null)
    .where(sql.ref('ended'), '=', 0)
    .execute()
  await index('open_of_key')
    .columns(['main_key', 'created_at_ms'])
    .where(sql.ref('main_key'), 'is not', null)
    .where(sql.ref('ended'), '=', 0)
    .execute()
  await index('open')
    .column('created_at_ms')
    .where(sql.ref('main_key'), 'is not', null)
    .where(sql.ref('ended'), '=', 0)
    .execute()
  await index('newest').column('created_at_ms').where(sql.ref('main_key'), 'is not', null).execute()
}

async function createSmallTables(db: Db, dialect: Dialect, int: Int): Promise<void> {
  const table = (name: string) => db.schema.createTable(name)
  const waiting = table('waiting_subkeys')
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('waiting_subkeys_pk', ['key', 'subject'])
  await keyed(waiting, dialect).execute()

  const received = table('received_events')
    .addColumn('event_id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('received_at_ms', int, (c) => c.notNull())
  await keyed(received, dialect).execute()
  await db.schema
    .createIndex('received_events_oldest')
    .on('received_events')
    .column('received_at_ms')
    .execute()

  const keys = table('idempotency_keys')
    .addColumn('key', 'text', (c) => c.primaryKey().notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('stream_id', 'text', (c) => c.notNull().references('streams.id'))
    .addColumn('created_at_ms', int, (c) => c.notNull())
  await keyed(keys, dialect).execute()

  const relays = table('user_relays')
    .addColumn('main_key', 'text', (c) => c.primaryKey().notNull())
    .addColumn('relays', 'text', (c) => c.notNull())
    .addColumn('named_at_ms', int, (c) => c.notNull())
  await keyed(relays, dialect).execute()

  const values = table('store_values')
    .addColumn('name', 'text', (c) => c.primaryKey().notNull())
    .addColumn('value', 'text', (c) => c.notNull())
  await keyed(values, dialect).execute()
}

// What SQLite's planner believes of the indices (https://sqlite.org/fileformat2.html#stat1tab):
// rows, then rows per value of each further column. Without it, it takes an index of all the
// payments where one of the open ones would do. PostgreSQL finds such things out by itself.
async function describeSizes(db: Db): Promise<void> {
  await sql`analyze`.execute(db)
  for (const [index, sizes] of Object.entries(SIZES)) {
    const row = sql.join([index.split('_')[0], index, sizes])
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values (${row})`.execute(db)
  }
  await sql`analyze sqlite_schema`.execute(db)
}

const SIZES = {
  payments_of_request: '1000000 2 1',
  payments_of_hash: '1000000 1 1',
  payments_due: '1000 1',
  payments_open: '1000 1 1',
  payments_open_of_key: '1000 1 1 1',
  payments_unsettled: '300000 2 1',
  payments_newest: '1000000 1 1',
  payments_newest_of_status: '1000000 150000 1 1',
  payments_newest_of_key: '1000000 20 1 1',
  payments_newest_of_subscription: '300000 20 1 1',
  payments_newest_late: '1000 1 1',
  payments_newest_late_of_status: '1000 300 1 1',
  conversations_due: '100 1',
  conversations_open_of_token: '100 1',
  conversations_open_of_key: '100 1 1',
  conversations_open: '100 1',
  conversations_newest: '100000 1',
}
