// Relays that wallets name are chosen by strangers: few, well-formed, and not a way into the network the
// daemon runs in.
import { isIP } from 'node:net'
import { normalizeRelayUrl } from 'portal-relay'

const RELAYS_PER_USER_MAX = 5

/** The first five addresses we may connect to; private ones only where `allowPrivate` (regtest). */
export function usableRelays(relays: readonly string[], allowPrivate: boolean): readonly string[] {
  const usable = new Set<string>()
  for (const text of relays.slice(0, 50)) {
    if (usable.size >= RELAYS_PER_USER_MAX) break
    const url = normalizeRelayUrl(text)
    if (url !== undefined && (allowPrivate || isPublic(new URL(url).hostname))) usable.add(url)
  }
  return [...usable]
}

/** Whether an IP address is globally reachable: asked again of whatever a name resolves to. */
export function isPublicAddress(ip: string): boolean {
  return isIP(ip) === 4 ? isPublicIpv4(ip) : isIP(ip) === 6 && isPublicIpv6(ip.toLowerCase())
}

function isPublic(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host) !== 0) return isPublicAddress(host)
  return host.includes('.') && !PRIVATE_SUFFIXES.some((suffix) => host.endsWith(suffix))
}

const PRIVATE_SUFFIXES = ['.localhost', '.local', '.internal', '.lan', '.home.arpa', '.test']

// RFC 6890: what is not globally reachable.
function isPublicIpv4(host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number)
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false
  if (a === 100 && b >= 64 && b <= 127) return false
  if (a === 169 && b === 254) return false
  if (a === 172 && b >= 16 && b <= 31) return false
  if (a === 192 && (b === 168 || b === 0)) return false
  return !(a === 198 && (b === 18 || b === 19))
}

// Only 2000::/3 is globally routed; an IPv4 address inside another form is not worth the risk.
function isPublicIpv6(host: string): boolean {
  const first = Number.parseInt(host.split(':')[0] ?? '', 16)
  return first >= 0x2000 && first <= 0x3fff && first !== 0x2002 && !host.startsWith('2001:0:')
}
