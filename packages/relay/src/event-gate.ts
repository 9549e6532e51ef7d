// Across all relays, each event once: is it wanted? was it seen? is it true? then deliver it. An id
// counts as seen only when its event was verified and its delivery has succeeded, so that neither a
// forged copy nor a failing store can make the true event disappear.

import type { NostrEvent, Secp256k1 } from 'portal-protocol'
import { createEventVerifier, type VerifyEvent } from './event-verifier.ts'
import { createRecentMap } from './recent-map.ts'

export type GateAnswer = 'delivered' | 'duplicate' | 'unwanted' | 'invalid'

export interface EventGate {
  /** Resolves when the delivery is done; rejects when it failed: another copy may try again. */
  accept(event: NostrEvent): Promise<GateAnswer>
}

export class EventGateError extends Error {
  override readonly name = 'EventGateError'
  readonly code = 'too_many_deliveries'
}

export type EventGateDeps = {
  readonly secp: Secp256k1
  /** Ids remembered; the oldest are forgotten. */
  readonly seenMax: number
  /** Cheap and before anything else: the event is not verified yet. */
  readonly wanted: (event: NostrEvent) => boolean
  readonly deliver: (event: NostrEvent) => Promise<void>
  readonly verify?: VerifyEvent
  /** Events whose delivery may be under way or waited for at a time; 10,000 unless given. */
  readonly deliveriesMax?: number
}

export function createEventGate(deps: EventGateDeps): EventGate {
  const verify = deps.verify ?? createEventVerifier({ secp: deps.secp })
  const deliveriesMax = deps.deliveriesMax ?? 10_000
  const seen = createRecentMap<true>(deps.seenMax)
  const underWay = new Map<string, Promise<void>>()
  let waiting = 0

  async function pass(event: NostrEvent): Promise<GateAnswer> {
    // Copies wait for the one that is being delivered; should it fail, the next one has its turn.
    for (;;) {
      if (seen.has(event.id)) return 'duplicate'
      const other = underWay.get(event.id)
      if (other === undefined) break
      await other.catch(() => {})
    }
    if (!verify(event)) return 'invalid'
    const delivery = deps.deliver(event)
    underWay.set(event.id, delivery)
    try {
      await delivery
      seen.set(event.id, true)
      return 'delivered'
    } finally {
      underWay.delete(event.id)
    }
  }

  return {
    async accept(event) {
      if (!deps.wanted(event)) return 'unwanted'
      if (waiting >= deliveriesMax) {
        throw new EventGateError(`${deliveriesMax} events are being delivered; send it again later`)
      }
      waiting += 1
      try {
        return await pass(event)
      } finally {
        waiting -= 1
      }
    },
  }
}
