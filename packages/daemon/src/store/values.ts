// Small values by name, and the relays that users named.
import { sql } from 'kysely'
import { texts } from './decode.ts'
import type { Query, Session } from './query.ts'
import type { StoreValueRow } from './schema.ts'

export async function value(on: Session, name: string): Promise<string | null> {
  return (await on.first(VALUE, { name }))?.value ?? null
}

export async function setValue(on: Session, name: string, text: string): Promise<void> {
  await on.write(SET_VALUE, { name, value: text })
}

/** See Store. Throws RangeError for a text without an index. */
export async function advanceValue(on: Session, name: string, text: string): Promise<void> {
  const at = text.lastIndexOf(':')
  const index = text.slice(at + 1)
  if (at < 0 || !/^\d{1,18}$/.test(index)) throw new RangeError(`${name}: "${text}" has no index`)
  await on.write(ADVANCE_VALUE, { name, value: text, series: text.slice(0, at + 1), index })
}

/** Inside a transaction: the value that stands afterwards, which is `text` only where none was. */
export async function initValue(on: Session, name: string, text: string): Promise<string> {
  await on.write(INIT_VALUE, { name, value: text })
  return (await value(on, name)) ?? text
}

/** Inside a transaction: false where another daemon tries the store at this moment. */
export async function mayPing(on: Session): Promise<boolean> {
  if (on.dialect === 'sqlite') return true
  return (await on.first(TRY_PING_LOCK, {}))?.taken === true
}

export async function relaysOf(on: Session, mainKey: string): Promise<readonly string[]> {
  const row = await on.first(USER_RELAYS, { mainKey })
  return row === undefined ? [] : texts(row.relays, 'user_relays.relays')
}

const PING_LOCK = sql.lit(7_236_410_003)

const TRY_PING_LOCK: Query<Record<never, never>, { taken: boolean }> = (db) =>
  db.selectNoFrom(sql<boolean>`pg_try_advisory_xact_lock(${PING_LOCK})`.as('taken'))

const VALUE: Query<{ name: string }, { value: string }> = (db, { name }) =>
  db.selectFrom('store_values').select('value').where('name', '=', name)

const SET_VALUE: Query<StoreValueRow, unknown> = (db, row) =>
  db
    .insertInto('store_values')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: row.value }))

type Advance = StoreValueRow & { readonly series: string; readonly index: string }

const ADVANCE_VALUE: Query<Advance, unknown> = (db, { name, value, series, index }) => {
  const prefix = sql`cast(${series} as text)`
  const stands = sql.ref('store_values.value')
  return db
    .insertInto('store_values')
    .values({ name, value })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ value: sql`excluded.value` })
        .where(
          sql<boolean>`case when substr(${stands}, 1, length(${prefix})) <> ${prefix} then true
            else cast(substr(${stands}, length(${prefix}) + 1) as bigint) < cast(${index} as bigint) end`,
        ),
    )
}

const INIT_VALUE: Query<StoreValueRow, unknown> = (db, row) =>
  db
    .insertInto('store_values')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())

const USER_RELAYS: Query<{ mainKey: string }, { relays: string }> = (db, { mainKey }) =>
  db.selectFrom('user_relays').select('relays').where('main_key', '=', mainKey)
