// Everything the figures need, each in a process of its own: a relay, the simulated Lightning network,
// the users' wallets, the daemon, and the bare merchant that is its floor.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../test/free-port.ts'
import type { MerchantApi } from './daemon-process.ts'
import { read, type Target } from './load.ts'
import { nowMs, type Program, startProgram } from './process.ts'
import type { RelayApi } from './relay-process.ts'
import type { SandboxApi } from './sandbox-process.ts'
import type { WalletsApi } from './wallets-process.ts'

/** A merchant's server under load: the daemon, or the floor. */
export type Merchant = Target & Pick<Program<MerchantApi>, 'ask' | 'stop' | 'kill'>

export type World = {
  readonly relay: Program<RelayApi>
  readonly relayUrl: string
  readonly sandbox: Program<SandboxApi>
  readonly wallets: Program<WalletsApi>
  /** Users whose wallets approve and pay. */
  readonly users: readonly string[]
  /** A daemon on a folder of its own (made unless given); resolves once it is ready. */
  startDaemon(options?: DaemonOptions): Promise<Merchant & { readonly readyMs: number }>
  /** The merchant that does the same work bare. */
  startBare(): Promise<Merchant>
  newFolder(): string
  /** A Lightning wallet that nobody else hears of. */
  newWallet(): Promise<string>
  close(): Promise<void>
}

export type DaemonOptions = {
  readonly folder?: string
  /** The database that it shares with others; a file of its own unless given. */
  readonly database?: string
  /** Its wallet; daemons with the same one hear of each other's money. One of its own unless given. */
  readonly lightning?: string
  /** Unless told not to, it warms up before it is ready. */
  readonly warmUp?: 'off'
  /** Where to leave a profile of its processor time. */
  readonly profileDir?: string | undefined
}

export async function startWorld(userCount: number): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'portal-bench-'))
  const newFolder = () => mkdtempSync(join(root, 'data-'))
  const relay = await startProgram<RelayApi>('relay-process.ts')
  const relayUrl = await relay.ask('url')
  const env = { BENCH_RELAY: relayUrl, BENCH_DIR: newFolder() }
  const sandbox = await startProgram<SandboxApi>('sandbox-process.ts', { env })
  const wallets = await startProgram<WalletsApi>('wallets-process.ts', { env })
  const users = await wallets.ask('start', await sandbox.ask('wallets', userCount))
  const merchants: Merchant[] = []
  const token = randomBytes(24).toString('hex')

  async function newWallet(): Promise<string> {
    const [wallet = ''] = await sandbox.ask('wallets', 1)
    return wallet
  }

  async function start(
    file: string,
    env: Record<string, string>,
    node: readonly string[] = [],
  ): Promise<Merchant> {
    const port = await freePort()
    const program = await startProgram<MerchantApi>(file, {
      node: ['--expose-gc', ...node],
      env: { ...env, PORTAL_PORT: String(port) },
    })
    const merchant = { ...program, url: `http://127.0.0.1:${port}`, token }
    merchants.push(merchant)
    return merchant
  }

  return {
    relay,
    relayUrl,
    sandbox,
    wallets,
    users,
    newFolder,
    newWallet,
    async startDaemon({
      folder = newFolder(),
      database,
      lightning,
      warmUp = 'on',
      profileDir,
    } = {}) {
      const wallet = lightning ?? (await newWallet())
      const startedAt = nowMs()
      const daemon = await start(
        'daemon-process.ts',
        {
          PORTAL_HOST: '127.0.0.1',
          PORTAL_AUTH_TOKEN: token,
          PORTAL_DATA_DIR: folder,
          PORTAL_LIGHTNING: wallet,
          PORTAL_EMBEDDED_RELAY: 'off',
          ...(database === undefined ? {} : { PORTAL_DATABASE: database }),
          PORTAL_RELAYS: relayUrl,
          PORTAL_LOG_LEVEL: 'error',
          PORTAL_WARM_UP: warmUp,
          PORTAL_WEBHOOKS_PRIVATE: 'on',
        },
        profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`],
      )
      while ((await read(daemon, '/ready')) === null) await pause(20)
      return { ...daemon, readyMs: nowMs() - startedAt }
    },
    async startBare() {
      return start('bare-process.ts', {
        BENCH_RELAY: relayUrl,
        BENCH_NWC: await newWallet(),
        BENCH_DIR: newFolder(),
      })
    },
    async close() {
      for (const { stop } of [...merchants, wallets, sandbox, relay]) await stop()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
