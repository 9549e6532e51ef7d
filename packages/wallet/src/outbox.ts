// Answers on their way to the wallet's own relays: each the same signed event, sent again to just
// the relays that did not take it, for as long as somebody may wait for it.
import type { NostrEvent } from 'portal-protocol'
import type { Clock, PublishOutcome, RelayConnection } from 'portal-relay'
import type { OnStep } from './steps.ts'
import { wait } from './wait.ts'

/** A service asks again by itself for five minutes and more; ten are plenty. */
export const WORTH_SENDING_MS = 600_000
/** As many as existing wallets keep (protocol.md §1.7). */
export const UNDER_WAY_MAX = 512

export interface Outbox {
  /**
   * Sends in the background; what is already on its way is not sent twice. `quietly`: nobody need
   * know when no relay takes it.
   */
  send(event: NostrEvent, options?: { readonly quietly: boolean }): void
}

export function createOutbox(deps: {
  readonly relays: readonly RelayConnection[]
  readonly clock: Clock
  readonly stopped: AbortSignal
  readonly onStep: OnStep
}): Outbox {
  const { relays, clock, stopped, onStep } = deps
  const underWay = new Set<string>()

  // Resolves with why the relay never took it, or null.
  async function deliver(event: NostrEvent, relay: RelayConnection): Promise<string | null> {
    const giveUpAtMs = clock.nowMs() + WORTH_SENDING_MS
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await relay.publish(event, PUBLISH_TIMEOUT_MS)
      if (outcome.accepted) return null
      const pauseMs = pauseBeforeNext(outcome, attempt)
      if (pauseMs === null || stopped.aborted || clock.nowMs() >= giveUpAtMs) return outcome.reason
      await wait(pauseMs, clock, stopped)
    }
  }

  async function deliverToAll(event: NostrEvent, quietly: boolean): Promise<void> {
    const outcomes = await Promise.all(relays.map((relay) => deliver(event, relay)))
    underWay.delete(event.id)
    if (quietly || stopped.aborted || outcomes.includes(null)) return
    onStep({ type: 'answer_undelivered', reason: outcomes.join('; ') })
  }

  return {
    send(event, { quietly } = { quietly: false }) {
      if (underWay.has(event.id) || stopped.aborted) return
      if (underWay.size >= UNDER_WAY_MAX) {
        onStep({ type: 'answer_undelivered', reason: 'too many answers wait for the relays' })
        return
      }
      underWay.add(event.id)
      deliverToAll(event, quietly).catch((error: unknown) => onStep({ type: 'broke', error }))
    },
  }
}

const PUBLISH_TIMEOUT_MS = 30_000
const PAUSE_MIN_MS = 250
const PAUSE_MAX_MS = 30_000

// Null: this relay will never take it. NIP-01: only these prefixes speak of the moment.
function pauseBeforeNext(outcome: PublishOutcome & { accepted: false }, attempt: number) {
  const isFinal =
    outcome.cause === 'closed' ||
    (outcome.cause === 'refused' && !/^(error|rate-limited):/.test(outcome.reason))
  return isFinal ? null : Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** Math.min(attempt, 7))
}
