// Writes that arrive together share one durable transaction: what a commit costs is mostly the wait
// for the disk, and that wait is the same for one write and for a hundred.
import { type Durable, StoreError } from '../engine/ports.ts'
import { Again } from './again.ts'
import { type AttemptDeps, attempt } from './batch.ts'
import { createEntry, type Entry, type Write } from './entry.ts'
import type { News } from './news.ts'

export type GroupCommitDeps<Tx> = AttemptDeps<Tx> & {
  /** Told the news of each transaction after it was committed, before its callers are. */
  readonly committed: (news: News) => void
  /**
   * Calls back when the input that is waiting now has been handed out. Only so do answers that came
   * by different sockets meet in one transaction.
   */
  readonly afterInput: (run: () => void) => void
  /** Calls back after about so long. */
  readonly later: (ms: number, run: () => void) => void
}

export interface GroupCommit<Tx> {
  /**
   * Resolves after what was written is committed, and durable unless that may come `with_next`. Rejects
   * with what the write threw, or StoreError. Writes about the same are run in the order they came in.
   */
  write<T>(about: string | null, write: Write<Tx, T>, durable?: Durable): Promise<T>
  /** Takes no more writes; resolves when those that were taken are settled. */
  close(): Promise<void>
}

const BATCH_MAX = 256
const WAITING_MAX = 10_000
/** In which another daemon's commit is over. */
const PUT_OFF_MS = 25
/** What was waited for in vain is tried less and less often: it held up all others of its batch. */
const PUT_OFF_AFTER_WAIT_MAX_MS = 2_000
/** Twice what a daemon that stalls in mid-commit can hold a row. */
const PUT_OFF_TOTAL_MAX_MS = 10_000

export function createGroupCommit<Tx>(deps: GroupCommitDeps<Tx>): GroupCommit<Tx> {
  const waiting: Entry<Tx>[] = []
  const putOff = new Set<Promise<void>>()
  let working: Promise<void> | null = null
  let closed = false

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      await new Promise<void>(deps.afterInput)
      await settle(waiting.splice(0, BATCH_MAX))
    }
    working = null
  }

  // Commits the batch. A write that fails by itself is left out and the others run again without it;
  // when the store fails, all fail.
  async function settle(batch: readonly Entry<Tx>[]): Promise<void> {
    let left = batch
    while (left.length > 0) {
      const outcome = await attempt(left, deps)
      switch (outcome.type) {
        case 'committed':
          deps.committed(outcome.news)
          for (const entry of left) {
            if (outcome.later.has(entry)) runLater(entry, new Again('locked'))
            else entry.resolve()
          }
          return
        case 'store_failed':
          for (const entry of left) fail(entry, outcome.error)
          return
        case 'write_failed':
          fail(outcome.entry, outcome.error)
          left = left.filter((entry) => entry !== outcome.entry)
      }
    }
  }

  function fail(entry: Entry<Tx>, error: unknown): void {
    if (error instanceof Again) runLater(entry, error)
    else entry.reject(error)
  }

  function runLater(entry: Entry<Tx>, why: Again): void {
    const ms = why.why === 'locked' ? PUT_OFF_MS : Math.max(PUT_OFF_MS, entry.putOffMs)
    const pauseMs = Math.min(ms, PUT_OFF_AFTER_WAIT_MAX_MS)
    entry.putOffMs += pauseMs
    if (entry.putOffMs > PUT_OFF_TOTAL_MAX_MS) {
      const what = 'another daemon, or another program, holds what is to be written'
      entry.reject(new StoreError('busy', `${what}; try again later`, { cause: why }))
      return
    }
    const over = Promise.withResolvers<void>()
    putOff.add(over.promise)
    deps.later(pauseMs, () => {
      putOff.delete(over.promise)
      over.resolve()
      waiting.push(entry)
      working ??= work()
    })
  }

  return {
    async write(about, write, durable = 'at_once') {
      if (closed) throw new StoreError('closed', 'the store is closed')
      if (waiting.length >= WAITING_MAX) {
        throw new StoreError('overloaded', `${WAITING_MAX} writes are waiting; try again later`)
      }
      return new Promise((resolve, reject) => {
        waiting.push(createEntry(about, durable, write, resolve, reject))
        working ??= work()
      })
    },
    async close() {
      closed = true
      while (working !== null || putOff.size > 0) await Promise.all([working, ...putOff])
    },
  }
}
