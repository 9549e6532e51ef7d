// Group commit: changes that arrive together share one durable transaction, because waiting for the
// disk is what costs. Each change succeeds or fails by itself.

import type { LedgerStore } from './ledger-store.ts'
import { SandboxError } from './sandbox-error.ts'

export interface CommitQueue {
  /**
   * Runs `change` in the next transaction; resolves with its result once that is on disk. Rejects
   * with what it threw, with the failure of the commit, or with SandboxError `overloaded`.
   */
  commit<T>(change: () => T): Promise<T>
  /** Resolves once everything handed in so far is on disk, or has failed. */
  idle(): Promise<void>
}

/** `changesMax` changes may wait at a time. */
export function createCommitQueue(
  store: Pick<LedgerStore, 'transaction' | 'savepoint'>,
  changesMax = 10_000,
): CommitQueue {
  let waiting: Change[] = []
  let scheduled = false

  function flush(): void {
    scheduled = false
    const changes = waiting.slice(0, TOGETHER_MAX)
    waiting = waiting.slice(TOGETHER_MAX)
    if (waiting.length > 0) schedule()
    try {
      const settlements = store.transaction(() => changes.map((change) => change.attempt()))
      for (const settle of settlements) settle()
    } catch (error) {
      for (const change of changes) change.fail(error)
    }
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // Not a microtask: what else has arrived on the sockets comes along.
    setImmediate(flush)
  }

  function commit<T>(change: () => T): Promise<T> {
    if (waiting.length >= changesMax) {
      const message = `${changesMax} changes of the ledger are waiting: send it again later`
      return Promise.reject(new SandboxError('overloaded', message))
    }
    return enqueue(change)
  }

  function enqueue<T>(change: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      waiting.push({ attempt: () => attempt(change, resolve, reject), fail: reject })
      schedule()
    })
  }

  function attempt<T>(
    change: () => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): () => void {
    try {
      const value = store.savepoint(change)
      return () => resolve(value)
    } catch (error) {
      return () => reject(error)
    }
  }

  return { commit, idle: () => enqueue(() => {}).catch(() => {}) }
}

type Change = {
  /** Runs it; what it returns tells whoever waits, and is called after the commit. */
  readonly attempt: () => () => void
  readonly fail: (error: unknown) => void
}

/** Bounds how long one transaction keeps everything else waiting. */
const TOGETHER_MAX = 500
