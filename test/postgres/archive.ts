// A server that archives its WAL, and another one restored from a base backup to a moment of the past: the
// steps of docs/backup.md.
import { existsSync } from 'node:fs'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../faults/until.ts'
import { identity, ownFolder, type Postgres, runAs, serve } from './server.ts'
import { copyForStandby } from './standby-copy.ts'

export interface Archive {
  /** For the server that is to be restored one day. */
  readonly settings: readonly string[]
  /** A base backup in a folder of its own. */
  backUp(postgres: Postgres): Promise<string>
  /** Resolves once all that this server has written is in the archive. */
  complete(postgres: Postgres): Promise<void>
  /** This server as it was at this time: another one, started from the base backup. */
  restore(postgres: Postgres, backup: string, time: string): Promise<Postgres>
  close(): Promise<void>
}

export async function openArchive(): Promise<Archive> {
  const archive = await ownFolder()
  const backups: string[] = []
  return {
    settings: [
      'archive_mode = on',
      `archive_command = 'test ! -f ${archive}/%f && cp %p ${archive}/%f'`,
    ],
    async backUp(postgres) {
      const folder = await ownFolder()
      backups.push(folder)
      const data = join(folder, 'data')
      const program = join(postgres.programs, 'pg_basebackup')
      if (existsSync(program)) {
        await runAs(program, ['-d', postgres.url('postgres'), '-D', data, '-c', 'fast'])
        return folder
      }
      // The server that npm brings comes without it: by the functions that it uses.
      const from = join(postgres.folder, 'data')
      await copyForStandby(postgres.url('postgres'), from, data, identity())
      await rm(join(data, 'standby.signal'))
      return folder
    },
    async complete(postgres) {
      const [row] = await postgres.query('select pg_walfile_name(pg_switch_wal()) as wal')
      const wal = String(row?.wal)
      await until('the WAL is archived', async () => {
        const [now] = await postgres.query('select last_archived_wal from pg_stat_archiver')
        return String(now?.last_archived_wal) >= wal
      })
    },
    async restore(postgres, backup, time) {
      const data = join(backup, 'data')
      const settings = [
        `restore_command = 'cp ${archive}/%f %p'`,
        `recovery_target_time = '${time}'`,
        `recovery_target_action = 'promote'`,
      ]
      await appendFile(join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`)
      await writeFile(join(data, 'recovery.signal'), '')
      const restored = await serve(postgres.programs, backup, [])
      await until('it is restored', async () => {
        const [row] = await restored.query('select pg_is_in_recovery() as recovering')
        return row?.recovering === false
      })
      return restored
    },
    async close() {
      for (const folder of [archive, ...backups]) await rm(folder, { recursive: true, force: true })
    },
  }
}
