// After the clock was set back: what is open is looked at, whatever moment was noted for it.
import { applyToAny } from './fact-of-any.ts'
import type { Facts } from './facts.ts'
import type { Due, Store } from './ports.ts'

const OPEN_MAX = 10_000

/** Takes up what is open, with its moments judged anew; only what `isMeant`, where that is given. */
export async function lookAtAllOpen(
  store: Store,
  facts: Facts,
  takeUp: (due: Due) => void,
  isMeant: (due: Due) => boolean = () => true,
): Promise<void> {
  for (const due of (await store.awaitingAnswer(null, OPEN_MAX)).filter(isMeant)) {
    const after = await applyToAny(facts, due, { type: 'clock_set_back' })
    if (after !== null) takeUp(after)
  }
}

/**
 * Whether a moment of this may have been noted by a clock that ran ahead of `nowMs`. Only a request that
 * was sent is put off for long, and its sending tells by which clock; all else is due at once, or has
 * failed, and is as well tried again.
 */
export function mayBeAhead(due: Due, nowMs: number): boolean {
  if (due.type === 'payment') {
    const { state, attempts, lastSentAtMs } = due.payment
    return state !== 'asked' || attempts > 0 || (lastSentAtMs ?? 0) > nowMs
  }
  const { conversation } = due
  return conversation.type === 'authenticate_key' && (conversation.lastSentAtMs ?? 0) > nowMs
}
