// A copy of a running server's folder, made as a backup is, from which a standby can start. By hand,
// because the server that npm brings comes without pg_basebackup.
import { execFile } from 'node:child_process'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)

// Files may go while they are copied; what matters of them is in the log that is replayed. That log, and
// what says that the server runs, are not the standby's.
const COPY = `
  cp -a "$1/." "$2" 2>/dev/null
  rm -rf "$2"/pg_wal/* "$2"/pg_replslot/* "$2"/postmaster.* "$2"/pg_stat_tmp/*
  mkdir -p "$2/pg_wal/archive_status" && touch "$2/standby.signal" && chmod 700 "$2"`

/** `url`: of the running server; `as`: the user whose files they are. */
export async function copyForStandby(
  url: string,
  from: string,
  to: string,
  as: { readonly uid?: number; readonly gid?: number },
): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(`select current_setting('server_version_num')::int as v`)
    const isOld = rows[0]?.v < 150_000
    await client.query(
      isOld
        ? `select pg_start_backup('standby', true, false)`
        : `select pg_backup_start('standby', true)`,
    )
    await run('sh', ['-c', COPY, 'copy', from, to], as)
    const stopped = await client.query(
      isOld ? 'select * from pg_stop_backup(false, false)' : 'select * from pg_backup_stop(false)',
    )
    const label = join(to, 'backup_label')
    await writeFile(label, String(stopped.rows[0]?.labelfile))
    if (as.uid !== undefined && as.gid !== undefined) await chown(label, as.uid, as.gid)
  } finally {
    await client.end()
  }
}
