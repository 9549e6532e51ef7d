// What a name that strangers chose may lead to: its addresses are judged for every connection, which
// then goes to one that was judged, so that a name cannot mean one thing when it is checked and
// another when it is used. And how many of them stay unanswered is nobody else's trouble.

import { type LookupAddress, lookup, Resolver } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** All addresses of a name; `family` 4 or 6, or 0 for both. */
export type LookUp = (hostname: string, family: number) => Promise<readonly LookupAddress[]>

/** For `lookup` of a socket. `forbidden` makes the error of a name without an allowed address. */
export function checkedLookup(
  isAllowedAddress: (ip: string) => boolean,
  forbidden: (hostname: string) => Error,
  lookUp: LookUp,
): LookupFunction {
  return (hostname, { family, all }, callback) => {
    lookUp(hostname, family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0))
      .then((addresses) => addresses.filter(({ address }) => isAllowedAddress(address)))
      .then(
        (allowed) => {
          const [first] = allowed
          if (first === undefined) callback(forbidden(hostname), '', 0)
          else if (all === true) callback(null, [...allowed])
          else callback(null, first.address, first.family)
        },
        (error: unknown) => callback(asError(error), '', 0),
      )
  }
}

/**
 * As the system does, its hosts file included. Each look-up takes one of the few threads of the
 * process until it is answered, so a name is asked for once at a time.
 */
export function lookUpBySystem(): LookUp {
  const asked = new Map<string, Promise<readonly LookupAddress[]>>()
  return (hostname, family) => {
    const question = `${family} ${hostname}`
    const underWay = asked.get(question)
    if (underWay !== undefined) return underWay
    const answer = new Promise<readonly LookupAddress[]>((resolve, reject) => {
      lookup(hostname, { family, all: true }, (error, addresses) => {
        asked.delete(question)
        if (error) reject(error)
        else resolve(addresses)
      })
    })
    asked.set(question, answer)
    return answer
  }
}

/**
 * By the name servers alone, which takes no thread: for names that strangers chose, whose own name
 * servers may stay silent on purpose. `servers` instead of the system's, for tests.
 */
export function lookUpByNameServers(servers?: readonly string[], timeout = 2_000): LookUp {
  return async (hostname, family) => {
    // A fresh one knows the system's name servers as they are now.
    const resolver = new Resolver({ timeout, tries: 2 })
    if (servers !== undefined) resolver.setServers(servers)
    const answers = await Promise.allSettled([
      family === 6 ? [] : addressesOf(resolver, hostname, 4),
      family === 4 ? [] : addressesOf(resolver, hostname, 6),
    ])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (found.length === 0 && failed !== undefined) throw failed.reason
    return found
  }
}

function addressesOf(
  resolver: Resolver,
  hostname: string,
  family: 4 | 6,
): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    const told = (error: Error | null, addresses: readonly string[]) => {
      if (error) reject(error)
      else resolve(addresses.map((address) => ({ address, family })))
    }
    if (family === 4) resolver.resolve4(hostname, told)
    else resolver.resolve6(hostname, told)
  })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
