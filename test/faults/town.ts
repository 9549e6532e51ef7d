// The daemon as people run it, and everything around it in other processes, so that each can be killed
// alone: two relays, one for the users and one for the Lightning wallet, the sandbox, the daemon.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Merchant, openMerchant } from './merchant.ts'
import { type Part, somePort, startPart, startRelay, startSandbox } from './part.ts'

export type Town = AsyncDisposable & {
  readonly daemon: Part
  readonly url: string
  readonly token: string
  readonly folder: string
  /** Where users' wallets listen. */
  readonly userRelay: string
  readonly relays: { readonly users: Part; readonly lightning: Part }
  readonly sandbox: Part
  /** The daemon's own Lightning wallet, and those of users. */
  readonly merchantNwc: string
  readonly userNwc: readonly string[]
  readonly merchant: Merchant
}

export type TownOptions = {
  readonly wallets: number
  readonly settings?: Readonly<Record<string, string>>
}

/** Whatever of it was started ends with it, also when it cannot be built. */
export async function buildTown({ wallets, settings = {} }: TownOptions): Promise<Town> {
  await using building = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'portal-faults-'))
  building.defer(() => rmSync(folder, { recursive: true, force: true }))
  const users = await startRelay()
  building.use(users.part)
  const lightning = await startRelay()
  building.use(lightning.part)
  const sandbox = await startSandbox(lightning.url, join(folder, 'sandbox'), wallets)
  building.use(sandbox.part)
  const daemon = await startDaemonProcess(join(folder, 'daemon'), {
    PORTAL_LIGHTNING: sandbox.merchant,
    PORTAL_RELAYS: users.url,
    PORTAL_EMBEDDED_RELAY: 'off',
    ...settings,
  })
  building.use(daemon.part)
  const merchant = openMerchant(daemon.url, daemon.token)
  building.defer(merchant.close)
  const built = building.move()
  return {
    daemon: daemon.part,
    url: daemon.url,
    token: daemon.token,
    folder,
    userRelay: users.url,
    relays: { users: users.part, lightning: lightning.part },
    sandbox: sandbox.part,
    merchantNwc: sandbox.merchant,
    userNwc: sandbox.wallets,
    merchant,
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  }
}

/** `npm start` with these settings, on a port that it keeps over restarts. */
export async function startDaemonProcess(
  dataDir: string,
  settings: Readonly<Record<string, string>>,
  root?: () => string,
): Promise<{ part: Part; url: string; token: string }> {
  const port = await somePort()
  const token = `test_${randomBytes(16).toString('hex')}`
  const env = {
    PORTAL_PORT: String(port),
    PORTAL_AUTH_TOKEN: token,
    PORTAL_DATA_DIR: dataDir,
    PORTAL_NETWORK: 'regtest',
    PORTAL_LOG_LEVEL: 'warn',
    ...settings,
  }
  const options = root === undefined ? { env } : { env, root }
  const part = await startPart('packages/daemon/src/start.ts', 'Portal listens', options)
  return { part, url: `http://127.0.0.1:${port}`, token }
}
