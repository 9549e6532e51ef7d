// One request under way: published to every relay of the wallet, again to each that comes back, over
// when it is answered, when every relay refuses it, or when its time is up.

import type { NostrEvent } from 'portal-protocol'
import type { Clock, PublishOutcome, RelayConnection } from 'portal-relay'
import { NwcError } from './nwc-error.ts'

export interface WalletRequest {
  readonly event: NostrEvent
  readonly result: Promise<Record<string, unknown>>
  /** Publishes the same bytes, unless that is being done already. */
  publish(relay: RelayConnection): void
  answer(result: Record<string, unknown>): void
  fail(error: NwcError): void
}

export function createWalletRequest(deps: {
  readonly event: NostrEvent
  readonly method: string
  readonly relays: readonly RelayConnection[]
  readonly clock: Clock
  readonly timeoutMs: number
  /** It is over, in whatever way; `taken` when a relay had accepted the event. */
  readonly over: (taken: boolean) => void
  /** How long to wait when a relay says that we are too fast. */
  readonly pauseMs: () => number
}): WalletRequest {
  const { event, method, clock } = deps
  const deadlineMs = clock.nowMs() + deps.timeoutMs
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>()
  const underWay = new Set<RelayConnection>()
  const refusals = new Map<RelayConnection, string>()
  let taken = false
  let isOver = false
  const timer = clock.setTimer(deps.timeoutMs, timedOut)

  function end(): boolean {
    if (isOver) return false
    isOver = true
    timer.cancel()
    deps.over(taken)
    return true
  }

  function fail(error: NwcError): void {
    if (end()) reject(error)
  }

  function timedOut(): void {
    if (taken) fail(new NwcError('TIMEOUT', `${method}: the wallet did not answer in time`))
    else fail(new NwcError('UNREACHABLE', `${method}: ${whyUnreachable()}; check the relay`))
  }

  function whyUnreachable(): string {
    const [refusal] = refusals.values()
    return refusal ?? 'no relay of the wallet took the request in time'
  }

  function judge(relay: RelayConnection, outcome: PublishOutcome): void {
    underWay.delete(relay)
    if (outcome.accepted) {
      taken = true
      return
    }
    // A lost connection comes back, and the request is published again then.
    if (outcome.cause !== 'refused' && outcome.cause !== 'overloaded') return
    refusals.set(relay, `a relay of the wallet refused the request: ${outcome.reason}`)
    if (taken || refusals.size < deps.relays.length) return
    const isTooFast = outcome.reason.startsWith('rate-limited:') || outcome.cause === 'overloaded'
    const [code, pauseMs] = isTooFast
      ? (['RATE_LIMITED', deps.pauseMs()] as const)
      : (['UNREACHABLE', null] as const)
    fail(new NwcError(code, `${method}: ${whyUnreachable()}`, pauseMs))
  }

  return {
    event,
    result: promise,
    publish(relay) {
      if (isOver || underWay.has(relay)) return
      // Never longer than the request itself: nothing may be paid after we have given up.
      const leftMs = Math.min(deps.timeoutMs, Math.max(0, deadlineMs - clock.nowMs()))
      underWay.add(relay)
      relay.publish(event, leftMs).then((outcome) => judge(relay, outcome))
    },
    answer(result) {
      if (end()) resolve(result)
    },
    fail,
  }
}
