// From a decision to a commit, and again where another was quicker.
import type { PublicKey } from 'portal-protocol'
import type { Change } from './ports.ts'

const STALE_MAX = 100

export type Source = {
  /** The Nostr event the fact came in; it counts once. */
  readonly receivedEventId: string
  readonly userRelays?: { readonly mainKey: PublicKey; readonly relays: readonly string[] }
}

/** `source` is what the fact came in; `more` those of the facts that are committed with it. */
export function change(
  subject: Change['subject'],
  events: Change['events'],
  wakeAtMs: number | null,
  atMs: number,
  source: Source | undefined,
  more: readonly Source[] = [],
): Change {
  return { subject, events, wakeAtMs, atMs, ...brought(source), more: more.map(brought) }
}

function brought(source: Source | undefined): Pick<Change, 'receivedEventId' | 'userRelays'> {
  return {
    receivedEventId: source?.receivedEventId ?? null,
    userRelays: source?.userRelays ?? null,
  }
}

export async function untilSettled<T>(attempt: () => Promise<{ done: T } | 'again'>): Promise<T> {
  for (let tries = 0; tries < STALE_MAX; tries++) {
    const outcome = await attempt()
    if (outcome !== 'again') return outcome.done
  }
  throw new Error(
    `a commit was stale ${STALE_MAX} times in a row; is something else writing to this store?`,
  )
}
