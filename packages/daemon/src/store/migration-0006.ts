// Since when and until when an endpoint is left alone, because it asked for that.
import type { Kysely } from 'kysely'
import type { Database, Dialect } from './schema.ts'

export async function addWebhookPause(db: Kysely<Database>, dialect: Dialect): Promise<void> {
  const int = dialect === 'sqlite' ? 'integer' : 'bigint'
  for (const column of ['paused_since_ms', 'paused_until_ms']) {
    await db.schema.alterTable('webhook_endpoints').addColumn(column, int).execute()
  }
}
