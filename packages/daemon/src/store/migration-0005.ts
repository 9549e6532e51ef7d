// Which log this is: what a restored store no longer has, and where it goes on. See log-epochs.ts.
import { type Kysely, sql } from 'kysely'
import type { Database, Dialect } from './schema.ts'

export async function addLogEpochs(db: Kysely<Database>, dialect: Dialect): Promise<void> {
  const int = dialect === 'sqlite' ? 'integer' : 'bigint'
  const epochs = db.schema
    .createTable('log_epochs')
    .addColumn('number', int, (c) => c.primaryKey())
    .addColumn('server', 'text')
    .addColumn('kept_to', int, (c) => c.notNull())
    .addColumn('goes_on_after', int, (c) => c.notNull())
    .addColumn('at_ms', int, (c) => c.notNull())
  await (dialect === 'sqlite' ? epochs.modifyEnd(sql`strict`) : epochs).execute()
}
