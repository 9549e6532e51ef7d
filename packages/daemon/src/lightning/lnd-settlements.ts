// LND's stream of settlements: followed from a cursor, for ever, over every loss of the connection.

import type { LndClient, LndMessage, LndSubscription } from 'portal-lnd'
import type { RandomBytes } from 'portal-protocol'
import { type Backoff, backoffDelayMs, type Clock } from 'portal-relay'
import type { Logger } from '../engine/logger.ts'
import type { LightningWatcher, Settlement } from '../engine/ports.ts'
import { lndPortError } from './lnd-error.ts'
import { type LndInvoice, readLndInvoice } from './lnd-messages.ts'

export interface SettlementStream {
  /** Whether settlements are being pushed just now. */
  readonly live: boolean
  close(): Promise<void>
}

const BACKOFF: Backoff = { minMs: 250, maxMs: 10_000 }
// A stream that lived this long counts as a success: the next loss is a first failure again.
const STABLE_MS = 30_000
// Committed together; the rest waits, and beyond the bound the node is not read further.
const BATCH_MAX = 100
const QUEUE_MAX = 1_000

/**
 * `connect` opens a fresh connection and answers with the node's public key; it is called again
 * after every loss. `cursor` is one that an earlier settlement carried, or null.
 */
export function followSettlements(deps: {
  readonly connect: () => Promise<{ client: LndClient; nodeKey: string }>
  readonly watcher: LightningWatcher
  readonly cursor: string | null
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Logger
}): SettlementStream {
  const { connect, watcher, clock, random, log } = deps
  // Ends whatever is being waited for.
  let interrupt: () => void = () => {}
  let cursor = deps.cursor
  let failures = 0
  let closed = false
  let live = false

  const following = follow()

  async function follow(): Promise<void> {
    while (!closed) {
      try {
        await followOnce()
      } catch (error) {
        if (closed) return
        failures++
        const delayMs = backoffDelayMs(failures, BACKOFF, random)
        log.warn('lightning_unreachable', { error: String(error), retry_in_ms: delayMs })
        const wait = Promise.withResolvers<void>()
        interrupt = wait.resolve
        const timer = clock.setTimer(delayMs, wait.resolve)
        await wait.promise
        timer.cancel()
      }
    }
  }

  /** Returns only when closed. Throws why the stream was lost. */
  async function followOnce(): Promise<void> {
    const { client, nodeKey } = await connect()
    if (closed) return
    const over = Promise.withResolvers<void>()
    interrupt = over.resolve
    const queue = commitInOrder(nodeKey, watcher, {
      committed: (reached) => {
        cursor = reached
      },
      // Read again from the last cursor that is kept, once the store works again.
      failed: over.reject,
      full: (full) => (full ? stream.pause() : stream.resume()),
    })
    const receive = (message: LndMessage) => {
      try {
        queue.add(readLndInvoice(message))
      } catch (error) {
        // Of another software's making, and no reason to stop hearing of ours.
        log.warn('lightning_message_unreadable', { error: String(error) })
      }
    }
    const request = { settle_index: settleIndexIn(cursor, nodeKey) }
    const stream: LndSubscription = client.subscribe(
      'lnrpc.Lightning/SubscribeInvoices',
      request,
      receive,
    )
    const stable = clock.setTimer(STABLE_MS, () => {
      failures = 0
    })
    try {
      live = true
      watcher.connected()
      void stream.ended.then((status) => over.reject(lndPortError(status, 'following settlements')))
      await over.promise
    } finally {
      live = false
      stable.cancel()
      stream.close()
      await queue.idle()
    }
  }

  return {
    get live() {
      return live
    },
    async close() {
      closed = true
      interrupt()
      await following
    },
  }
}

/** The settlement of a settled invoice. The cursor names the node, whose own the index is. */
export function settlementOf(invoice: LndInvoice, nodeKey: string | null): Settlement {
  const { paymentHash, preimage, settleIndex } = invoice
  const cursor = nodeKey === null ? null : `${nodeKey}:${settleIndex}`
  return { paymentHash, preimage, cursor }
}

// LND holds back what is not beyond the index it is given: another node's would silence it. After
// index 0 it replays nothing: what was settled before is for the look-up on connecting.
function settleIndexIn(cursor: string | null, nodeKey: string): string {
  const [key, index] = cursor?.split(':') ?? []
  return key === nodeKey && index !== undefined && /^\d+$/.test(index) ? index : '0'
}

type Commits = {
  readonly committed: (cursor: string | null) => void
  readonly failed: (error: unknown) => void
  readonly full: (full: boolean) => void
}

/**
 * Settlements are committed many at once; a cursor goes with the last of a batch, after all
 * before it are kept, so that none is ever behind a cursor uncommitted.
 */
function commitInOrder(nodeKey: string, watcher: LightningWatcher, on: Commits) {
  const waiting: LndInvoice[] = []
  let working: Promise<void> | null = null
  let broken = false

  async function work(): Promise<void> {
    while (waiting.length > 0 && !broken) {
      const batch = waiting.splice(0, BATCH_MAX).map((one) => settlementOf(one, nodeKey))
      const last = batch.pop()
      if (last === undefined) return
      try {
        await Promise.all(batch.map((one) => watcher.settled({ ...one, cursor: null })))
        await watcher.settled(last)
        on.committed(last.cursor)
      } catch (error) {
        broken = true
        on.failed(error)
      }
      if (waiting.length < QUEUE_MAX) on.full(false)
    }
  }

  return {
    add(invoice: LndInvoice): void {
      if (invoice.state !== 'SETTLED' || broken) return
      waiting.push(invoice)
      if (waiting.length >= QUEUE_MAX) on.full(true)
      working ??= work().finally(() => {
        working = null
      })
    },
    /** Resolves when what has begun is finished; what waits is left to the next connection. */
    async idle(): Promise<void> {
      broken = true
      await working
    },
  }
}
