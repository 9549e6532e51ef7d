// Writes that arrive together share one durable transaction: what a commit costs is mostly the wait
// for the disk, and that wait is the same for one write and for a hundred.
import { StoreError } from '../engine/ports.ts'
import type { News } from './news.ts'

/** What a write answers its caller, and what others hear of it. */
export type Written<T> = { readonly result: T } & Partial<News>

/**
 * One write. It may be run more than once before it counts, each time on a transaction that knows
 * nothing of the time before, so it must have no effect but on that transaction.
 */
export type Write<Tx, T> = (tx: Tx) => Promise<Written<T>>

export type GroupCommitDeps<Tx> = {
  /** Runs `run` in a transaction; resolves once it is durable, rejects once it is undone. */
  readonly transact: (run: (tx: Tx) => Promise<void>) => Promise<void>
  /** Told the news of each transaction after it was committed, before its callers are. */
  readonly committed: (news: News) => void
  /**
   * Calls back when the input that is waiting now has been handed out. Only so do answers that came
   * by different sockets meet in one transaction.
   */
  readonly afterInput: (run: () => void) => void
}

export interface GroupCommit<Tx> {
  /** Resolves after the write is durable. Rejects with what the write threw, or StoreError. */
  write<T>(write: Write<Tx, T>): Promise<T>
  /** Takes no more writes; resolves when those that were taken are settled. */
  close(): Promise<void>
}

const BATCH_MAX = 256
const WAITING_MAX = 10_000

export function createGroupCommit<Tx>(deps: GroupCommitDeps<Tx>): GroupCommit<Tx> {
  const waiting: Entry<Tx>[] = []
  let working: Promise<void> | null = null
  let closed = false

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      await new Promise<void>(deps.afterInput)
      await settle(waiting.splice(0, BATCH_MAX), deps)
    }
    working = null
  }

  return {
    async write(write) {
      if (closed) throw new StoreError('closed', 'the store is closed')
      if (waiting.length >= WAITING_MAX) {
        throw new StoreError('overloaded', `${WAITING_MAX} writes are waiting; try again later`)
      }
      return new Promise((resolve, reject) => {
        waiting.push(entry(write, resolve, reject))
        working ??= work()
      })
    },
    async close() {
      closed = true
      await working
    },
  }
}

type Entry<Tx> = {
  /** Runs the write and keeps its result for `resolve`. */
  readonly run: (tx: Tx) => Promise<Partial<News>>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

function entry<Tx, T>(
  write: Write<Tx, T>,
  resolve: (result: T) => void,
  reject: (error: unknown) => void,
): Entry<Tx> {
  let settle: () => void = () => reject(new StoreError('refused', 'the write was never run'))
  return {
    async run(tx) {
      const { result, ...news } = await write(tx)
      settle = () => resolve(result)
      return news
    },
    resolve: () => settle(),
    reject,
  }
}

// Commits the batch. A write that fails by itself is left out and the others run again without it;
// when the store fails, all fail.
async function settle<Tx>(batch: readonly Entry<Tx>[], deps: GroupCommitDeps<Tx>): Promise<void> {
  let left = batch
  while (left.length > 0) {
    const outcome = await attempt(left, deps)
    switch (outcome.type) {
      case 'committed':
        deps.committed(outcome.news)
        for (const { resolve } of left) resolve()
        return
      case 'store_failed':
        for (const { reject } of left) reject(outcome.error)
        return
      case 'write_failed':
        outcome.entry.reject(outcome.error)
        left = left.filter((entry) => entry !== outcome.entry)
    }
  }
}

type Outcome<Tx> =
  | { readonly type: 'committed'; readonly news: News }
  | { readonly type: 'store_failed'; readonly error: unknown }
  | { readonly type: 'write_failed'; readonly entry: Entry<Tx>; readonly error: unknown }

async function attempt<Tx>(
  entries: readonly Entry<Tx>[],
  { transact }: GroupCommitDeps<Tx>,
): Promise<Outcome<Tx>> {
  const news: Partial<News>[] = []
  const running: { entry: Entry<Tx> | null } = { entry: null }
  try {
    await transact(async (tx) => {
      for (const entry of entries) {
        running.entry = entry
        news.push(await entry.run(tx))
      }
      running.entry = null
    })
    return { type: 'committed', news: joined(news) }
  } catch (error) {
    const { entry } = running
    if (entry !== null && isOwnFault(error)) return { type: 'write_failed', entry, error }
    return { type: 'store_failed', error }
  }
}

// What fails because of the write or the row it touches, where other writes would not.
function isOwnFault(error: unknown): boolean {
  if (!(error instanceof StoreError)) return true
  return ['refused', 'damaged', 'fenced'].includes(error.code)
}

function joined(news: readonly Partial<News>[]): News {
  return {
    events: news.flatMap(({ events }) => events ?? []),
    opened: news.flatMap(({ opened }) => opened ?? []),
    handshakes: news.some(({ handshakes }) => handshakes === true),
  }
}
