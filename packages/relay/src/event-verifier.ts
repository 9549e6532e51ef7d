// Verifying each event once: a copy of an event that was found good costs a hash, not a signature.

import { eventHash, type NostrEvent, type Secp256k1, toHex, verifyEvent } from 'portal-protocol'
import { createRecentMap } from './recent-map.ts'

export type VerifyEvent = (event: NostrEvent) => boolean

/**
 * A verifier that remembers the last good ids with their signatures. Only good ones: a forged copy
 * teaches it nothing, and a copy under a known id must still have that hash and that signature.
 */
export function createEventVerifier(deps: {
  readonly secp: Secp256k1
  readonly idsMax?: number
}): VerifyEvent {
  const signatureById = createRecentMap<string>(deps.idsMax ?? 20_000)
  return (event) => {
    if (signatureById.get(event.id) === event.sig) {
      return toHex(eventHash(event, event.pubkey)) === event.id
    }
    if (!verifyEvent(event, deps.secp)) return false
    signatureById.set(event.id, event.sig)
    return true
  }
}
