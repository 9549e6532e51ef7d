// One write on its way into a transaction.
import { type Durable, StoreError } from '../engine/ports.ts'
import type { News } from './news.ts'

/** What a write answers its caller, and what others hear of it. */
export type Written<T> = { readonly result: T } & Partial<News>

/**
 * One write. It may be run more than once before it counts, each time on a transaction that knows
 * nothing of the time before, so it must have no effect but on that transaction.
 */
export type Write<Tx, T> = (tx: Tx) => Promise<Written<T>>

export type Entry<Tx> = {
  /** Writes about the same are run one after another; null: about nothing that others are about. */
  readonly about: string | null
  readonly durable: Durable
  /** Runs the write and keeps its result for `resolve`. */
  readonly run: (tx: Tx) => Promise<Partial<News>>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  /** How long it was put off, in all. */
  putOffMs: number
}

export function createEntry<Tx, T>(
  about: string | null,
  durable: Durable,
  write: Write<Tx, T>,
  resolve: (result: T) => void,
  reject: (error: unknown) => void,
): Entry<Tx> {
  let settle: () => void = () => reject(new StoreError('refused', 'the write was never run'))
  return {
    about,
    durable,
    async run(tx) {
      const { result, ...news } = await write(tx)
      settle = () => resolve(result)
      return news
    },
    resolve: () => settle(),
    reject,
    putOffMs: 0,
  }
}
