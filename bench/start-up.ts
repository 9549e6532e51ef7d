// How long the daemon takes until it is ready, with years of payments in its store and with none.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Figure, median, ms } from './figures.ts'
import { pay } from './load.ts'
import type { World } from './world.ts'

const EVENTS_OF_ONE = 2

export async function measureStartUp(
  world: World,
  size: { readonly old: number; readonly starts: number },
): Promise<Figure[]> {
  const fresh = await folderWithOne(world)
  const full = world.newFolder()
  cpSync(fresh, full, { recursive: true })
  copyPayments(join(full, 'portal.db'), size.old)
  const freshMs: number[] = []
  const fullMs: number[] = []
  for (let i = 0; i < size.starts; i++) {
    freshMs.push(await startOn(world, fresh))
    fullMs.push(await startOn(world, full))
  }
  return [
    {
      what: `start to \`/ready\` with ${size.old} old payments`,
      value: ms(median(fullMs)),
      floor: `${ms(median(freshMs))} with none`,
      ratio: median(fullMs) / median(freshMs),
      atMost: 1.3,
    },
  ]
}

async function startOn(world: World, folder: string): Promise<number> {
  const daemon = await world.startDaemon({ folder })
  await daemon.stop()
  return daemon.readyMs
}

async function folderWithOne(world: World): Promise<string> {
  const folder = world.newFolder()
  const daemon = await world.startDaemon({ folder })
  const { outcome } = await pay(daemon, world.users[0] ?? '')
  if (outcome !== 'paid') throw new Error(`a payment was not paid: ${outcome}`)
  await daemon.stop()
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
