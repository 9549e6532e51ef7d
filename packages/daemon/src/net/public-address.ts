// Which addresses strangers may make us connect to: those that are globally reachable. Whatever a
// name looks like, the address it resolves to is judged again when the connection is made.
import { isIP } from 'node:net'

/** Whether an IP address is globally reachable (RFC 6890). */
export function isPublicAddress(ip: string): boolean {
  return isIP(ip) === 4 ? isPublicIpv4(ip) : isIP(ip) === 6 && isPublicIpv6(ip.toLowerCase())
}

/** Whether a URL's `hostname` may lead to a public address: an IP that does, or a public name. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host) !== 0) return isPublicAddress(host)
  const name = host.replace(/\.$/, '')
  return name.includes('.') && !PRIVATE_SUFFIXES.some((suffix) => name.endsWith(suffix))
}

const PRIVATE_SUFFIXES = ['.localhost', '.local', '.internal', '.lan', '.home.arpa', '.test']

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
