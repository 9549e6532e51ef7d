import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where built nodes and the network of `npm run lightning:up` live; made if absent. */
export function cacheDirectory(): string {
  const root = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const path = join(root, 'portal-lightning')
  mkdirSync(path, { recursive: true })
  return path
}
