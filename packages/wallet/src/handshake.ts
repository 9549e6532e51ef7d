// Answering a merchant's handshake URL: a greeting to the relays it names.
import type { HandshakeUrl, NostrEvent } from 'portal-protocol'
import { normalizeRelayUrl, type RelayPool } from 'portal-relay'

export class HandshakeError extends Error {
  override readonly name = 'HandshakeError'
  readonly code: 'no_relay' | 'not_delivered'

  constructor(code: HandshakeError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Publishes the key handshake to the URL's relays (ten at most), opened just for that where the
 * wallet does not use them itself. Resolves with the first relay that took it. Throws
 * HandshakeError: `no_relay` when the URL names none that can be opened, `not_delivered` when none
 * of them took it within 15 s.
 */
export async function sendHandshake(
  url: HandshakeUrl,
  event: NostrEvent,
  pool: RelayPool,
): Promise<string> {
  const relays = handshakeRelays(url)
  if (relays.length === 0) {
    throw new HandshakeError('no_relay', 'the handshake URL names no relay that can be opened')
  }
  try {
    return await Promise.any(relays.map((relay) => publishTo(relay, event, pool)))
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error
    const reasons = error.errors.map((each: unknown) => (each instanceof Error ? each.message : ''))
    throw new HandshakeError(
      'not_delivered',
      `no relay of the handshake URL took the greeting: ${reasons.join('; ')}`,
    )
  }
}

/** The URL's relays that can be opened, in their one spelling, each once. */
export function handshakeRelays(url: HandshakeUrl): string[] {
  const relays = url.relays.map(normalizeRelayUrl).filter((relay) => relay !== undefined)
  return [...new Set(relays)].slice(0, RELAYS_MAX)
}

const RELAYS_MAX = 10
const PUBLISH_TIMEOUT_MS = 15_000

async function publishTo(relay: string, event: NostrEvent, pool: RelayPool): Promise<string> {
  const connection = pool.relay(relay)
  try {
    const outcome = await connection.publish(event, PUBLISH_TIMEOUT_MS)
    if (outcome.accepted) return relay
    throw new HandshakeError('not_delivered', `${relay}: ${outcome.reason}`)
  } finally {
    pool.release(relay)
  }
}
