// Every setting of the daemon, once: what it is called, what it means, what it is if unset and how it is
// read. The environment, portal.toml, --help and docs/settings.md all come from this table.

import { isIP } from 'node:net'
import { parseLndConnection } from 'portal-lnd/connection'
import { parseNwcConnection, parseSecretKey, secp256k1 } from 'portal-protocol'
import { normalizeRelayUrl } from 'portal-relay'
import { parsePostgresUrl } from '../store/postgres-url.ts'
import { Secret } from './secret.ts'
import type { WebhookSettings } from './webhook-settings.ts'

export type Lightning =
  | { readonly type: 'sandbox' }
  | { readonly type: 'nwc'; readonly connection: Secret }
  | { readonly type: 'lnd'; readonly address: Secret }

export type Database =
  | { readonly type: 'sqlite'; readonly path: string | null }
  | { readonly type: 'postgres'; readonly url: Secret }

export type Network = 'bitcoin' | 'testnet' | 'signet' | 'regtest'

export type Settings = {
  readonly port: number
  readonly host: string
  readonly authToken: Secret | null
  readonly dataDir: string
  readonly nostrKey: Secret | null
  readonly relays: readonly string[]
  readonly embeddedRelay: boolean
  readonly lightning: Lightning
  readonly network: Network | null
  readonly database: Database
  readonly publicUrl: string | null
  readonly corsOrigins: readonly string[]
  /** Whether to take payments from itself before `/ready` says yes: see warm-up.ts. */
  readonly warmUp: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Whether webhooks may go into our own network, and over plain http; null: with the sandbox. */
  readonly webhooksPrivate: boolean | null
  /** Only in portal.toml, as [[webhooks]]: see webhook-settings.ts. */
  readonly webhooks: readonly WebhookSettings[]
}

/** What is wrong with a value and what to do instead; never the value itself if it is secret. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

export type Setting<T> = {
  readonly env: string
  readonly meaning: string
  /** As shown to people; null: what happens when it is unset is part of the meaning. */
  readonly unset: string | null
  readonly example: string
  /** Throws SettingError. */
  readonly read: (text: string) => T
  readonly fallback: T
}

/** The settings that are one value each. */
export type ValueSettings = Omit<Settings, 'webhooks'>

type SettingsTable = { readonly [K in keyof ValueSettings]: Setting<ValueSettings[K]> }

export const SETTINGS: SettingsTable = {
  port: {
    env: 'PORTAL_PORT',
    meaning: 'The one port that serves everything.',
    unset: '3000',
    example: '8080',
    fallback: 3000,
    read: (text) => integer(text, 1, 65_535),
  },
  host: {
    env: 'PORTAL_HOST',
    meaning: 'The address to listen on. Put a TLS proxy before anything but 127.0.0.1.',
    unset: '127.0.0.1',
    example: '0.0.0.0',
    fallback: '127.0.0.1',
    read: host,
  },
  authToken: {
    env: 'PORTAL_AUTH_TOKEN',
    meaning:
      'The bearer token callers send, 16 to 200 characters without spaces. If unset and no token was ever made, one is made, kept hashed and printed once. `npm run token` manages several.',
    unset: null,
    example: 'the output of: openssl rand -hex 24',
    fallback: null,
    read: (text) => {
      if (/^[\x21-\x7e]{16,200}$/.test(text)) return new Secret(text)
      throw new SettingError('must be 16 to 200 printable characters without spaces')
    },
  },
  dataDir: {
    env: 'PORTAL_DATA_DIR',
    meaning: 'Where the daemon keeps its database. Back it up: it holds the key and the payments.',
    unset: './data',
    example: '/var/lib/portal',
    fallback: './data',
    read: (text) => text,
  },
  nostrKey: {
    env: 'PORTAL_NOSTR_KEY',
    meaning:
      'The secret key wallets know this merchant by, hex or nsec. If unset, one is made and kept in the database.',
    unset: null,
    example: 'nsec1…',
    fallback: null,
    read: (text) => {
      try {
        parseSecretKey(text, secp256k1)
      } catch {
        throw new SettingError('must be a Nostr secret key, 64 hex digits or nsec1…')
      }
      return new Secret(text)
    },
  },
  relays: {
    env: 'PORTAL_RELAYS',
    meaning:
      'Nostr relays to use beside the embedded one, separated by commas. Existing phone wallets need one of their own among them, spelt as they spell it.',
    unset: 'none',
    example: 'wss://relay.example.com,wss://relay.example.org',
    fallback: [],
    read: (text) => list(text).map(relayUrl),
  },
  embeddedRelay: {
    env: 'PORTAL_EMBEDDED_RELAY',
    meaning: 'Whether to serve a relay at /relay: `on` or `off`.',
    unset: 'on; off with postgres',
    example: 'off',
    fallback: true,
    read: onOrOff,
  },
  lightning: {
    env: 'PORTAL_LIGHTNING',
    meaning:
      'Where the money arrives: `sandbox` (no real money), a Nostr Wallet Connect string, or an LND node as `lnd://host:port?macaroon=<hex or path>&cert=<path>`.',
    unset: 'sandbox',
    example: 'nostr+walletconnect://…',
    fallback: { type: 'sandbox' },
    read: lightning,
  },
  network: {
    env: 'PORTAL_NETWORK',
    meaning:
      'The Lightning network: `bitcoin`, `testnet`, `signet` or `regtest`. Stated and different from the node’s: the daemon refuses to start or, where the node is reached only later, its invoices.',
    unset: 'the node’s',
    example: 'bitcoin',
    fallback: null,
    read: (text) => {
      const network = NETWORKS.find((known) => known === text)
      if (network !== undefined) return network
      throw new SettingError(`must be one of ${NETWORKS.join(', ')}`)
    },
  },
  database: {
    env: 'PORTAL_DATABASE',
    meaning:
      'Where payments are kept: `sqlite:PATH`, one file and one daemon; or `postgres://user:password@host/database`, one database and any number of daemons, which then needs `PORTAL_RELAYS` and real Lightning. With `?sslmode=verify-full` (the default but on this machine), `require` (encrypted, to whoever answers) or `disable`; `sslrootcert=PATH`, the certificates to trust; `pool_max=5`, connections for reading beside the two that each daemon has; `host=/PATH`, a socket’s folder in place of the host. Special characters of a password are percent-encoded, as in every URL. No pooler that changes sessions between transactions may stand before it.',
    unset: 'sqlite:portal.db in the data directory',
    example: 'postgres://portal:password@db.example.com/portal',
    fallback: { type: 'sqlite', path: null },
    read: database,
  },
  publicUrl: {
    env: 'PORTAL_PUBLIC_URL',
    meaning:
      'The address people reach this daemon by from outside; the embedded relay is named after it in handshake URLs.',
    unset: 'http://HOST:PORT',
    example: 'https://pay.example.com',
    fallback: null,
    read: publicUrl,
  },
  corsOrigins: {
    env: 'PORTAL_CORS_ORIGINS',
    meaning:
      'Web origins that browsers may call the API from, separated by commas. The token does not belong in a public page.',
    unset: 'none',
    example: 'https://admin.example.com',
    fallback: [],
    read: (text) => list(text).map(origin),
  },
  warmUp: {
    env: 'PORTAL_WARM_UP',
    meaning:
      'Whether the daemon warms up at each start, with payments from itself that nobody sees, so that the first real ones cost little more than later ones: `on` or `off`. It serves meanwhile; `/ready` says no for those seconds.',
    unset: 'on',
    example: 'off',
    fallback: true,
    read: onOrOff,
  },
  logLevel: {
    env: 'PORTAL_LOG_LEVEL',
    meaning: 'What is logged: `debug`, `info`, `warn`, `error` or `silent`.',
    unset: 'info',
    example: 'warn',
    fallback: 'info',
    read: (text) => {
      const level = LEVELS.find((known) => known === text)
      if (level !== undefined) return level
      throw new SettingError(`must be one of ${LEVELS.join(', ')}`)
    },
  },
  webhooksPrivate: {
    env: 'PORTAL_WEBHOOKS_PRIVATE',
    meaning:
      "Whether webhooks may go to addresses of the daemon's own network (private, loopback, link-local) and over plain http: `on` or `off`.",
    unset: 'off; on with the sandbox',
    example: 'on',
    fallback: null,
    read: onOrOff,
  },
}

const NETWORKS = ['bitcoin', 'testnet', 'signet', 'regtest'] as const
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

function onOrOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new SettingError('must be on or off')
}

function integer(text: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value
  throw new SettingError(`must be a whole number from ${min} to ${max}`)
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function relayUrl(text: string): string {
  const url = normalizeRelayUrl(text)
  if (url !== undefined) return url
  throw new SettingError('must be ws:// or wss:// addresses without user and password')
}

function host(text: string): string {
  const address = text.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) !== 0 || /^[\w.-]+$/.test(address)) return address
  throw new SettingError('must be an IP address or the name of a host, without a port')
}

/** In the one spelling that relay addresses are compared in. */
function publicUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new SettingError('must be an http:// or https:// address')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new SettingError('must have no user, password, query or fragment')
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function origin(text: string): string {
  if (URL.parse(text)?.origin === text) return text
  throw new SettingError('must be origins such as https://shop.example.com, without a path')
}

function lightning(text: string): Lightning {
  if (text === 'sandbox') return { type: 'sandbox' }
  if (/^nostr\+?walletconnect:/.test(text)) {
    try {
      parseNwcConnection(text, secp256k1)
    } catch (error) {
      throw new SettingError(error instanceof Error ? error.message : 'is not a connection string')
    }
    return { type: 'nwc', connection: new Secret(text) }
  }
  if (text.startsWith('lnd://')) {
    try {
      parseLndConnection(text)
    } catch (error) {
      throw new SettingError(error instanceof Error ? error.message : 'is not an LND address')
    }
    return { type: 'lnd', address: new Secret(text) }
  }
  throw new SettingError('must be sandbox, nostr+walletconnect://… or lnd://…')
}

function database(text: string): Database {
  if (text.startsWith('sqlite:') && text.length > 7) return { type: 'sqlite', path: text.slice(7) }
  if (!/^postgres(ql)?:/.test(text)) throw new SettingError('must be sqlite:PATH or postgres://…')
  try {
    parsePostgresUrl(text)
  } catch (error) {
    throw new SettingError(error instanceof Error ? error.message : 'is not an address')
  }
  return { type: 'postgres', url: new Secret(text) }
}
