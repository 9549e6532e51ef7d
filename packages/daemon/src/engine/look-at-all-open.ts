// After the clock was set back: everything open is looked at, whatever moment was noted for it.
import { applyToAny } from './fact-of-any.ts'
import type { Facts } from './facts.ts'
import type { Due, Store } from './ports.ts'

const OPEN_MAX = 10_000

/** Takes up what is open, with its moments judged anew. */
export async function lookAtAllOpen(
  store: Store,
  facts: Facts,
  takeUp: (due: Due) => void,
): Promise<void> {
  for (const due of await store.awaitingAnswer(null, OPEN_MAX)) {
    const after = await applyToAny(facts, due, { type: 'clock_set_back' })
    if (after !== null) takeUp(after)
  }
}
