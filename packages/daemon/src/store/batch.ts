// One try to commit a batch of writes, and what became of each.
import { type Durable, StoreError } from '../engine/ports.ts'
import { Again } from './again.ts'
import type { Entry } from './entry.ts'
import type { News } from './news.ts'

export type Outcome<Tx> =
  /** All but `later`, which wrote nothing. */
  | { readonly type: 'committed'; readonly news: News; readonly later: ReadonlySet<Entry<Tx>> }
  /** Nothing was; without this one the others may be. */
  | { readonly type: 'write_failed'; readonly entry: Entry<Tx>; readonly error: unknown }
  | { readonly type: 'store_failed'; readonly error: unknown }

export type AttemptDeps<Tx> = {
  /** `durable`: at the latest when. */
  readonly transact: (run: (tx: Tx) => Promise<void>, durable: Durable) => Promise<void>
  /** Runs writes about different things side by side, where a database gains by that. */
  readonly sideBySide: boolean
}

export async function attempt<Tx>(
  entries: readonly Entry<Tx>[],
  { transact, sideBySide }: AttemptDeps<Tx>,
): Promise<Outcome<Tx>> {
  const news: Partial<News>[] = []
  const later = new Set<Entry<Tx>>()
  const failures: { readonly entry: Entry<Tx>; readonly error: unknown }[] = []

  async function runOne(entry: Entry<Tx>, tx: Tx): Promise<void> {
    try {
      news.push(await entry.run(tx))
    } catch (error) {
      if (error instanceof Again && error.why === 'locked') later.add(entry)
      else failures.push({ entry, error })
    }
  }

  try {
    await transact(async (tx) => {
      const lines = sideBySide ? linesOf(entries) : [entries]
      await Promise.all(
        lines.map(async (line) => {
          for (const entry of line) if (failures.length === 0) await runOne(entry, tx)
        }),
      )
      // All have stopped, so that none goes on writing behind what undoes it.
      if (failures.length > 0) throw new Undone()
    }, durableOf(entries))
    return { type: 'committed', news: joined(news), later }
  } catch (error) {
    const guilty = failures.find((failure) => isOwnFault(failure.error))
    if (guilty !== undefined) return { type: 'write_failed', ...guilty }
    const failed = failures.find((failure) => !isInnocent(failure.error))
    return { type: 'store_failed', error: failed?.error ?? failures[0]?.error ?? error }
  }
}

function durableOf<Tx>(entries: readonly Entry<Tx>[]): Durable {
  return entries.every(({ durable }) => durable === 'with_next') ? 'with_next' : 'at_once'
}

class Undone extends Error {}

function linesOf<Tx>(entries: readonly Entry<Tx>[]): readonly (readonly Entry<Tx>[])[] {
  const lines: Entry<Tx>[][] = []
  const byAbout = new Map<string, Entry<Tx>[]>()
  for (const entry of entries) {
    const line = entry.about === null ? undefined : byAbout.get(entry.about)
    if (line !== undefined) {
      line.push(entry)
      continue
    }
    const fresh = [entry]
    lines.push(fresh)
    if (entry.about !== null) byAbout.set(entry.about, fresh)
  }
  return lines
}

// What fails because of the write or the row it touches, where other writes would not.
function isOwnFault(error: unknown): boolean {
  if (error instanceof Again) return error.why === 'conflict'
  if (!(error instanceof StoreError)) return true
  return ['refused', 'damaged', 'fenced'].includes(error.code)
}

function isInnocent(error: unknown): boolean {
  return error instanceof Again && error.why === 'aborted'
}

function joined(news: readonly Partial<News>[]): News {
  return {
    events: news.flatMap(({ events }) => events ?? []),
    opened: news.flatMap(({ opened }) => opened ?? []),
    handshakes: news.some(({ handshakes }) => handshakes === true),
  }
}
