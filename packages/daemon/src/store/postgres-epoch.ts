// Whether a PostgreSQL server is the one that the log was written on. Another system identifier or
// timeline says that it was restored, that a standby took over, or that it is a new server: the log then
// begins a new epoch (see log-epochs.ts).
import type { ClientBase } from 'pg'
import { LOST_MAX, POSITIONS_PER_MS, RESTORED_VALUE } from './log-epochs.ts'
import { RAISE_BASE } from './log-position.ts'

const LOCK = 7_236_410_002

/**
 * Before a connection writes. One at a time; and since every connection does it first, none that writes
 * on this server's timeline began before its epoch did.
 */
export async function beginPostgresEpoch(client: ClientBase): Promise<void> {
  const server = await serverOf(client)
  await client.query(`begin read write; set local lock_timeout = '5s';
    select pg_advisory_xact_lock(${LOCK})`)
  const { rows } = await client.query<State>(STATE)
  const state = rows[0]
  if (state?.number === null) await client.query(FIRST, [server])
  else if (state !== undefined && (state.server !== server || state.marked)) {
    // A connection from before a mark may be writing still: no commit goes on until this one has ended.
    await client.query('lock table log_base in access exclusive mode')
    await client.query(NEXT, [server])
    await client.query(`delete from store_values where name = '${RESTORED_VALUE}'`)
  }
  await client.query(RAISE_BASE)
  await client.query('commit')
}

type State = {
  readonly number: number | null
  readonly server: string | null
  readonly marked: boolean
}

// Where it may not be asked, as on some hosted servers, a restore has to be told of (docs/backup.md).
async function serverOf(client: ClientBase): Promise<string> {
  try {
    const { rows } = await client.query<{ server: string }>(SERVER)
    return rows[0]?.server ?? ''
  } catch (error) {
    if (error instanceof Error && 'code' in error && REFUSED.includes(String(error.code))) return ''
    throw error
  }
}

/** Insufficient privilege; there is no such function. */
const REFUSED = ['42501', '42883']

const SERVER = `
  select system_identifier || '-' || left(pg_walfile_name(pg_current_wal_lsn()), 8) as server
  from pg_control_system()`

const STATE = `
  select newest.number, newest.server,
    exists (select from store_values where name = '${RESTORED_VALUE}') as marked
  from (values (1)) as one
  left join (select * from log_epochs order by number desc limit 1) as newest on true`

const LAST = 'coalesce((select max(position) from events), 0)'
const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

const FIRST = `
  insert into log_epochs (number, server, kept_to, goes_on_after, at_ms)
  values (1, $1, ${LAST}, ${LAST}, ${NOW_MS})`

const NEXT = `
  insert into log_epochs (number, server, kept_to, goes_on_after, at_ms)
  select max(number) + 1, $1, ${LAST},
    greatest(${LAST} + ${LOST_MAX}, ${NOW_MS} * ${POSITIONS_PER_MS}), ${NOW_MS}
  from log_epochs`
