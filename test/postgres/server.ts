// A real PostgreSQL server of a test's own: a folder in tmp, a free port on 127.0.0.1, gone with the
// test, however that ends.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chown, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from '../free-port.ts'
import { findBinaries } from './binaries.ts'
import { copyForStandby } from './standby-copy.ts'

const run = promisify(execFile)

const START_MS = 30_000
const STOP_MS = 20_000
// PostgreSQL refuses to run as root; this is "nobody" on most systems.
const UID = 65_534

export type Postgres = {
  readonly port: number
  readonly folder: string
  /** Where `postgres` and the like are. */
  readonly programs: string
  /** The address of a database on it. */
  url(database: string): string
  /** Makes an empty database and answers its address. */
  createDatabase(): Promise<string>
  /** One statement, as superuser. */
  query(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>
  /** `fast` ends sessions and writes all; `immediate` is as after a crash; `kill` is SIGKILL. */
  stop(how: 'fast' | 'immediate' | 'kill'): Promise<void>
  start(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Another server that follows this one; it lives until it is closed. */
  standby(): Promise<Standby>
  /** Stops it and removes all it kept. */
  close(): Promise<void>
}

export type Standby = Postgres & { promote(): Promise<void> }

export class MissingPostgresError extends Error {
  override readonly name = 'MissingPostgresError'

  constructor() {
    super(
      'no PostgreSQL for this machine: install the system’s server (initdb and postgres), or run ' +
        'npm ci with optional dependencies',
    )
  }
}

/** `settings` are lines of its settings file; `within`, where its folder is. Throws MissingPostgresError. */
export async function startPostgres(
  settings: readonly string[] = [],
  binaries: string | null = findBinaries(),
  within = tmpdir(),
): Promise<Postgres> {
  if (binaries === null) throw new MissingPostgresError()
  const folder = await ownFolder(within)
  const programs = await runnable(binaries, folder)
  const options = ['-U', 'portal', '-A', 'trust', '-E', 'UTF8', '--no-locale']
  await runAs(join(programs, 'initdb'), ['-D', join(folder, 'data'), ...options])
  return serve(programs, folder, settings)
}

// Another user may have no way into the folder that npm installed into.
async function runnable(binaries: string, folder: string): Promise<string> {
  if (identity().uid === undefined || !binaries.includes('node_modules')) return binaries
  await cp(dirname(binaries), join(folder, 'native'), { recursive: true })
  return join(folder, 'native', 'bin')
}

/** A server on the folder `data` in this one. */
export async function serve(
  programs: string,
  folder: string,
  settings: readonly string[],
): Promise<Postgres> {
  const data = join(folder, 'data')
  const port = await freePort()
  await appendFile(
    join(data, 'postgresql.conf'),
    `${[...SETTINGS, `port = ${port}`, `unix_socket_directories = '${folder}'`, ...settings].join('\n')}\n`,
  )
  let server = await launch(programs, data)
  let databases = 0

  const url = (database: string) => `postgres://portal@127.0.0.1:${port}/${database}`
  const query: Postgres['query'] = async (sql, database = 'postgres') => {
    const client = new Client({ connectionString: url(database) })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }
  const postgres: Postgres = {
    port,
    folder,
    programs,
    url,
    query,
    async createDatabase() {
      databases += 1
      const name = `portal_${databases}`
      await query(`create database ${name}`)
      return url(name)
    },
    async stop(how) {
      if (server.exitCode !== null || server.signalCode !== null) return
      const ended = once(server, 'exit')
      server.kill(({ fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const)[how])
      await Promise.race([ended, pause(STOP_MS, null, { ref: false })])
      if (server.exitCode === null && server.signalCode === null) server.kill('SIGKILL')
      await ended
    },
    async start() {
      server = await launch(programs, data)
    },
    signal: (signal) => void server.kill(signal),
    standby: () => follow(programs, { url: url('postgres'), data }, settings),
    async close() {
      await postgres.stop('immediate')
      await rm(folder, { recursive: true, force: true })
    },
  }
  await ready(postgres)
  const start = postgres.start
  return {
    ...postgres,
    async start() {
      await start()
      await ready(postgres)
    },
  }
}

async function follow(
  programs: string,
  primary: { readonly url: string; readonly data: string },
  settings: readonly string[],
): Promise<Standby> {
  const folder = await ownFolder()
  const data = join(folder, 'data')
  await copyForStandby(primary.url, primary.data, data, identity())
  const conninfo = `primary_conninfo = '${primary.url}'`
  const standby = await serve(programs, folder, [...settings, conninfo])
  return {
    ...standby,
    async promote() {
      await standby.query('select pg_promote(true, 30)')
    },
  }
}

const SETTINGS = [
  "listen_addresses = '127.0.0.1'",
  'max_connections = 100',
  'shared_buffers = 32MB',
  'max_wal_senders = 5',
  'wal_level = replica',
  'hot_standby = on',
  'log_min_messages = fatal',
]

async function launch(programs: string, data: string): Promise<ChildProcess> {
  // A watcher ends the server and removes its folder when this process is gone, however it went: the
  // pipe to it then closes without a word.
  const script = `read word; [ -n "$word" ] && exit
    kill -QUIT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2"`
  const server = spawn(join(programs, 'postgres'), ['-D', data], {
    ...identity(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaints = ''
  server.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk).slice(-2_000)
  })
  server.once('exit', (code) => {
    if (code !== 0 && code !== null && complaints !== '') process.stderr.write(complaints)
  })
  await once(server, 'spawn')
  const watcher = spawn('sh', ['-c', script, 'watch', String(server.pid), dirname(data)], {
    ...identity(),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watcher.unref()
  watcher.stdin?.on('error', () => {})
  server.once('exit', () => watcher.stdin?.end('keep\n'))
  return server
}

async function ready(postgres: Postgres): Promise<void> {
  const signal = AbortSignal.timeout(START_MS)
  for (;;) {
    try {
      await postgres.query('select 1')
      return
    } catch (error) {
      if (signal.aborted) throw error
      await pause(30)
    }
  }
}

/** A program as the user that runs the servers. */
export function runAs(program: string, args: readonly string[]): Promise<unknown> {
  return run(program, args, { ...identity(), cwd: tmpdir() })
}

/** That user, where it is not the one of this process. */
export function identity(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: UID, gid: UID } : {}
}

/** A folder of that user. */
export async function ownFolder(within = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(within, 'portal-postgres-'))
  const { uid, gid } = identity()
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  return folder
}
