// Manual capture: whether a payment is to be held, and until when it may be captured.
import type { Kysely } from 'kysely'
import type { Database, Dialect } from './schema.ts'

export async function addCapture(db: Kysely<Database>, dialect: Dialect): Promise<void> {
  const int = dialect === 'sqlite' ? 'integer' : 'bigint'
  // What an older daemon writes beside a newer one is captured as it always was.
  await db.schema
    .alterTable('payments')
    .addColumn('capture', 'text', (c) => c.notNull().defaultTo('automatic'))
    .execute()
  await db.schema.alterTable('payments').addColumn('capture_before', int).execute()
}
