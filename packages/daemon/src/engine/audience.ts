// Whose messages could matter now: asked about every event before its signature is checked, so that a
// flood from strangers costs a map look-up each.
import type { PublicKey } from 'portal-protocol'

export interface Audience {
  /** These keys may answer something open. */
  opened(keys: readonly PublicKey[]): void
  /** That something has ended; late words (a proof of payment) are still heard for a while. */
  ended(keys: readonly PublicKey[]): void
  has(key: PublicKey): boolean
  /** How many open matters this key may answer. */
  openOf(key: PublicKey): number
  /** Whether anything at all waits for an answer. */
  readonly waiting: boolean
}

/** `recentMax` bounds the keys remembered after their last open matter has ended. */
export function createAudience(recentMax: number): Audience {
  const open = new Map<PublicKey, number>()
  const recent = new Set<PublicKey>()
  return {
    opened(keys) {
      for (const key of keys) open.set(key, (open.get(key) ?? 0) + 1)
    },
    ended(keys) {
      for (const key of keys) {
        const left = (open.get(key) ?? 0) - 1
        if (left > 0) open.set(key, left)
        else open.delete(key)
        recent.delete(key)
        recent.add(key)
        if (recent.size > recentMax) dropOldest(recent)
      }
    },
    has: (key) => open.has(key) || recent.has(key),
    openOf: (key) => open.get(key) ?? 0,
    get waiting() {
      return open.size > 0
    },
  }
}

function dropOldest(keys: Set<PublicKey>): void {
  for (const key of keys) {
    keys.delete(key)
    return
  }
}
