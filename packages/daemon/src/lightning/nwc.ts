// The Lightning port on Nostr Wallet Connect (NIP-47): any wallet service, the sandbox among them.

import { type NwcClient, NwcError, type SealedNotification } from 'portal-nwc'
import {
  type NwcNotification,
  type PaymentHash,
  parseNwcTransaction,
  paymentHashOf,
} from 'portal-protocol'
import type { Clock, Timer } from 'portal-relay'
import { createCourtesy } from '../engine/courtesy.ts'
import type { Logger } from '../engine/logger.ts'
import {
  type InvoiceLookUp,
  type InvoiceOrder,
  type Lightning,
  type LightningWatcher,
  type NodeInfo,
  PortError,
} from '../engine/ports.ts'
import { HOLD_CLTV_BLOCKS } from './capture-before.ts'
import { canHold, HOLD_ACCEPTED, nwcCaptureBefore } from './nwc-holds.ts'
import { isSettled, proof, readNode } from './nwc-messages.ts'
import { preimageFor } from './preimage.ts'

const PAGE = 50
const PAGES_MAX = 400
const INFO_TIMEOUT_MS = 10_000
const INFO_RETRY_MS = { first: 500, max: 15_000 }
/**
 * NIP-47 has no cancel for ordinary invoices: `cancelInvoice` answers `unsupported`. Preimages of
 * hold invoices are derived from `preimageSecret` (32 bytes), which must stay the same for the life
 * of the store.
 */
export function createNwcLightning(deps: {
  readonly client: NwcClient
  readonly preimageSecret: Uint8Array
  readonly clock: Clock
  readonly log: Logger
}): Lightning {
  const { client, preimageSecret, clock, log } = deps
  const undo: (() => void)[] = []
  const courtesy = createCourtesy(clock)
  let node: NodeInfo | null = null
  let pushes = false
  let holds: boolean | null = null
  let told: LightningWatcher | null = null
  // Measured from its beginning: a clock that is set back must not make it longer.
  let pause = { fromMs: 0, forMs: 0 }
  let retry: Timer | null = null
  let closed = false

  async function call(
    method: string,
    params: Record<string, unknown>,
    timeoutMs: number,
  ): Promise<Record<string, unknown>> {
    const pausedMs = clock.nowMs() - pause.fromMs
    if (pausedMs >= 0 && pausedMs < pause.forMs) {
      throw new PortError('rate_limited', 'the wallet service asked for a pause', {
        retryAfterMs: pause.forMs - pausedMs,
      })
    }
    try {
      return await client.request(method, params, timeoutMs)
    } catch (error) {
      const failure = portError(error, method)
      if (failure.code === 'rate_limited') {
        pause = { fromMs: clock.nowMs(), forMs: failure.retryAfterMs ?? 1_000 }
      }
      throw failure
    }
  }

  // Asked until it answers: the network must be known before someone else's invoice can be judged.
  async function learn(delayMs: number): Promise<void> {
    try {
      const info = await client.info(INFO_TIMEOUT_MS)
      const answer = await call('get_info', {}, INFO_TIMEOUT_MS)
      node = readNode(answer)
      pushes = info.notifications.includes('payment_received')
      holds = canHold(info)
    } catch (error) {
      if (closed) return
      log.warn('lightning_unreachable', { error: String(error) })
      const nextMs = Math.min(delayMs * 2, INFO_RETRY_MS.max)
      retry = clock.setTimer(delayMs, () => void learn(nextMs))
    }
  }

  async function notified(
    { type, notification }: NwcNotification,
    watcher: LightningWatcher,
  ): Promise<void> {
    const transaction = parseNwcTransaction(notification)
    if (transaction?.type !== 'incoming') return
    const { paymentHash } = transaction
    if (type === HOLD_ACCEPTED) {
      await watcher.held(paymentHash, await heldUntil(notification, INFO_TIMEOUT_MS))
    } else if (type === 'payment_received') {
      const preimage = proof(transaction)
      if (preimage === null) await watcher.touched(paymentHash)
      else await watcher.settled({ paymentHash, preimage, cursor: null })
    }
  }

  async function opened(sealed: SealedNotification, watcher: LightningWatcher): Promise<boolean> {
    const notification = sealed.open()
    // Of a repeated one its first copy tells the others, once all is committed.
    if (typeof notification === 'string') return notification === 'known'
    try {
      await notified(notification, watcher)
      return true
    } catch (error) {
      log.error('settlement_not_kept', { type: notification.type, error: String(error) })
      return false
    }
  }

  function holdParams({ paymentId }: InvoiceOrder) {
    const payment_hash = paymentHashOf(preimageFor(paymentId, preimageSecret))
    return { payment_hash, min_cltv_expiry_delta: HOLD_CLTV_BLOCKS }
  }

  async function heldUntil(
    transaction: Readonly<Record<string, unknown>>,
    timeoutMs: number,
  ): Promise<number> {
    const { block_height: height } = await call('get_info', {}, timeoutMs)
    return nwcCaptureBefore(transaction, height, clock.nowMs())
  }

  async function lookUp(paymentHash: PaymentHash, timeoutMs: number): Promise<InvoiceLookUp> {
    let answer: Record<string, unknown>
    try {
      answer = await call('lookup_invoice', { payment_hash: paymentHash }, timeoutMs)
    } catch (error) {
      if (error instanceof NotFound) return { state: 'unknown' }
      throw error
    }
    const found = parseNwcTransaction(answer)
    if (found === undefined || found.paymentHash !== paymentHash) {
      throw new PortError('invalid_answer', 'lookup_invoice answered about something else')
    }
    if (found.state === 'accepted') {
      return { state: 'held', captureBefore: await heldUntil(answer, timeoutMs) }
    }
    if (found.state === 'failed' && holds === true) return { state: 'cancelled' }
    if (!isSettled(found)) return { state: 'open' }
    const settledAtMs = (found.settledAt ?? 0) * 1000
    return { state: 'settled', preimage: proof(found), settledAtMs }
  }

  return {
    get node() {
      return node
    },
    get pushes() {
      return pushes
    },
    get holds() {
      return holds
    },

    start(watcher) {
      told = watcher
      courtesy.start(watcher.turns)
      undo.push(
        client.onNotification((sealed) =>
          courtesy.pass({
            id: sealed.eventId,
            chars: sealed.chars,
            isOurs: watcher.isFirst,
            handle: () => opened(sealed, watcher),
          }),
        ),
        client.onConnected(() => watcher.connected()),
      )
      void learn(INFO_RETRY_MS.first)
    },

    async createInvoice(order, timeoutMs) {
      const expiry = Math.max(1, order.expiresAt - Math.floor(clock.nowMs() / 1000))
      const { amountMsat, description } = order
      const params = { amount: Number(amountMsat), description, expiry }
      const made = parseNwcTransaction(
        order.hold
          ? await call('make_hold_invoice', { ...params, ...holdParams(order) }, timeoutMs)
          : await call('make_invoice', params, timeoutMs),
      )
      if (made?.invoice === undefined || made.invoice === null) {
        throw new PortError('invalid_answer', 'make_invoice answered without an invoice')
      }
      return { invoice: made.invoice, paymentHash: made.paymentHash }
    },

    lookUp,

    async cancelInvoice(paymentHash, timeoutMs, hold = false) {
      if (!hold) return 'unsupported'
      try {
        await call('cancel_hold_invoice', { payment_hash: paymentHash }, timeoutMs)
        return 'cancelled'
      } catch (error) {
        // Services differ in what they say of one that was settled or cancelled before.
        if (!(error instanceof PortError) || error.retry) throw error
        const found = await lookUp(paymentHash, timeoutMs)
        if (found.state === 'settled') return 'settled'
        if (found.state === 'held' || found.state === 'open') throw error
        return 'cancelled'
      }
    },

    async settleHold(paymentId, timeoutMs) {
      const preimage = preimageFor(paymentId, preimageSecret)
      await call('settle_hold_invoice', { preimage }, timeoutMs)
    },

    watchHold(paymentHash) {
      const look = async () => {
        const found = await lookUp(paymentHash, INFO_TIMEOUT_MS)
        if (found.state === 'held') await told?.held(paymentHash, found.captureBefore)
      }
      look().catch((error: unknown) => log.warn('hold_not_seen', { error: String(error) }))
    },

    async *settledSince(since, timeoutMs) {
      const seen = new Set<PaymentHash>()
      let offset = 0
      for (let page = 0; page < PAGES_MAX; page++) {
        const params = { from: since, type: 'incoming', unpaid: false, limit: PAGE, offset }
        const { transactions } = await call('list_transactions', params, timeoutMs)
        const listed = Array.isArray(transactions) ? transactions : []
        const before = seen.size
        for (const value of listed) {
          const transaction = parseNwcTransaction(value)
          if (transaction?.type !== 'incoming') continue
          const { paymentHash } = transaction
          if (seen.has(paymentHash)) continue
          seen.add(paymentHash)
          if (!isSettled(transaction)) continue
          yield { paymentHash, preimage: proof(transaction), cursor: null }
        }
        // Services cap the page as they like: the next one begins behind what came, and only one
        // without news is known to be past the last.
        if (seen.size === before) return
        offset += listed.length
      }
    },

    async ping(timeoutMs) {
      try {
        node = readNode(await call('get_info', {}, timeoutMs))
        return true
      } catch {
        return false
      }
    },

    async close() {
      closed = true
      retry?.cancel()
      for (const stop of undo) stop()
      await courtesy.close()
      client.close()
    },
  }
}

class NotFound extends PortError {}

function portError(error: unknown, method: string): PortError {
  if (!(error instanceof NwcError)) throw error
  const message = `${method}: ${error.message}`
  switch (error.code) {
    case 'RATE_LIMITED':
      return new PortError('rate_limited', message, { retryAfterMs: error.retryAfterMs ?? 1_000 })
    case 'TIMEOUT':
      return new PortError('timeout', message)
    case 'UNREACHABLE':
      return new PortError('unreachable', message)
    case 'NOT_FOUND':
      return new NotFound('refused', message)
    // INTERNAL says that the service is in trouble now, not that it never will.
    case 'INTERNAL':
    case 'INVALID_RESPONSE':
      return new PortError('invalid_answer', message)
    case 'NOT_IMPLEMENTED':
    case 'INSUFFICIENT_BALANCE':
    case 'QUOTA_EXCEEDED':
    case 'RESTRICTED':
    case 'UNAUTHORIZED':
    case 'UNSUPPORTED_ENCRYPTION':
    case 'PAYMENT_FAILED':
    case 'OTHER':
      return new PortError('refused', message)
  }
}
