// The connection that writes. Statements are sent without waiting for the answers to those before
// (`pipeline`), so that a transaction of many writes takes a few round trips. That is sound: the
// server runs them in order, and once one of a transaction has failed all that follow fail, too, up to
// the rollback. Should `begin` itself fail, they find a session that is read-only outside transactions.
//
// When the connection dies between a COMMIT and its answer, nobody knows whether the writes are there.
// They are rejected, and whoever asked may ask again: a commit carries the version it was decided on and
// the received event it came from, a creation its Idempotency-Key; so what was written is found to be
// there ('stale', 'duplicate', 'repeated'), never written twice.
import type { Client, ClientConfig, QueryConfig, QueryResult } from 'pg'
import { StoreError } from '../engine/ports.ts'
import { Again } from './again.ts'
import { beginPostgresEpoch } from './postgres-epoch.ts'
import { isOutdated, storeError, toPostgresError } from './postgres-error.ts'
import { connect, hangUp } from './postgres-session.ts'
import type { Run, Session } from './query.ts'

const READ_ONLY = '-c default_transaction_read_only=on'
// Whoever switched it off for everybody did not mean payments.
const DURABLE = `select set_config('synchronous_commit', 'on', false)
  where current_setting('synchronous_commit') = 'off'`

export interface PostgresWriter {
  /** See GroupCommitDeps. One at a time. Rejects with StoreError or Again. */
  transact(run: (tx: Session) => Promise<void>): Promise<void>
  close(): Promise<void>
}

export type PostgresWriterDeps = {
  readonly config: ClientConfig
  readonly sessionOn: (run: Run) => Session
  /** Called whenever the writer begins to wait for the server. */
  readonly roundTrip: () => void
}

export function createPostgresWriter(deps: PostgresWriterDeps): PostgresWriter {
  let client: Client | null = null
  let closed = false

  async function connected(): Promise<Client> {
    if (closed) throw new StoreError('closed', 'the store is closed')
    if (client !== null) return client
    const fresh = await connect({ ...deps.config, pipeline: true, options: READ_ONLY })
    try {
      await fresh.query(DURABLE)
      await beginPostgresEpoch(fresh)
    } catch (cause) {
      hangUp(fresh)
      throw storeError(cause, 'the database cannot be written')
    }
    fresh.on('end', () => forget(fresh))
    client = fresh
    return fresh
  }

  function forget(lost: Client): void {
    if (client === lost) client = null
  }

  return {
    async transact(run) {
      const on = await connected()
      const sender = createSender(on, deps.roundTrip)
      try {
        const begun = sender.send('begin read write')
        begun.catch(() => {})
        await run(deps.sessionOn(sender.run))
        sender.end()
        await begun
        const { command } = await sender.send('commit')
        // That is how it answers when something had failed.
        if (command !== 'COMMIT') throw new Again('conflict')
      } catch (cause) {
        sender.end()
        const undone = await sender.send('rollback').catch(() => null)
        if (undone === null || isOutdated(sender.failure)) {
          forget(on)
          hangUp(on)
        }
        throw toPostgresError(cause, 'the store could not carry out a transaction')
      }
    },
    async close() {
      closed = true
      await client?.end()
    },
  }
}

/** The statements of one transaction; after its end it takes none from those who are late. */
function createSender(client: Client, roundTrip: () => void) {
  let ended = false
  let unanswered = 0
  let failure: unknown = null

  async function send(query: string | QueryConfig): Promise<QueryResult> {
    if (unanswered === 0) roundTrip()
    unanswered += 1
    try {
      return await client.query(query)
    } catch (error) {
      failure ??= error
      throw error
    } finally {
      unanswered -= 1
    }
  }

  const run: Run = async (query, name) => {
    if (ended) throw new Again('aborted')
    try {
      const values = [...query.parameters]
      const { rows, rowCount } = await send({ text: query.sql, name, values })
      return { rows, affected: rowCount ?? 0 }
    } catch (cause) {
      throw toPostgresError(cause, 'the store could not carry out a statement')
    }
  }

  return {
    send,
    run,
    end() {
      ended = true
    },
    /** The first error the server answered with. */
    get failure() {
      return failure
    },
  }
}
