// What became of a request at each relay, over all its sends.
import { cleanReason } from '../asking/reason.ts'
import type { RelayDelivery } from './payment.ts'

/** One relay's outcome of one send; `error` null: it took the request. */
export type SendOutcome = { readonly url: string; readonly error: string | null }

const RELAYS_TOLD_MAX = 16

/** The delivery after a further send: the first acceptance is kept, the latest error is shown. */
export function mergeDelivery(
  known: readonly RelayDelivery[],
  outcomes: readonly SendOutcome[],
  atMs: number,
): readonly RelayDelivery[] {
  const byUrl = new Map(known.map((relay) => [relay.url, relay]))
  for (const { url, error } of outcomes) {
    if (!byUrl.has(url) && byUrl.size >= RELAYS_TOLD_MAX) continue
    const before = byUrl.get(url)?.acceptedAtMs ?? null
    const told = error === null ? null : cleanReason(error)
    byUrl.set(url, { url, acceptedAtMs: before ?? (error === null ? atMs : null), error: told })
  }
  return [...byUrl.values()]
}
