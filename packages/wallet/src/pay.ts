// Paying a payable at most once, and finding out what became of it when the payer did not say.
import { type PaymentHash, type Preimage, proves } from 'portal-protocol'
import type { Clock } from 'portal-relay'
import type { Payable } from './check-request.ts'
import { judgeLookUp, type PayOutcome } from './decide.ts'
import { PayError, type Payer } from './payer.ts'
import { wait } from './wait.ts'

export type PayDeps = {
  readonly payer: Payer
  readonly clock: Clock
  /** Aborted when the wallet closes; what is unclear then stays unclear. */
  readonly stopped: AbortSignal
}

/**
 * Pays. `pay` is called again only when the payer said that it did nothing (rate limited), until
 * `deadline` (unix seconds); in any doubt the payment is looked up instead. `onUnclear` runs once
 * when it comes to that.
 */
export async function payOnce(
  payable: Payable,
  deadline: number,
  deps: PayDeps,
  onUnclear: () => void,
): Promise<PayOutcome> {
  const { payer, clock, stopped } = deps
  for (let attempt = 0; !stopped.aborted; attempt += 1) {
    const begunAtMs = clock.nowMs()
    const outcome = await attemptToPay(payable, payer)
    if (outcome.type === 'unclear') {
      onUnclear()
      return findOutcome(payable.paymentHash, begunAtMs, deps)
    }
    if (outcome.type !== 'rate_limited') return outcome
    const pauseMs = outcome.retryAfterMs ?? pauseAfter(attempt)
    if (clock.nowMs() + pauseMs >= deadline * 1_000) {
      return { type: 'failed', reason: 'the payer had no time for it' }
    }
    await wait(pauseMs, clock, stopped)
  }
  return { type: 'unclear' }
}

/**
 * Looks up a payment begun at `begunAtMs` until its end is known, more and more slowly, for about a
 * day; `unclear` when it never is.
 */
export async function findOutcome(
  paymentHash: PaymentHash,
  begunAtMs: number,
  deps: PayDeps,
): Promise<PayOutcome> {
  const { payer, clock, stopped } = deps
  for (let attempt = 0; attempt < LOOK_UPS_MAX && !stopped.aborted; attempt += 1) {
    try {
      const lookUp = await payer.lookUp(paymentHash)
      const outcome = judgeLookUp(lookUp, clock.nowMs() - begunAtMs)
      if (outcome?.type === 'paid') return paid(outcome.preimage, paymentHash)
      if (outcome !== null) return outcome
    } catch (error) {
      if (!(error instanceof PayError)) throw error
    }
    await wait(pauseAfter(attempt), clock, stopped)
  }
  return { type: 'unclear' }
}

const PAUSE_MIN_MS = 1_000
const PAUSE_MAX_MS = 300_000
const LOOK_UPS_MAX = 300

function pauseAfter(attempt: number): number {
  return Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** Math.min(attempt, 9))
}

async function attemptToPay(
  payable: Payable,
  payer: Payer,
): Promise<PayOutcome | { readonly type: 'rate_limited'; readonly retryAfterMs: number | null }> {
  try {
    const { preimage } = await payer.pay(payable.invoice, payable.amountMsat)
    return paid(preimage, payable.paymentHash)
  } catch (error) {
    // Whatever else went wrong, the money may have moved.
    if (!(error instanceof PayError)) return { type: 'unclear' }
    switch (error.code) {
      case 'refused':
        return { type: 'failed', reason: error.message }
      case 'rate_limited':
        return { type: 'rate_limited', retryAfterMs: error.retryAfterMs }
      case 'unknown':
        return { type: 'unclear' }
    }
  }
}

// A preimage that proves nothing is not passed on as a proof.
function paid(preimage: Preimage | null, hash: PaymentHash): PayOutcome {
  return { type: 'paid', preimage: preimage !== null && proves(preimage, hash) ? preimage : null }
}
