// Stores with years of payments in them.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pay } from './load.ts'
import type { World } from './world.ts'

const EVENTS_OF_ONE = 2

/** A daemon's folder with one payment in its store, paid. */
export async function folderWithOne(world: World): Promise<string> {
  const folder = world.newFolder()
  const daemon = await world.startDaemon({ folder })
  const { outcome } = await pay(daemon, world.users[0] ?? '')
  if (outcome !== 'paid') throw new Error(`a payment was not paid: ${outcome}`)
  await daemon.stop()
  return folder
}

/** A copy of such a folder, its one payment made many. */
export function folderWithMany(world: World, one: string, count: number): string {
  const folder = world.newFolder()
  cpSync(one, folder, { recursive: true })
  copyPayments(join(folder, 'portal.db'), count)
  return folder
}

/** Makes the store's one paid payment many, a minute apart, each with its stream and its events. */
function copyPayments(path: string, count: number): void {
  const db = new DatabaseSync(path)
  db.exec('pragma foreign_keys = off; begin')
  const n = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`
  copy(db, n, 'streams', { id: "id || '-' || i", payment_id: "payment_id || '-' || i" })
  copy(db, n, 'payments', {
    id: "id || '-' || i",
    stream_id: "stream_id || '-' || i",
    request_id: "request_id || '-' || i",
    payment_hash: "printf('%064x', i)",
    created_at_ms: 'created_at_ms - i * 60000',
    expires_at: 'expires_at - i * 60',
    ended_at_ms: 'ended_at_ms - i * 60000',
    paid_at_ms: 'paid_at_ms - i * 60000',
  })
  copy(db, n, 'events', {
    position: `${EVENTS_OF_ONE} * i + position`,
    stream_id: "stream_id || '-' || i",
  })
  db.exec('commit')
  db.close()
}

function copy(
  db: DatabaseSync,
  numbers: string,
  table: string,
  changed: Readonly<Record<string, string>>,
): void {
  const columns = db.prepare(`select name from pragma_table_info('${table}')`).all()
  const names = columns.map(({ name }) => String(name))
  const values = names.map((name) => changed[name] ?? name)
  db.exec(
    `${numbers} insert into ${table} (${names.join()}) select ${values.join()} from n, ${table}`,
  )
}
