// Who has a wallet here, kept in memory: strangers' events are turned away by this before anything
// is verified or read from disk.

import type { NwcEncryption, PublicKey } from 'portal-protocol'
import type { CommitQueue } from './commit-queue.ts'
import type { LedgerStore } from './ledger-store.ts'

export interface Clients {
  has(key: PublicKey): boolean
  add(key: PublicKey): void
  /** What the client was ever heard to use: notifications are encrypted in each of them. */
  encryptions(key: PublicKey): readonly NwcEncryption[]
  used(key: PublicKey, encryption: NwcEncryption): void
}

export function createClients(store: LedgerStore, queue: CommitQueue): Clients {
  const encryptionsByKey = new Map<PublicKey, readonly NwcEncryption[]>()
  for (const { key, encryptions } of store.wallets()) encryptionsByKey.set(key, encryptions)
  return {
    has: (key) => encryptionsByKey.has(key),
    add: (key) => void encryptionsByKey.set(key, []),
    encryptions: (key) => encryptionsByKey.get(key) ?? [],
    used(key, encryption) {
      const known = encryptionsByKey.get(key)
      if (!known || known.includes(encryption)) return
      const encryptions = [...known, encryption]
      encryptionsByKey.set(key, encryptions)
      // Lost by a crash or a full disk, it is learnt again from the next request.
      queue.commit(() => store.saveEncryptions(key, encryptions)).catch(() => {})
    },
  }
}
