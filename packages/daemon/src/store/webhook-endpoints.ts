// Webhook endpoints: who is told, and how far each has got in the log.
import { sql } from 'kysely'
import type { IdempotencyKey } from '../engine/ports.ts'
import type {
  EndpointCreated,
  EndpointId,
  Pause,
  WebhookEndpoint,
  WebhookStore,
} from '../engine/webhook-ports.ts'
import { mustHold } from './leases.ts'
import type { PerDialect, Query, Session } from './query.ts'
import { endOfLog } from './read-log.ts'
import type { WebhookEndpointRow } from './schema.ts'
import { type EndpointColumns, endpointColumns, endpointOf } from './webhook-row.ts'

type Run = <T>(run: (tx: Session) => Promise<T>) => Promise<T>

type EndpointMethods = Pick<
  WebhookStore,
  'endpoints' | 'endpoint' | 'createEndpoint' | 'changeEndpoint' | 'deleteEndpoint' | 'moveCursor'
>

export function webhookEndpoints(on: Session, write: Run): EndpointMethods {
  return {
    endpoints: async () => (await on.all(ENDPOINTS, {})).map(endpointOf),
    async endpoint(id) {
      const row = await on.first(ENDPOINT, { id })
      return row === undefined ? null : endpointOf(row)
    },
    createEndpoint: (endpoint, key, endpointsMax) =>
      write((tx) => create(tx, endpoint, key, endpointsMax)),
    changeEndpoint: (id, change) =>
      write(async (tx) => {
        const row = await tx.first(ENDPOINT_TO_CHANGE[tx.dialect], { id })
        if (row === undefined) return null
        const before = endpointOf(row)
        const after = { ...before, ...change(before) }
        await tx.write(CHANGE, endpointColumns(after))
        return after
      }),
    deleteEndpoint: (id, atMs) => write(async (tx) => (await tx.write(DELETE, { id, atMs })) === 1),
    moveCursor: (id, cursor, fence) =>
      write(async (tx) => {
        await mustHold(tx, fence)
        await moveCursor(tx, id, cursor)
      }),
  }
}

/** Inside a transaction; a cursor never moves back. */
export async function moveCursor(on: Session, id: EndpointId, cursor: number): Promise<void> {
  await on.write(MOVE, { id, cursor })
}

export async function disableEndpoint(on: Session, id: EndpointId, atMs: number): Promise<void> {
  await on.write(DISABLE, { id, atMs })
}

/** Inside a transaction. */
export async function pauseEndpoint(on: Session, id: EndpointId, pause: Pause): Promise<void> {
  await on.write(PAUSE, { id, ...pause })
}

export async function followClock(on: Session, id: EndpointId, nowMs: number): Promise<void> {
  await on.write(FOLLOW_CLOCK, { id, nowMs })
}

async function create(
  on: Session,
  endpoint: Omit<WebhookEndpoint, 'cursor'>,
  key: IdempotencyKey | null,
  endpointsMax: number,
): Promise<EndpointCreated> {
  // No index says that there are so many, or one of an address, so daemons ask one after another.
  if (on.dialect === 'postgres') await on.all(LOCK_ENDPOINTS, {})
  if (endpoint.source === 'settings') {
    const known = await on.first(ENDPOINT_OF_SETTINGS, { url: endpoint.url })
    if (known !== undefined) return { result: 'repeated', endpoint: endpointOf(known) }
  }
  if (key !== null) {
    const before = await on.first(ENDPOINT_OF_KEY, { key: key.key })
    if (before !== undefined) {
      if (before.fingerprint !== key.fingerprint) return { result: 'key_mismatch' }
      return { result: 'repeated', endpoint: endpointOf(before) }
    }
    // Keys have one scope, the daemon: this one asked for something else.
    if ((await on.first(KEY_USED, { key: key.key })) !== undefined) {
      return { result: 'key_mismatch' }
    }
  }
  const count = (await on.first(COUNT, {}))?.count ?? 0
  if (endpoint.source === 'api' && count >= endpointsMax) return { result: 'too_many' }
  const cursor = await endOfLog(on)
  const row: WebhookEndpointRow = {
    ...endpointColumns(endpoint),
    deleted_at_ms: null,
    log_position: cursor,
    idempotency_key: key?.key ?? null,
    fingerprint: key?.fingerprint ?? null,
  }
  await on.write(INSERT, row)
  return { result: 'created', endpoint: { ...endpoint, cursor } }
}

type Nothing = Record<never, never>

const ENDPOINTS: Query<Nothing, WebhookEndpointRow> = (db) =>
  db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('deleted_at_ms', 'is', null)
    .orderBy('created_at_ms')
    .orderBy('id')

export const ENDPOINT: Query<{ id: EndpointId }, WebhookEndpointRow> = (db, { id }) =>
  db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at_ms', 'is', null)

const LOCK = sql.lit(7_236_410_004)

const LOCK_ENDPOINTS: Query<Nothing, unknown> = (db) =>
  db.selectNoFrom(sql`pg_advisory_xact_lock(${LOCK})`.as('locked'))

const ENDPOINT_OF_SETTINGS: Query<{ url: string }, WebhookEndpointRow> = (db, { url }) =>
  db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('source', '=', 'settings')
    .where('url', '=', url)
    .where('deleted_at_ms', 'is', null)

// Locked, so that what another daemon changes in it at the same time is not undone.
const ENDPOINT_TO_CHANGE: PerDialect<{ id: EndpointId }, WebhookEndpointRow> = {
  sqlite: ENDPOINT,
  postgres: (db, { id }) =>
    db
      .selectFrom('webhook_endpoints')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at_ms', 'is', null)
      .forUpdate(),
}

const ENDPOINT_OF_KEY: Query<{ key: string }, WebhookEndpointRow> = (db, { key }) =>
  db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('idempotency_key', '=', key)
    .where('deleted_at_ms', 'is', null)

const KEY_USED: Query<{ key: string }, { key: string }> = (db, { key }) =>
  db.selectFrom('idempotency_keys').select('key').where('key', '=', key)

const COUNT: Query<Nothing, { count: number }> = (db) =>
  db
    .selectFrom('webhook_endpoints')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('source', '=', 'api')
    .where('deleted_at_ms', 'is', null)

const INSERT: Query<WebhookEndpointRow, unknown> = (db, row) =>
  db.insertInto('webhook_endpoints').values(row)

const CHANGE: Query<EndpointColumns, unknown> = (db, { id, ...columns }) =>
  db.updateTable('webhook_endpoints').set(columns).where('id', '=', id)

const DELETE: Query<{ id: EndpointId; atMs: number }, unknown> = (db, { id, atMs }) =>
  db
    .updateTable('webhook_endpoints')
    // Its secrets are nobody's any more; its key may make another one.
    .set({ deleted_at_ms: atMs, secrets: '[]', idempotency_key: null })
    .where('id', '=', id)
    .where('deleted_at_ms', 'is', null)

const MOVE: Query<{ id: EndpointId; cursor: number }, unknown> = (db, { id, cursor }) =>
  db
    .updateTable('webhook_endpoints')
    .set({ log_position: cursor })
    .where('id', '=', id)
    .where('log_position', '<', cursor)

const DISABLE: Query<{ id: EndpointId; atMs: number }, unknown> = (db, { id, atMs }) =>
  db.updateTable('webhook_endpoints').set({ disabled_at_ms: atMs }).where('id', '=', id)

const PAUSE: Query<Pause & { id: EndpointId }, unknown> = (db, { id, sinceMs, untilMs }) =>
  db
    .updateTable('webhook_endpoints')
    .set({ paused_since_ms: sinceMs, paused_until_ms: untilMs })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('paused_until_ms', 'is', null), eb('paused_until_ms', '<', untilMs)]))

const FOLLOW_CLOCK: Query<{ id: EndpointId; nowMs: number }, unknown> = (db, { id, nowMs }) =>
  db
    .updateTable('webhook_endpoints')
    .set((eb) => ({
      paused_since_ms: nowMs,
      paused_until_ms: eb(eb('paused_until_ms', '-', eb.ref('paused_since_ms')), '+', nowMs),
    }))
    .where('id', '=', id)
    .where('paused_since_ms', '>', nowMs)
