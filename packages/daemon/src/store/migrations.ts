// How the tables came to be what schema.ts says: named steps, forward only, each run once and never
// edited afterwards. A step only adds, because an older daemon may be using the tables still; for
// the same reason steps that this version does not know are left alone.
import type { Kysely } from 'kysely'
import { createFirstTables } from './migration-0001.ts'
import { addWebhooks } from './migration-0002.ts'
import { addCapture } from './migration-0003.ts'
import { addSharing } from './migration-0004.ts'
import { addLogEpochs } from './migration-0005.ts'
import { addWebhookPause } from './migration-0006.ts'
import type { Database, Dialect } from './schema.ts'

export type Step = {
  readonly name: string
  readonly up: (db: Kysely<Database>, dialect: Dialect) => Promise<void>
}

export const STEPS: readonly Step[] = [
  { name: '0001-first-tables', up: createFirstTables },
  { name: '0002-webhooks', up: addWebhooks },
  { name: '0003-capture', up: addCapture },
  { name: '0004-sharing', up: addSharing },
  { name: '0005-log-epochs', up: addLogEpochs },
  { name: '0006-webhook-pause', up: addWebhookPause },
]

/** Brings the tables up to date in one transaction: all the missing steps, or none. */
export async function migrate(
  db: Kysely<Database>,
  dialect: Dialect,
  atMs: number,
  steps: readonly Step[] = STEPS,
): Promise<void> {
  await db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('name', 'text', (c) => c.primaryKey().notNull())
    .addColumn('applied_at_ms', dialect === 'sqlite' ? 'integer' : 'bigint', (c) => c.notNull())
    .execute()
  await db.transaction().execute(async (tx) => {
    const rows = await tx.selectFrom('migrations').select('name').execute()
    const applied = new Set(rows.map(({ name }) => name))
    for (const { name, up } of steps) {
      if (applied.has(name)) continue
      await up(tx, dialect)
      await tx.insertInto('migrations').values({ name, applied_at_ms: atMs }).execute()
    }
  })
}
