// Relays that wallets name are chosen by strangers: few, well-formed, and not a way into the network the
// daemon runs in.
import { normalizeRelayUrl } from 'portal-relay'
import { isPublicHost } from '../net/public-address.ts'

const RELAYS_PER_USER_MAX = 5

/** The first five addresses we may connect to; private ones only where `allowPrivate` (regtest). */
export function usableRelays(relays: readonly string[], allowPrivate: boolean): readonly string[] {
  const usable = new Set<string>()
  for (const text of relays.slice(0, 50)) {
    if (usable.size >= RELAYS_PER_USER_MAX) break
    const url = normalizeRelayUrl(text)
    if (url !== undefined && (allowPrivate || isPublicHost(new URL(url).hostname))) usable.add(url)
  }
  return [...usable]
}
