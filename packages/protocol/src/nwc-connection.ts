// Nostr Wallet Connect strings (NIP-47): where a wallet service listens, and the secret to use it.

import {
  KeyError,
  type PublicKey,
  parsePublicKey,
  parseSecretKey,
  type SecretKey,
  toHex,
} from './keys.ts'
import type { Secp256k1 } from './secp256k1.ts'

export type NwcConnection = {
  /** The wallet service's key. */
  readonly walletKey: PublicKey
  /** ws:// or wss://, at least one. */
  readonly relays: readonly string[]
  /** Ours: signs and encrypts the requests. Whoever has it can use the wallet. */
  readonly secret: SecretKey
  readonly lud16: string | null
}

/** Never repeats the string, which holds a secret. */
export class NwcConnectionError extends Error {
  override readonly name = 'NwcConnectionError'
  readonly code = 'invalid_nwc_connection'
}

/**
 * Reads `nostr+walletconnect://<key>?relay=…&secret=…` (also `nostrwalletconnect:`, with or without
 * slashes). Throws NwcConnectionError saying which part is wrong.
 */
export function parseNwcConnection(text: string, secp: Secp256k1): NwcConnection {
  if (text.length > CONNECTION_CHARS_MAX) {
    throw new NwcConnectionError(
      `a wallet connection must be at most ${CONNECTION_CHARS_MAX} characters`,
    )
  }
  const match = CONNECTION.exec(text.trim())
  if (match === null) {
    throw new NwcConnectionError(
      'a wallet connection must look like nostr+walletconnect://<wallet key>?relay=…&secret=…',
    )
  }
  const parameters = new URLSearchParams(match[2])
  const secret = parameters.get('secret')
  if (secret === null) {
    throw new NwcConnectionError('the wallet connection has no "secret": create a new one')
  }
  return {
    walletKey: orNwcError('its wallet key', () => parsePublicKey(match[1] ?? '', secp)),
    relays: readRelays(parameters.getAll('relay')),
    secret: orNwcError('its "secret"', () => parseSecretKey(secret, secp)),
    lud16: parameters.get('lud16'),
  }
}

/** The connection string: a secret in text form. */
export function formatNwcConnection(connection: NwcConnection): string {
  const parameters = connection.relays.map((relay) => `relay=${encodeURIComponent(relay)}`)
  parameters.push(`secret=${toHex(connection.secret)}`)
  if (connection.lud16 !== null) parameters.push(`lud16=${encodeURIComponent(connection.lud16)}`)
  return `nostr+walletconnect://${connection.walletKey}?${parameters.join('&')}`
}

const CONNECTION = /^nostr\+?walletconnect:(?:\/\/)?([0-9a-z]+)\/?\?(.*)$/is
const CONNECTION_CHARS_MAX = 8_192
const RELAYS_MAX = 16

function readRelays(texts: readonly string[]): readonly string[] {
  const relays = [...new Set(texts.map((text) => text.trim()))]
  if (relays.length === 0) throw new NwcConnectionError('the wallet connection has no "relay"')
  if (relays.length > RELAYS_MAX) {
    throw new NwcConnectionError(`the wallet connection has more than ${RELAYS_MAX} relays`)
  }
  if (!relays.every(isWebSocketUrl)) {
    throw new NwcConnectionError('a "relay" of the wallet connection is not a ws:// or wss:// URL')
  }
  return relays
}

function isWebSocketUrl(text: string): boolean {
  return /^wss?:\/\//i.test(text) && URL.canParse(text)
}

function orNwcError<T>(part: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    throw new NwcConnectionError(`the wallet connection is wrong in ${part}: ${error.message}`)
  }
}
