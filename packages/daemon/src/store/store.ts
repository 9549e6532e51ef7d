// The store port over kysely: the same for every database, given how to run a transaction.
import type { Clock, Durable, Store } from '../engine/ports.ts'
import { takeAllowance } from './allowances.ts'
import { commitChange } from './commit.ts'
import { createConversation, createdAbout, createdNews, createPayment } from './create.ts'
import { claimDue, dropClaims } from './due.ts'
import { createGroupCommit } from './group-commit.ts'
import { releaseLease, takeLease } from './leases.ts'
import type { Session } from './query.ts'
import { readsOf } from './reads.ts'
import { forgetsOldEvents } from './received-events.ts'
import type { Telling } from './sharing.ts'
import { advanceValue, initValue, mayPing, setValue, value } from './values.ts'
import { webhooksOf } from './webhooks.ts'

const PING_VALUE = 'store_ping'
const FLUSH_VALUE = 'store_flush'

export type StoreDeps = {
  readonly clock: Clock
  /** See GroupCommitDeps. */
  readonly afterInput?: (run: () => void) => void
}

export type StoreParts = {
  /** For reading. */
  readonly on: Session
  /** See GroupCommitDeps. */
  readonly transact: (run: (tx: Session) => Promise<void>, durable: Durable) => Promise<void>
  /** Whether `transact` puts off what it may; else every write is durable at once. */
  readonly putsOff: boolean
  /** See GroupCommitDeps. */
  readonly sideBySide: boolean
  readonly later: (ms: number, run: () => void) => void
  readonly telling: Telling
  /** Runs once, after the last write. */
  readonly release: () => Promise<void>
}

/** The store on tables that are up to date. */
export function createStore(
  { on, transact, putsOff, sideBySide, later, telling, release }: StoreParts,
  { clock, afterInput = setImmediate }: StoreDeps,
): Store {
  const commits = createGroupCommit<Session>({
    transact,
    sideBySide,
    later,
    committed: telling.committed,
    afterInput,
  })
  let flushes = 0
  let closing: Promise<void> | null = null

  // Writes of little things, which nobody else hears of: one after another.
  function write<T>(run: (tx: Session) => Promise<T>): Promise<T> {
    return commits.write('', async (tx) => ({ result: await run(tx) }))
  }

  const forgetOldEvents = forgetsOldEvents(clock, write)

  return {
    shared: telling.shared,
    onCommitted: telling.onCommitted,
    onFeed: telling.onFeed,
    onOpened: telling.onOpened,
    onBeat: telling.onBeat,
    onHandled: telling.onHandled,
    tellHandled: telling.tellHandled,
    ...readsOf(on),
    webhooks: webhooksOf(on, write),
    createPayment: (payment, key, wakeAtMs, durable) =>
      commits.write(
        createdAbout(payment, key),
        async (tx) => createdNews(await createPayment(tx, payment, key, wakeAtMs)),
        durable,
      ),
    createConversation: (conversation, key, wakeAtMs) =>
      commits.write(createdAbout(conversation, key), async (tx) =>
        createdNews(await createConversation(tx, conversation, key, wakeAtMs)),
      ),
    commit(change) {
      if (change.receivedEventId !== null) forgetOldEvents()
      return commits.write(
        change.subject.streamId,
        (tx) => commitChange(tx, change),
        change.durable,
      )
    },
    async flush() {
      if (!putsOff) return
      flushes += 1
      // Any durable write takes with it all that was written before, if it changes anything.
      const text = `${clock.nowMs()} ${flushes}`
      await write((tx) => setValue(tx, FLUSH_VALUE, text))
    },

    claimDue: (nowMs, limit, leaseMs) => write((tx) => claimDue(tx, nowMs, limit, leaseMs)),
    dropClaims: (nowMs) => write((tx) => dropClaims(tx, nowMs)),
    setValue: (name, text) => write((tx) => setValue(tx, name, text)),
    advanceValue: (name, text) => write((tx) => advanceValue(tx, name, text)),
    initValue: (name, text) => write((tx) => initValue(tx, name, text)),

    takeLease: (name, holder, nowMs, leaseMs) =>
      write((tx) => takeLease(tx, name, holder, nowMs, leaseMs)),
    releaseLease: (name, holder) => write((tx) => releaseLease(tx, name, holder)),
    takeAllowance: (name, want, rate, nowMs) => takeAllowance(on, write, name, want, rate, nowMs),

    async ping() {
      const text = String(clock.nowMs())
      try {
        return await write(async (tx) => {
          // One at a time is enough, and who waits for another would hold up payments.
          if (!(await mayPing(tx))) return true
          await setValue(tx, PING_VALUE, text)
          return (await value(tx, PING_VALUE)) === text
        })
      } catch {
        return false
      }
    },
    close() {
      closing ??= commits.close().then(telling.close).then(release)
      return closing
    },
  }
}
