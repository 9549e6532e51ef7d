// What happens to handshakes. A printed one may be scanned by a crowd at once, of whom each would race with
// all others: so the facts of one handshake wait in line here, and those that wait are committed together.
import {
  decideHandshake,
  type Handshake,
  type HandshakeEvent,
  type HandshakeFact,
  handshakeDueAtMs,
} from '../handshake/handshake.ts'
import type { StreamId } from '../log/stream.ts'
import { change, type Source, untilSettled } from './change.ts'
import type { Clock, Store } from './ports.ts'

/** Facts of one commit. A transaction takes 256 commits and 4,096 events. */
const TOGETHER_MAX = 16

type Waiting = {
  readonly fact: HandshakeFact
  readonly source: Source | undefined
  readonly told: PromiseWithResolvers<Handshake | null>
}

export type HandshakeFactsDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly conversationChanged: (handshake: Handshake) => void
}

export type HandshakeFacts = (
  id: StreamId,
  fact: HandshakeFact,
  source?: Source,
) => Promise<Handshake | null>

export function createHandshakeFacts(deps: HandshakeFactsDeps): HandshakeFacts {
  const { store, clock, conversationChanged } = deps
  const lines = new Map<StreamId, Waiting[]>()

  async function serve(id: StreamId, line: Waiting[]): Promise<void> {
    while (line.length > 0) {
      const together = line.splice(0, TOGETHER_MAX)
      // Each hears what became of all.
      const outcome = untilSettled(() => commit(id, together))
      for (const { told } of together) told.resolve(outcome)
      await outcome.catch(() => {})
    }
    lines.delete(id)
  }

  async function commit(
    id: StreamId,
    together: readonly Waiting[],
  ): Promise<{ done: Handshake | null } | 'again'> {
    const ids = together.flatMap(({ source }) => source?.receivedEventId ?? [])
    const [before, received] = await Promise.all([store.conversation(id), store.receivedAmong(ids)])
    if (before?.type !== 'key_handshake') return { done: null }
    const counted = new Set(received)
    const atMs = clock.nowMs()
    const events: HandshakeEvent[] = []
    const sources: Source[] = []
    let handshake: Handshake = before
    for (const { fact, source } of together) {
      if (source !== undefined && counted.has(source.receivedEventId)) continue
      const decided = decideHandshake(handshake, fact, atMs)
      if (decided.handshake === handshake) continue
      handshake = decided.handshake
      events.push(...decided.events)
      if (source === undefined) continue
      counted.add(source.receivedEventId)
      sources.push(source)
    }
    if (handshake === before) return { done: before }
    const [first, ...more] = sources
    const wakeAtMs = handshakeDueAtMs(handshake)
    const result = await store.commit(change(handshake, events, wakeAtMs, atMs, first, more))
    // A duplicate: another daemon was quicker with one of them.
    if (result !== 'committed') return 'again'
    const after = { ...handshake, version: handshake.version + 1 }
    conversationChanged(after)
    return { done: after }
  }

  return (id, fact, source) => {
    const told = Promise.withResolvers<Handshake | null>()
    const line = lines.get(id)
    line?.push({ fact, source, told })
    if (line === undefined) {
      const begun = [{ fact, source, told }]
      lines.set(id, begun)
      void serve(id, begun)
    }
    return told.promise
  }
}
