// Which addresses strangers may make us connect to: those that are globally reachable. Whatever a
// name looks like, the address it resolves to is judged again when the connection is made.
import { BlockList, isIP } from 'node:net'

/** Whether an IP address is globally reachable (RFC 6890). */
export function isPublicAddress(ip: string): boolean {
  if (isIP(ip) === 4) return !NOT_PUBLIC_IPV4.check(ip, 'ipv4')
  return isIP(ip) === 6 && !NOT_PUBLIC_IPV6.check(ip, 'ipv6')
}

/** Whether a URL's `hostname` may lead to a public address: an IP that does, or a public name. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host) !== 0) return isPublicAddress(host)
  const name = host.replace(/\.$/, '')
  return name.includes('.') && !PRIVATE_SUFFIXES.some((suffix) => name.endsWith(suffix))
}

const PRIVATE_SUFFIXES = ['.localhost', '.local', '.internal', '.lan', '.home.arpa', '.test']

// What the registries of RFC 6890 say is not globally reachable, multicast, and the reserved rest.
const NOT_PUBLIC_IPV4 = listOf('ipv4', [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
])
// Only 2000::/3 is routed; an IPv4 address inside another form (Teredo, 6to4) is not worth the risk.
const NOT_PUBLIC_IPV6 = listOf('ipv6', [
  ...['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
])

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}
