// Old deliveries are forgotten, a few at a time; what waits, or lies beyond the cursor, is work.
import type { Query, Session } from './query.ts'

/** Inside a transaction. See WebhookStore. */
export async function forgetDeliveries(
  on: Session,
  beforeMs: number,
  max: number,
  limit: number,
): Promise<number> {
  let forgotten = 0
  for (const { id, deleted_at_ms } of await on.all(ENDPOINTS, {})) {
    const left = limit - forgotten
    if (left <= 0) break
    if (deleted_at_ms === null) {
      const oldest = (await on.first(OLDEST_KEPT, { id, max }))?.position ?? 0
      forgotten += await on.write(FORGET, { id, beforeMs, oldest, limit: left })
      continue
    }
    const gone = await on.write(FORGET_ALL, { id, limit: left })
    forgotten += gone
    if (gone < left) await on.write(FORGET_ENDPOINT, { id })
  }
  return forgotten
}

type Nothing = Record<never, never>
type Some = { readonly id: string; readonly limit: number }

const ENDPOINTS: Query<Nothing, { id: string; deleted_at_ms: number | null }> = (db) =>
  db.selectFrom('webhook_endpoints').select(['id', 'deleted_at_ms'])

const OLDEST_KEPT: Query<{ id: string; max: number }, { position: number }> = (db, { id, max }) =>
  db
    .selectFrom('webhook_deliveries')
    .select('position')
    .where('endpoint_id', '=', id)
    .orderBy('position', 'desc')
    .offset(max)
    .limit(1)

const FORGET: Query<Some & { beforeMs: number; oldest: number }, unknown> = (
  db,
  { id, beforeMs, oldest, limit },
) =>
  db
    .deleteFrom('webhook_deliveries')
    .where('endpoint_id', '=', id)
    .where(
      'position',
      'in',
      db
        .selectFrom('webhook_deliveries')
        .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'endpoint_id')
        .select('position')
        .where('endpoint_id', '=', id)
        .where('state', '<>', 'waiting')
        .whereRef('position', '<=', 'log_position')
        .where((eb) =>
          eb.or([eb('last_attempt_at_ms', '<', beforeMs), eb('position', '<=', oldest)]),
        )
        .orderBy('position')
        .limit(limit),
    )

const FORGET_ALL: Query<Some, unknown> = (db, { id, limit }) =>
  db
    .deleteFrom('webhook_deliveries')
    .where('endpoint_id', '=', id)
    .where(
      'position',
      'in',
      db
        .selectFrom('webhook_deliveries')
        .select('position')
        .where('endpoint_id', '=', id)
        .limit(limit),
    )

const FORGET_ENDPOINT: Query<{ id: string }, unknown> = (db, { id }) =>
  db.deleteFrom('webhook_endpoints').where('id', '=', id)
