// The network of `npm run lightning:up`, which outlives the command that started it: a process of
// its own holds it, and a lock says whether that process lives.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isFileLocked } from '../file-lock.ts'
import { cacheDirectory } from './cache.ts'
import { waitFor } from './wait-for.ts'

export type StandingNetwork = {
  /** The process that holds it: SIGTERM stops it all. */
  readonly holderPid: number
  /** Null while it is being started. */
  readonly nodes: readonly { readonly name: string; readonly connectionString: string }[] | null
}
export type Place = { readonly directory: string; readonly lock: string; readonly state: string }

const tellWithinMs = 5_000

/** Where it is kept: `--directory`, or a folder of the cache; made if absent. */
export function placeOf(args: readonly string[]): Place {
  const { values } = parseArgs({ args: [...args], options: { directory: { type: 'string' } } })
  const directory = values.directory ?? join(cacheDirectory(), 'standing')
  mkdirSync(directory, { recursive: true })
  return { directory, lock: join(directory, 'lock'), state: join(directory, 'network.json') }
}

/** The network that stands there, or undefined: what a dead holder left behind does not count. */
export async function standingNetwork(place: Place): Promise<StandingNetwork | undefined> {
  if (!isFileLocked(place.lock)) return undefined
  // Its holder writes what it holds as soon as it has the lock.
  return waitFor('the network to tell of itself', tellWithinMs, async () =>
    JSON.parse(readFileSync(place.state, 'utf8')),
  )
}

/** For the holder of the lock: says what stands there, at once and whole for those who read it. */
export function tellStandingNetwork(place: Place, network: StandingNetwork): void {
  const unfinished = `${place.state}.unfinished`
  writeFileSync(unfinished, JSON.stringify(network), { mode: 0o600 })
  renameSync(unfinished, place.state)
}

/** One line for each node, and how to stop. */
export function describeNetwork({ nodes }: StandingNetwork): string {
  if (nodes === null) return 'lightning: the network is being started by another command'
  const lines = nodes.map((node) => `${node.name.padEnd(8)}  ${node.connectionString}`)
  return [...lines, 'stop it with: npm run lightning:down'].join('\n')
}
