// LND tells of a held payment only to who follows its invoice, so each hold invoice is followed on
// a stream of its own until it is settled or cancelled.
import type { LndClient, LndMessage, LndSubscription } from 'portal-lnd'
import type { PaymentHash } from 'portal-protocol'
import type { Logger } from '../engine/logger.ts'
import { type LndInvoice, readLndInvoice } from './lnd-messages.ts'

export interface LndHolds {
  /** Followed already, nothing happens. Beyond the bound a hold is not told of, and let go at the end. */
  watch(client: LndClient, paymentHash: PaymentHash): void
  /** The connection is another one: nothing is followed any more. */
  forget(): void
}

const STREAMS_MAX = 5_000

/** `held` is given each invoice that the node says it holds; it may be told more than once. */
export function createLndHolds(deps: {
  readonly held: (invoice: LndInvoice) => Promise<void>
  readonly log: Logger
}): LndHolds {
  const { held, log } = deps
  const streams = new Map<PaymentHash, LndSubscription>()

  function receive(message: LndMessage, over: () => void): void {
    try {
      const invoice = readLndInvoice(message)
      if (invoice.state === 'SETTLED' || invoice.state === 'CANCELED') over()
      if (invoice.state !== 'ACCEPTED') return
      held(invoice).catch((error: unknown) => log.warn('hold_not_kept', { error: String(error) }))
    } catch (error) {
      log.warn('lightning_message_unreadable', { error: String(error) })
    }
  }

  return {
    watch(client, paymentHash) {
      if (streams.has(paymentHash) || streams.size >= STREAMS_MAX) return
      const over = () => {
        if (streams.get(paymentHash) === stream) streams.delete(paymentHash)
        stream.close()
      }
      const stream = client.subscribe(
        'invoicesrpc.Invoices/SubscribeSingleInvoice',
        { r_hash: Buffer.from(paymentHash, 'hex') },
        (message) => receive(message, over),
      )
      streams.set(paymentHash, stream)
      void stream.ended.then(over)
    },
    forget() {
      for (const stream of streams.values()) stream.close()
      streams.clear()
    },
  }
}
