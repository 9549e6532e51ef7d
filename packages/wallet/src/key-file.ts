// The wallet's key in its data directory, readable by its owner only.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  generateSecretKey,
  nsecOf,
  parseSecretKey,
  type RandomBytes,
  type Secp256k1,
  type SecretKey,
} from 'portal-protocol'

/** Reads the key in the directory `dataDir`, or makes it. Throws KeyError for a damaged file. */
export function keyOf(
  dataDir: string,
  deps: { readonly random: RandomBytes; readonly secp: Secp256k1 },
): SecretKey {
  const path = join(dataDir, 'wallet.key')
  const made = generateSecretKey(deps.random, deps.secp)
  try {
    // Fails when the file exists: two wallets that start at once end up with one key.
    writeFileSync(path, `${nsecOf(made)}\n`, { flag: 'wx', mode: 0o600, flush: true })
    return made
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return parseSecretKey(readFileSync(path, 'utf8').trim(), deps.secp)
  }
}
