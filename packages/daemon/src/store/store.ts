// The store port over kysely: the same for every database, given how to run a transaction.
import type { Kysely } from 'kysely'
import type { Clock, Store } from '../engine/ports.ts'
import type { LogEvent } from '../log/stream.ts'
import { commitChange } from './commit.ts'
import { createConversation, createPayment } from './create.ts'
import { claimDue } from './due.ts'
import { createGroupCommit } from './group-commit.ts'
import { createSessions, type Session } from './query.ts'
import { readsOf } from './reads.ts'
import { forgetsOldEvents } from './received-events.ts'
import type { Database } from './schema.ts'
import { initValue, setValue, value } from './values.ts'
import { webhooksOf } from './webhooks.ts'

const PING_VALUE = 'store_ping'

export type StoreDeps = {
  readonly clock: Clock
  /** See GroupCommitDeps. */
  readonly afterInput?: (run: () => void) => void
}

/** The store on tables that are up to date. `release` runs once, after the last write. */
export function createStore(
  db: Kysely<Database>,
  { clock, afterInput = setImmediate }: StoreDeps,
  release: () => Promise<void>,
): Store {
  const sessionOn = createSessions()
  const on = sessionOn(db)
  const listeners = new Set<Listener>()
  const commits = createGroupCommit<Session>({
    transact: (run) => db.transaction().execute((tx) => run(sessionOn(tx))),
    committed: (events) => tell(listeners, events),
    afterInput,
  })
  let closing: Promise<void> | null = null

  // A write that appends no events.
  function write<T>(run: (tx: Session) => Promise<T>): Promise<T> {
    return commits.write(async (tx) => ({ result: await run(tx), events: [] }))
  }

  const forgetOldEvents = forgetsOldEvents(clock, write)

  return {
    ...readsOf(on),
    webhooks: webhooksOf(on, write),
    createPayment: (payment, key, wakeAtMs) =>
      write((tx) => createPayment(tx, payment, key, wakeAtMs)),
    createConversation: (conversation, key, wakeAtMs) =>
      write((tx) => createConversation(tx, conversation, key, wakeAtMs)),
    commit(change) {
      if (change.receivedEventId !== null) forgetOldEvents()
      return commits.write((tx) => commitChange(tx, change))
    },
    onCommitted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    claimDue: (nowMs, limit, leaseMs) => write((tx) => claimDue(tx, nowMs, limit, leaseMs)),
    setValue: (name, text) => write((tx) => setValue(tx, name, text)),
    initValue: (name, text) => write((tx) => initValue(tx, name, text)),

    async ping() {
      const text = String(clock.nowMs())
      try {
        return await write(async (tx) => {
          await setValue(tx, PING_VALUE, text)
          return (await value(tx, PING_VALUE)) === text
        })
      } catch {
        return false
      }
    },
    close() {
      closing ??= commits.close().then(release)
      return closing
    },
  }
}

type Listener = (events: readonly LogEvent[]) => void

function tell(listeners: ReadonlySet<Listener>, events: readonly LogEvent[]): void {
  for (const listener of listeners) {
    try {
      listener(events)
    } catch (error) {
      // A reader's bug must be seen, but not by those whose commit this was.
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
