// Notifications of a wallet, each told once: services publish every one twice, as kind 23196 for old
// clients (NIP-04) and as 23197 (NIP-44), on each of their relays.

import { type NostrEvent, type NwcNotification, parseNwcNotification } from 'portal-protocol'
import { createRecentMap, type VerifyEvent } from 'portal-relay'

/**
 * `known`: another event told the same. `repeated`: this very event was opened before, and what followed
 * from it may still be under way. `untrue`: it is not the wallet's word, or nothing that can be read.
 */
export type Opened = NwcNotification | 'known' | 'repeated' | 'untrue'

/** Returns the function that takes a wallet's event, and gives the notification if it is new. */
export function createNotificationInbox(deps: {
  readonly verify: VerifyEvent
  /** Undefined when it cannot be decrypted. */
  readonly decrypt: (event: NostrEvent) => string | undefined
}): (event: NostrEvent) => Opened {
  const seenIds = createRecentMap<true>(SEEN_MAX)
  const told = createRecentMap<true>(SEEN_MAX)

  return (event) => {
    if (seenIds.has(event.id)) return 'repeated'
    if (!deps.verify(event)) return 'untrue'
    seenIds.set(event.id, true)
    const plaintext = deps.decrypt(event)
    const notification = plaintext === undefined ? undefined : parseNwcNotification(plaintext)
    if (notification === undefined) return 'untrue'
    const subject = subjectOf(notification)
    if (subject !== undefined) {
      if (told.has(subject)) return 'known'
      told.set(subject, true)
    }
    return notification
  }
}

const SEEN_MAX = 2_000

/** What makes two notifications the same one; undefined when it names no payment. */
function subjectOf({ type, notification }: NwcNotification): string | undefined {
  const { payment_hash, state, settled_at, preimage } = notification
  if (typeof payment_hash !== 'string') return undefined
  return [type, payment_hash, state, settled_at, preimage]
    .map((part) => String(part).slice(0, PART_CHARS_MAX))
    .join(' ')
}

const PART_CHARS_MAX = 64
