// After the clock was set back: everything open is looked at, whatever moment was noted for it.
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
    const after = await judgedAnew(due, facts)
    if (after !== null) takeUp(after)
  }
}

async function judgedAnew(due: Due, facts: Facts): Promise<Due | null> {
  const fact = { type: 'clock_set_back' } as const
  if (due.type === 'payment') {
    const payment = await facts.payment(due.payment, fact)
    return payment === null ? null : { type: 'payment', payment }
  }
  const { streamId, type } = due.conversation
  if (type === 'key_handshake') return due
  const conversation = await facts.authentication(streamId, fact)
  return conversation === null ? null : { type: 'conversation', conversation }
}
