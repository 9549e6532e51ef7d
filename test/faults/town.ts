// The daemon as people run it, and everything around it in other processes, so that each can be killed
// alone: two relays, one for the users and one for the Lightning wallet, the sandbox, the daemon.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { type Cable, layCable } from './cable.ts'
import { type Merchant, openMerchant } from './merchant.ts'
import { type Part, startPart, startRelay, startSandbox } from './part.ts'

export type Town = AsyncDisposable & {
  readonly daemon: Part
  readonly url: string
  readonly token: string
  readonly folder: string
  /** Where users' wallets listen. */
  readonly userRelay: string
  readonly relays: { readonly users: Part; readonly lightning: Part }
  readonly sandbox: Part
  /** The daemon's ways to the relays. */
  readonly cables: { readonly users: Cable; readonly lightning: Cable }
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
  const toUsers = building.use(await layCable(portOf(users.url)))
  const toLightning = building.use(await layCable(portOf(lightning.url)))
  const daemon = await startDaemonProcess(join(folder, 'daemon'), {
    PORTAL_LIGHTNING: throughCable(sandbox.merchant, toLightning),
    PORTAL_RELAYS: `ws://127.0.0.1:${toUsers.port}`,
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
    cables: { users: toUsers, lightning: toLightning },
    merchantNwc: sandbox.merchant,
    userNwc: sandbox.wallets,
    merchant,
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

/** The same wallet, its relay reached by the cable. */
function throughCable(nwc: string, { port }: Cable): string {
  const url = new URL(nwc)
  url.searchParams.set('relay', `ws://127.0.0.1:${port}`)
  return url.href
}

export type Shop = AsyncDisposable & {
  readonly daemon: Part
  readonly folder: string
  readonly url: string
  readonly token: string
  /** Its embedded one. */
  readonly relay: string
  readonly merchant: Merchant
}

/** The daemon as a newcomer runs it: embedded relay, embedded sandbox. */
export async function openShop(): Promise<Shop> {
  await using opening = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'portal-faults-'))
  opening.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { part: daemon, url, token } = await startDaemonProcess(folder, {})
  opening.use(daemon)
  const merchant = openMerchant(url, token)
  opening.defer(merchant.close)
  const opened = opening.move()
  const relay = `${url.replace(/^http/, 'ws')}/relay`
  return {
    daemon,
    folder,
    url,
    token,
    relay,
    merchant,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** `npm start` with these settings, on a port that it keeps over restarts. */
export async function startDaemonProcess(
  dataDir: string,
  settings: Readonly<Record<string, string>>,
  root?: () => string,
): Promise<{ part: Part; url: string; token: string }> {
  const port = await freePort()
  const token = `test_${randomBytes(16).toString('hex')}`
  const env = {
    PORTAL_PORT: String(port),
    PORTAL_AUTH_TOKEN: token,
    PORTAL_DATA_DIR: dataDir,
    PORTAL_NETWORK: 'regtest',
    PORTAL_LOG_LEVEL: 'warn',
    // Some start hundreds of daemons; an earlier release may not know the setting.
    ...(root === undefined ? { PORTAL_WARM_UP: 'off' } : {}),
    ...settings,
  }
  const options = root === undefined ? { env } : { env, root }
  const part = await startPart('packages/daemon/src/start.ts', 'Portal listens', options)
  return { part, url: `http://127.0.0.1:${port}`, token }
}
