// Connections shared by address and counted: one per relay, however many parts of a program use it.

import type { Identity } from 'portal-protocol'
import { connectRelay, type RelayConnection, type RelayConnectionDeps } from './relay-connection.ts'
import { normalizeRelayUrl } from './relay-url.ts'

export interface RelayPool {
  /**
   * The connection to a relay, opened if nobody has it yet. Every call wants one `release`.
   * Throws RelayPoolError for an address that is none, and when the pool is full.
   */
  relay(url: string): RelayConnection
  /** Gives back what one call of `relay` took; the last one closes the connection. */
  release(url: string): void
  /** The normalised addresses that are open. */
  urls(): string[]
  close(): void
}

export class RelayPoolError extends Error {
  override readonly name = 'RelayPoolError'
  readonly code: 'invalid_relay_url' | 'too_many_relays'

  constructor(code: RelayPoolError['code'], message: string) {
    super(message)
    this.code = code
  }
}

export type RelayPoolDeps = Omit<RelayConnectionDeps, 'auth'> & {
  /** The key that answers this relay's NIP-42 challenges, if any: our own relays only. */
  readonly auth?: (url: string) => Identity | undefined
  /** Connections at a time; 1,000 unless given. */
  readonly relaysMax?: number
}

export function createRelayPool(deps: RelayPoolDeps): RelayPool {
  const { auth, relaysMax = 1_000, ...connectionDeps } = deps
  const shared = new Map<string, { connection: RelayConnection; users: number }>()

  function open(url: string): { connection: RelayConnection; users: number } {
    if (shared.size >= relaysMax) {
      throw new RelayPoolError(
        'too_many_relays',
        `already connected to ${relaysMax} relays, the most allowed; release one before ${url}`,
      )
    }
    const identity = auth?.(url)
    const connection = connectRelay(url, {
      ...connectionDeps,
      ...(identity === undefined ? {} : { auth: identity }),
    })
    const entry = { connection, users: 0 }
    shared.set(url, entry)
    return entry
  }

  return {
    relay(text) {
      const url = normalizeRelayUrl(text)
      if (url === undefined) {
        throw new RelayPoolError(
          'invalid_relay_url',
          `${JSON.stringify(text.slice(0, 100))} is not a relay address; it must be ws:// or wss://`,
        )
      }
      const entry = shared.get(url) ?? open(url)
      entry.users += 1
      return entry.connection
    },
    release(text) {
      const url = normalizeRelayUrl(text)
      const entry = url === undefined ? undefined : shared.get(url)
      if (url === undefined || entry === undefined) return
      entry.users -= 1
      if (entry.users > 0) return
      shared.delete(url)
      entry.connection.close()
    },
    urls: () => [...shared.keys()],
    close() {
      for (const { connection } of shared.values()) connection.close()
      shared.clear()
    },
  }
}
