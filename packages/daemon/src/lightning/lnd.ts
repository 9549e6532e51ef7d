// The Lightning port on an LND node of our own.
import type { LndClient, LndMessage, LndUnary } from 'portal-lnd'
import { type PaymentHash, type Preimage, paymentHashOf, type RandomBytes } from 'portal-protocol'
import type { Clock } from 'portal-relay'
import type { Logger } from '../engine/logger.ts'
import {
  type InvoiceLookUp,
  type InvoiceOrder,
  type Lightning,
  type LightningWatcher,
  type NodeInfo,
  PortError,
} from '../engine/ports.ts'
import { captureBefore, HOLD_CLTV_BLOCKS } from './capture-before.ts'
import { lndPortError, saidLnd } from './lnd-error.ts'
import { createLndHolds } from './lnd-holds.ts'
import {
  type LndInvoice,
  readLndHeight,
  readLndInvoice,
  readLndNode,
  readLndPage,
} from './lnd-messages.ts'
import { followSettlements, type SettlementStream, settlementOf } from './lnd-settlements.ts'
import { preimageFor } from './preimage.ts'

const CONNECT_TIMEOUT_MS = 10_000
const PAGE = 500

const EXISTS = /invoice with payment hash already exists/
const NOT_FOUND = /unable to locate invoice|there are no existing invoices/
const ALREADY_SETTLED = /invoice already settled/
const ALREADY_CANCELLED = /invoice already canceled/
const NO_CANCEL = /unknown service invoicesrpc|unknown method CancelInvoice/

/**
 * `open` makes a connection from the credentials as they are now. `preimageSecret` (32 bytes) must
 * stay the same for the life of the store: preimages are derived from it and the payment's id, so
 * that a repeat after a crash finds the invoice it made before.
 */
export function createLndLightning(deps: {
  readonly open: () => Promise<LndClient>
  readonly preimageSecret: Uint8Array
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Logger
}): Lightning {
  const { open, preimageSecret, clock, random, log } = deps
  let client: LndClient | null = null
  let connecting: Promise<LndClient> | null = null
  let closed = false
  let node: NodeInfo | null = null
  let stream: SettlementStream | null = null
  let told: LightningWatcher | null = null
  const holds = createLndHolds({
    held: async (invoice) => {
      await told?.held(invoice.paymentHash, await captureBeforeOf(invoice, CONNECT_TIMEOUT_MS))
    },
    log,
  })

  async function reconnect(): Promise<LndClient> {
    const fresh = await open().catch((error: unknown) => {
      throw new PortError('unreachable', error instanceof Error ? error.message : String(error))
    })
    holds.forget()
    client?.close()
    client = fresh
    if (closed) fresh.close()
    return fresh
  }

  function connect(): Promise<LndClient> {
    connecting ??= reconnect().finally(() => {
      connecting = null
    })
    return connecting
  }

  /** Throws LndStatus, or PortError where no connection could be made. */
  async function ask(method: LndUnary, request: object, timeoutMs: number): Promise<LndMessage> {
    if (closed) throw new PortError('unreachable', 'the connection to LND was closed')
    return (client ?? (await connect())).call(method, request, timeoutMs)
  }

  async function learn(timeoutMs: number): Promise<NodeInfo> {
    try {
      node = readLndNode(await ask('lnrpc.Lightning/GetInfo', {}, timeoutMs))
      return node
    } catch (error) {
      throw lndPortError(error, 'asking who it is')
    }
  }

  /** Null: the node has no such invoice. */
  async function invoiceOf(hash: PaymentHash, timeoutMs: number): Promise<LndInvoice | null> {
    const request = { r_hash: Buffer.from(hash, 'hex') }
    try {
      return readLndInvoice(await ask('lnrpc.Lightning/LookupInvoice', request, timeoutMs))
    } catch (error) {
      if (saidLnd(error, NOT_FOUND)) return null
      throw lndPortError(error, 'looking up an invoice')
    }
  }

  async function captureBeforeOf(invoice: LndInvoice, timeoutMs: number): Promise<number> {
    const { expiresAtHeight } = invoice
    if (expiresAtHeight === null) {
      throw new PortError('invalid_answer', 'LND holds a payment and does not say until when')
    }
    try {
      const height = readLndHeight(await ask('lnrpc.Lightning/GetInfo', {}, timeoutMs))
      return captureBefore(expiresAtHeight, height, clock.nowMs())
    } catch (error) {
      throw lndPortError(error, 'asking how high its chain is')
    }
  }

  /** Throws LndStatus. */
  async function addInvoice(
    order: InvoiceOrder,
    preimage: Preimage,
    timeoutMs: number,
  ): Promise<LndMessage> {
    const request = {
      value_msat: order.amountMsat.toString(),
      memo: order.description,
      expiry: Math.max(1, order.expiresAt - Math.floor(clock.nowMs() / 1000)),
      // Names the unannounced channels: a node that has no others is not found without.
      private: true,
    }
    if (!order.hold) {
      const r_preimage = Buffer.from(preimage, 'hex')
      return ask('lnrpc.Lightning/AddInvoice', { ...request, r_preimage }, timeoutMs)
    }
    const hash = Buffer.from(paymentHashOf(preimage), 'hex')
    const held = { ...request, hash, cltv_expiry: HOLD_CLTV_BLOCKS }
    return ask('invoicesrpc.Invoices/AddHoldInvoice', held, timeoutMs)
  }

  function watchHold(paymentHash: PaymentHash): void {
    if (client !== null && !closed) holds.watch(client, paymentHash)
  }

  async function madeBefore(
    { amountMsat }: InvoiceOrder,
    paymentHash: PaymentHash,
    timeoutMs: number,
  ): Promise<string> {
    const found = await invoiceOf(paymentHash, timeoutMs)
    if (found?.amountMsat === amountMsat) return found.request
    throw new PortError('refused', 'LND has another invoice with the preimage of this payment')
  }

  return {
    get node() {
      return node
    },
    get pushes() {
      return stream?.live ?? false
    },

    // What no LND is built without any more: cancelling needs it too.
    holds: true,

    start(watcher, cursor) {
      told = watcher
      stream = followSettlements({
        connect: async () => {
          const fresh = await connect()
          const { publicKey } = await learn(CONNECT_TIMEOUT_MS)
          return { client: fresh, nodeKey: publicKey ?? '' }
        },
        watcher,
        cursor,
        clock,
        random,
        log,
      })
    },

    async createInvoice(order, timeoutMs) {
      const preimage = preimageFor(order.paymentId, preimageSecret)
      const paymentHash = paymentHashOf(preimage)
      try {
        const made = await addInvoice(order, preimage, timeoutMs)
        if (order.hold) watchHold(paymentHash)
        if (typeof made.payment_request === 'string' && made.payment_request !== '') {
          return { invoice: made.payment_request, paymentHash }
        }
      } catch (error) {
        if (!saidLnd(error, EXISTS)) throw lndPortError(error, 'making an invoice')
        if (order.hold) watchHold(paymentHash)
        return { invoice: await madeBefore(order, paymentHash, timeoutMs), paymentHash }
      }
      throw new PortError('invalid_answer', 'LND made an invoice and did not show it')
    },

    async lookUp(paymentHash, timeoutMs): Promise<InvoiceLookUp> {
      const found = await invoiceOf(paymentHash, timeoutMs)
      switch (found?.state) {
        case 'SETTLED':
          return { state: 'settled', preimage: found.preimage, settledAtMs: found.settledAtMs }
        case 'CANCELED':
          return { state: 'cancelled' }
        case 'OPEN':
          return { state: 'open' }
        case 'ACCEPTED':
          return { state: 'held', captureBefore: await captureBeforeOf(found, timeoutMs) }
        case undefined:
          return { state: 'unknown' }
      }
    },

    async cancelInvoice(paymentHash, timeoutMs) {
      const request = { payment_hash: Buffer.from(paymentHash, 'hex') }
      try {
        await ask('invoicesrpc.Invoices/CancelInvoice', request, timeoutMs)
        return 'cancelled'
      } catch (error) {
        if (saidLnd(error, ALREADY_SETTLED)) return 'settled'
        // One that is not there cannot be paid either.
        if (saidLnd(error, ALREADY_CANCELLED) || saidLnd(error, NOT_FOUND)) return 'cancelled'
        if (saidLnd(error, NO_CANCEL)) return 'unsupported'
        throw lndPortError(error, 'cancelling an invoice')
      }
    },

    async settleHold(paymentId, timeoutMs) {
      const preimage = Buffer.from(preimageFor(paymentId, preimageSecret), 'hex')
      try {
        await ask('invoicesrpc.Invoices/SettleInvoice', { preimage }, timeoutMs)
      } catch (error) {
        if (saidLnd(error, ALREADY_SETTLED)) return
        throw lndPortError(error, 'settling what it holds')
      }
    },

    watchHold,

    async *settledSince(since, timeoutMs) {
      let offset = '0'
      for (;;) {
        const request = {
          creation_date_start: since,
          index_offset: offset,
          num_max_invoices: PAGE,
        }
        const { invoices, next } = await ask('lnrpc.Lightning/ListInvoices', request, timeoutMs)
          .then(readLndPage)
          .catch((error: unknown) => {
            throw lndPortError(error, 'listing invoices')
          })
        for (const invoice of invoices) {
          if (invoice.state === 'SETTLED') yield settlementOf(invoice, null)
        }
        if (next === null || next === offset) return
        offset = next
      }
    },

    async ping(timeoutMs) {
      try {
        await learn(timeoutMs)
        return true
      } catch {
        return false
      }
    },

    async close() {
      closed = true
      holds.forget()
      client?.close()
      await stream?.close()
    },
  }
}
