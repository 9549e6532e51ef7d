// The wiring: settings become adapters, adapters become a running daemon. It imports everything, decides
// nothing, and only the process (start.ts, warm-up.ts) and the demo import it.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  createIdentity,
  generateSecretKey,
  type Identity,
  npubOf,
  nsecOf,
  parseNwcConnection,
  parseSecretKey,
  secp256k1 as secp,
  toHex,
} from 'portal-protocol'
import {
  systemClock as clock,
  createEmbeddedRelay,
  createEventVerifier,
  createRelayPool,
  type EmbeddedRelay,
  normalizeRelayUrl,
  type RelayPool,
  type VerifyEvent,
} from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { openSandbox, openSandboxStorage, type Sandbox } from 'portal-sandbox'
import { embeddedRelayUrl, localUrl } from './config/addresses.ts'
import type { Settings } from './config/settings.ts'
import { createEngine } from './engine/engine.ts'
import type { Logger } from './engine/logger.ts'
import type { Store } from './engine/ports.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import { createHttpServer } from './http/server.ts'
import { type TokenWatch, watchTokens } from './http/token-watch.ts'
import {
  addToken,
  newToken,
  parseTokenBook,
  SCOPES,
  storedToken,
  TOKEN_BOOK,
} from './http/tokens.ts'
import { isPublicAddress } from './net/public-address.ts'
import { createNostrMessenger, type NostrMessenger } from './nostr/messenger.ts'
import { NOSTR_KEY_VALUE } from './nostr/stored-key.ts'
import { openLightning, refuseOtherNetwork } from './open-lightning.ts'
import { openWebhooks } from './open-webhooks.ts'
import { createSqliteStore } from './store/sqlite-store.ts'
import { version } from './version.ts'

export { readSettings, SettingsError } from './config/read-settings.ts'
export type { Settings } from './config/settings.ts'
export { createLogger } from './log.ts'
export type { Logger }

/** Where SQLite keeps nothing. */
const IN_MEMORY = ':memory:'

/** A daemon that runs. */
export type Daemon = {
  /** Where it listens, such as http://127.0.0.1:3000. */
  readonly url: string
  readonly npub: string
  /** The relays that handshake URLs name. */
  readonly relays: readonly string[]
  readonly lightning: Settings['lightning']['type']
  /** The token made at this start, because none was set or kept; it is shown once. */
  readonly newToken: string | null
  /** A fresh test user of the sandbox; null with real Lightning. */
  readonly createSandboxWallet: (() => Promise<{ nwc: string }>) | null
  /** SIGTERM's way out: readers told, commits finished. */
  close(): Promise<void>
}

/** What a daemon is given by whoever starts more than one in a process. */
export type Beside = {
  /** While it says no, so does `/ready`. */
  readonly isWarm?: () => boolean
  readonly metrics?: Metrics
}

/** Opens everything and resolves once it listens. Rejects with what could not be opened, all else closed. */
export async function startDaemon(
  settings: Settings,
  log: Logger,
  { isWarm = () => true, metrics = createMetrics() }: Beside = {},
): Promise<Daemon> {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 })
  const store = await openStore(settings, metrics.databaseAsked)
  const identity = await openIdentity(settings, store)
  const tokens = await openTokens(settings, store, log)

  const local = localUrl(settings)
  const publicUrl = settings.publicUrl ?? local
  const embeddedUrl = settings.embeddedRelay ? embeddedRelayUrl(publicUrl) : null
  const relays = embeddedUrl === null ? settings.relays : [embeddedUrl, ...settings.relays]

  const verify = createEventVerifier({ secp })
  // Each needs the other: the relay hands events for us to the messenger, which publishes through it.
  let messenger: NostrMessenger | null = null
  const relay = embeddedUrl === null ? null : openRelay(identity, verify, () => messenger)
  const allowPrivateRelays = settings.lightning.type === 'sandbox' || settings.network === 'regtest'
  const pool = openPool({ relay, embeddedUrl, identity, relays, settings, allowPrivateRelays })
  messenger = createNostrMessenger({
    identity,
    secp,
    pool,
    clock,
    log,
    relays,
    embeddedRelay: embeddedUrl,
    allowPrivateRelays,
    verify,
  })

  const sandbox =
    settings.lightning.type === 'sandbox'
      ? await startSandbox(settings, relays, pool, verify)
      : null
  const node = await openLightning(settings, { store, sandbox, pool, verify, random, log })
  const lightning = metrics.measured(node, clock)
  const { network } = settings
  const engine = createEngine({ store, lightning, messenger, clock, random, secp, log, network })
  relay?.onSubscribed(messenger.subscribed)
  const webhooks = openWebhooks(settings, { store, reader: engine.log, log, metrics })
  const server = createHttpServer({
    engine,
    clock,
    random,
    secp,
    log,
    tokens,
    corsOrigins: settings.corsOrigins,
    version,
    info: {
      network: () => lightning.node?.network ?? settings.network,
      sandbox: sandbox !== null,
      lightning: settings.lightning.type,
      relays: () => relays,
      warm: isWarm,
    },
    relay,
    sandbox,
    webhooks,
    shared: store.shared ? store : null,
    metrics,
  })
  async function close(): Promise<void> {
    await server.close()
    await Promise.all([engine.stop(), webhooks.stop()])
    await messenger?.close()
    await lightning.close()
    await sandbox?.close()
    pool.close()
    relay?.close()
    await tokens.close()
    await store.close()
  }

  async function listen(): Promise<string | null> {
    await engine.start()
    await webhooks.start()
    await refuseOtherNetwork(network, lightning)
    await server.listen({ host: settings.host, port: settings.port })
    const made = await makeFirstToken(settings, store)
    if (made !== null) await tokens.readAgain()
    return made
  }

  const newToken = await listen().catch(async (error: unknown) => {
    // What stopped the start is told, not what may go wrong after it.
    await close().catch(() => {})
    throw error
  })
  return {
    url: local,
    npub: npubOf(identity.publicKey),
    relays,
    lightning: settings.lightning.type,
    newToken,
    createSandboxWallet: sandbox === null ? null : () => sandbox.createWallet(),
    close,
  }
}

function random(length: number): Uint8Array {
  return randomBytes(length)
}

/** The store the settings name; `roundTrip` is called for each wait for PostgreSQL. */
export async function openStore(
  settings: Settings,
  roundTrip?: (of: 'write' | 'read') => void,
): Promise<Store> {
  const { database } = settings
  switch (database.type) {
    case 'sqlite':
      return createSqliteStore(database.path ?? join(settings.dataDir, 'portal.db'), { clock })
    case 'postgres': {
      // Loaded only where it is used.
      const { createPostgresStore } = await import('./store/postgres-store.ts')
      const name = toHex(random(8))
      const deps = { clock, name, chance: Math.random }
      return createPostgresStore(database.url.reveal(), {
        ...deps,
        ...(roundTrip === undefined ? {} : { roundTrip }),
      })
    }
  }
}

async function openIdentity(settings: Settings, store: Store): Promise<Identity> {
  const made = nsecOf(generateSecretKey(random, secp))
  const text = settings.nostrKey?.reveal() ?? (await store.initValue(NOSTR_KEY_VALUE, made))
  return createIdentity(parseSecretKey(text, secp), { secp, random })
}

async function openTokens(settings: Settings, store: Store, log: Logger): Promise<TokenWatch> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  const given = settings.authToken?.reveal()
  const fixed =
    given === undefined
      ? []
      : [storedToken({ name: 'settings', scopes: SCOPES, token: given }, nowS)]
  const readBook = () => store.value(TOKEN_BOOK)
  return watchTokens({ fixed, readBook, clock, log })
}

// Last of all: one made by a start that then fails would be kept, but never be told.
async function makeFirstToken(settings: Settings, store: Store): Promise<string | null> {
  const kept = await store.value(TOKEN_BOOK)
  if (settings.authToken !== null || parseTokenBook(kept).length > 0) return null
  const token = newToken(random)
  const nowS = Math.floor(clock.nowMs() / 1000)
  const book = JSON.stringify(addToken([], { name: 'first', scopes: ['admin'], token }, nowS))
  // Of several daemons that start at once on one database, one makes it.
  if (kept !== null) await store.setValue(TOKEN_BOOK, book)
  return (await store.initValue(TOKEN_BOOK, book)) === book ? token : null
}

function openRelay(
  identity: Identity,
  verify: VerifyEvent,
  messenger: () => NostrMessenger | null,
): EmbeddedRelay {
  return createEmbeddedRelay({
    clock,
    secp,
    verify,
    ownKey: identity.publicKey,
    wanted: (event) => messenger()?.wanted(event) ?? false,
    intercept: async (event) => (await messenger()?.receive(event)) ?? 'unwanted',
  })
}

function openPool(parts: {
  readonly relay: EmbeddedRelay | null
  readonly embeddedUrl: string | null
  readonly identity: Identity
  readonly relays: readonly string[]
  readonly settings: Settings
  readonly allowPrivateRelays: boolean
}): RelayPool {
  const { relay, embeddedUrl, identity, relays, settings } = parts
  const chosenByOperator = new Set([...relays, ...walletServiceRelays(settings)])
  const toChosen = createWsOpener()
  const toNamedByWallets = parts.allowPrivateRelays
    ? toChosen
    : createWsOpener({ isAllowedAddress: isPublicAddress })
  return createRelayPool({
    clock,
    random,
    // Our own relay is reached without leaving the process.
    openSocket: (url, handlers) => {
      if (relay !== null && url === embeddedUrl) return relay.openSocket(url, handlers)
      return (chosenByOperator.has(url) ? toChosen : toNamedByWallets)(url, handlers)
    },
    auth: (url) => (relays.includes(url) ? identity : undefined),
  })
}

function walletServiceRelays({ lightning }: Settings): readonly string[] {
  if (lightning.type !== 'nwc') return []
  const { relays } = parseNwcConnection(lightning.connection.reveal(), secp)
  return relays.map((url) => normalizeRelayUrl(url) ?? url)
}

async function startSandbox(
  settings: Settings,
  relays: readonly string[],
  pool: RelayPool,
  verify: VerifyEvent,
): Promise<Sandbox> {
  const { database, dataDir } = settings
  const inMemory = database.type === 'sqlite' && database.path === IN_MEMORY
  const storage = openSandboxStorage(inMemory ? IN_MEMORY : join(dataDir, 'sandbox.db'))
  const sandbox = await openSandbox({ relays, pool, secp, random, clock, storage, verify })
  await sandbox.connected()
  return sandbox
}
