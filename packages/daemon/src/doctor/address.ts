// Where the daemon listens, and where people outside reach it.
import { createServer } from 'node:net'
import type { Identity } from 'portal-protocol'
import type { RelayPool } from 'portal-relay'
import { embeddedRelayUrl, localUrl } from '../config/addresses.ts'
import type { Settings } from '../config/settings.ts'
import { type Finding, reason, TIMEOUT_MS } from './finding.ts'
import { roundTrip } from './relay.ts'

/** Whether a key is that of the daemon with these settings, as far as can be known. */
export type IsOurs = (publicKey: string) => boolean

/** Why the port cannot be listened on, as the code of the system's error; null: it can. */
export function portTaken({ host, port }: Settings): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    server.listen({ host, port }, () => server.close(() => resolve(null)))
  })
}

export async function examinePort(
  { host, port }: Settings,
  taken: string | null,
  isOurs: IsOurs,
): Promise<Finding> {
  const part = 'port'
  const at = localUrl({ host, port }).replace('http://', '')
  if (taken === null) return { part, verdict: 'ok', found: `${at} is free` }
  if (taken !== 'EADDRINUSE') {
    const remedy = 'set PORTAL_HOST to an address of this machine, PORTAL_PORT to one you may use'
    return { part, verdict: 'broken', found: `${at} cannot be listened on: ${taken}`, remedy }
  }
  const key = await daemonAt(`http://${at}`).catch(() => undefined)
  if (key === null || (key !== undefined && isOurs(key))) {
    return { part, verdict: 'ok', found: `the daemon listens on ${at}` }
  }
  const found = `${key === undefined ? 'something else' : 'another Portal daemon'} listens on ${at}`
  return { part, verdict: 'broken', found, remedy: 'stop it or set PORTAL_PORT' }
}

export async function examinePublicUrl(
  { publicUrl: url, embeddedRelay }: Settings,
  parts: {
    /** Whether something listens on the port, so that the address can lead there. */
    readonly listens: boolean
    readonly isOurs: IsOurs
    /** A key that is not the daemon's: its own relay hands it what is for it. */
    readonly stranger: Identity
    readonly pool: RelayPool
  },
): Promise<Finding> {
  const part = 'public URL'
  if (url === null) {
    const remedy = 'set PORTAL_PUBLIC_URL where wallets outside this machine must reach the relay'
    return { part, verdict: 'warning', found: 'not set', remedy }
  }
  const wrong = (found: string, remedy: string): Finding => {
    return { part, verdict: 'broken', found, remedy }
  }
  try {
    const key = await daemonAt(url)
    if (key !== null && !parts.isOurs(key)) {
      return wrong(`${url} leads to another daemon`, 'does the proxy pass to this PORTAL_PORT?')
    }
  } catch (error) {
    if (error instanceof NotPortal) {
      return wrong(error.message, 'does the proxy pass everything to PORTAL_PORT?')
    }
    const found = `${url}: ${reason(error)}`
    if (parts.listens) return wrong(found, 'look at DNS, the proxy and its certificate')
    const remedy = 'start the daemon, then run this again'
    return { part, verdict: 'warning', found: `not reached: ${found}`, remedy }
  }
  if (!embeddedRelay) return { part, verdict: 'ok', found: `${url} leads to a daemon` }
  const { failure, tookMs } = await roundTrip(embeddedRelayUrl(url), parts.stranger, parts.pool)
  if (failure !== null) {
    return wrong(`${url}/relay: ${failure}`, 'does the proxy pass WebSockets (Upgrade) at /relay?')
  }
  const found = `${url} leads to the daemon, its relay there and back in ${tookMs} ms`
  return { part, verdict: 'ok', found }
}

class NotPortal extends Error {
  override readonly name = 'NotPortal'
}

/** The key of the daemon that answers there, null where its relay is off. Throws NotPortal, or why none answers. */
async function daemonAt(base: string): Promise<string | null> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const answer = await fetch(`${base}/ready`, { signal })
  const { lightning, relays } = await fieldsOf(answer)
  if (typeof lightning !== 'boolean' || !Array.isArray(relays)) {
    // What a proxy says while nothing stands behind it.
    if (answer.status >= 500) throw new Error(`it answers ${answer.status}`)
    throw new NotPortal(`${base}/ready answers ${answer.status}, but not as Portal does`)
  }
  const headers = { accept: 'application/nostr+json' }
  const relay = await fieldsOf(await fetch(`${base}/relay`, { signal, headers }))
  return typeof relay.pubkey === 'string' ? relay.pubkey : null
}

async function fieldsOf(answer: Response): Promise<Readonly<Record<string, unknown>>> {
  const value: unknown = await answer.json().catch(() => null)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
