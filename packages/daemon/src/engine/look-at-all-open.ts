// After the clock was set back: what is open is looked at, whatever moment was noted for it.
import { applyToAny } from './fact-of-any.ts'
import type { Facts } from './facts.ts'
import type { Due, Store } from './ports.ts'

const OPEN_MAX = 10_000

export type Look = {
  readonly store: Store
  readonly facts: Facts
  readonly takeUp: (due: Due) => void
  readonly nowMs: number
}

/** Takes up all that is open, with its moments judged anew. Rejects when the store is in trouble. */
export async function lookAtAllOpen(look: Look): Promise<void> {
  // A claim of ours whose work broke would last as long as the step; another daemon's is its own.
  if (!look.store.shared) await look.store.dropClaims(look.nowMs)
  await judgeAnew(look, () => true)
}

/** The same at the start of a store's only daemon, whose clock may have been set back before. */
export async function lookAtLeft(look: Look): Promise<void> {
  await look.store.dropClaims(look.nowMs)
  await judgeAnew(look, (due) => mayBeAhead(due, look.nowMs))
}

async function judgeAnew(
  { store, facts, takeUp }: Look,
  isMeant: (due: Due) => boolean,
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
function mayBeAhead(due: Due, nowMs: number): boolean {
  if (due.type === 'payment') {
    const { state, attempts, lastSentAtMs } = due.payment
    return state !== 'asked' || attempts > 0 || (lastSentAtMs ?? 0) > nowMs
  }
  const { conversation } = due
  return conversation.type === 'authenticate_key' && (conversation.lastSentAtMs ?? 0) > nowMs
}
