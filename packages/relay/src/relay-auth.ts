// Answering a relay that asks who we are (NIP-42).

import { type Identity, KIND, type NostrEvent } from 'portal-protocol'

/** The event that answers `challenge`, for this relay only. `nowMs` is in milliseconds. */
export function relayAuthEvent(
  identity: Identity,
  relay: { readonly url: string; readonly challenge: string },
  nowMs: number,
): NostrEvent {
  return identity.sign({
    kind: KIND.relayAuth,
    created_at: Math.floor(nowMs / 1000),
    tags: [
      ['relay', relay.url],
      ['challenge', relay.challenge],
    ],
    content: '',
  })
}
