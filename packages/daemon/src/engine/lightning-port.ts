// What the engine needs of our own Lightning node, and what the node tells it.
import type { LightningNetwork, Msat, PaymentHash, Preimage } from 'portal-protocol'
import type { PaymentId } from '../payment/payment.ts'
import type { Turns } from './coordination-ports.ts'

export type NodeInfo = {
  readonly network: LightningNetwork
  /** 33-byte hex, where the node tells it. */
  readonly publicKey: string | null
  readonly alias: string | null
}

export type InvoiceOrder = {
  /** Stable over repeats, so that a node that can will find the invoice it made before. */
  readonly paymentId: PaymentId
  readonly amountMsat: Msat
  readonly description: string
  /** Unix seconds; the invoice expires then where the node lets us choose. */
  readonly expiresAt: number
  /** What is paid is held until `settleHold`, or until a cancel gives it back. */
  readonly hold: boolean
}

export type InvoiceLookUp =
  | { readonly state: 'settled'; readonly preimage: Preimage | null; readonly settledAtMs: number }
  | { readonly state: 'open' }
  /** Paid and held. `captureBefore` (unix seconds) is 20 blocks and more before its HTLC times out. */
  | { readonly state: 'held'; readonly captureBefore: number }
  | { readonly state: 'cancelled' }
  /** The node has no such invoice. */
  | { readonly state: 'unknown' }

export type Settlement = {
  readonly paymentHash: PaymentHash
  /** Only ever one that the node revealed and that hashes to the payment hash. */
  readonly preimage: Preimage | null
  /**
   * Where the node's own stream stands after this one, and after all before it: `series:index`, where
   * the index only grows. Kept by the engine once all that is committed.
   */
  readonly cursor: string | null
}

export type LightningWatcher = {
  /** Resolves once the settlement is committed; false when it had been before, or is nobody's here. */
  settled(settlement: Settlement): Promise<boolean>
  /** The node may have settled this one, but the push proves nothing: the engine looks. */
  touched(paymentHash: PaymentHash): Promise<void>
  /** The node holds the money; `captureBefore` as in a look-up. */
  held(paymentHash: PaymentHash, captureBefore: number): Promise<void>
  /** Connected (again): pushes may have been missed. */
  connected(): void
  /** Of daemons that hear the same pushes, whether this one deals with them at once. */
  readonly isFirst: boolean
  readonly turns: Turns
}

/** Our own Lightning node. Every method throws PortError only, and is safe to repeat. */
export interface Lightning {
  /** What is known of the node; null until it was reached for the first time. */
  readonly node: NodeInfo | null
  /** Whether the node pushes settlements; if not, the engine reconciles more often. */
  readonly pushes: boolean
  /** Whether the node can hold what is paid; null until it was reached. */
  readonly holds: boolean | null
  /** Begins watching, from the cursor of the last settlement committed; reconnects for ever. */
  start(watcher: LightningWatcher, cursor: string | null): void
  createInvoice(
    order: InvoiceOrder,
    timeoutMs: number,
  ): Promise<{ readonly invoice: string; readonly paymentHash: PaymentHash }>
  lookUp(paymentHash: PaymentHash, timeoutMs: number): Promise<InvoiceLookUp>
  /** `unsupported`: this node cannot cancel, what the wallet holds stays payable. */
  cancelInvoice(
    paymentHash: PaymentHash,
    timeoutMs: number,
    hold?: boolean,
  ): Promise<'cancelled' | 'settled' | 'unsupported'>
  /** Takes what is held for this payment; done before, it is done again. */
  settleHold(paymentId: PaymentId, timeoutMs: number): Promise<void>
  /** Tells of the money held for this invoice, made before this connection. Never throws. */
  watchHold(paymentHash: PaymentHash): void
  /**
   * All settlements of invoices created at or after `since` (unix seconds), in few calls, each in
   * `timeoutMs`; those of one call before the next.
   */
  settledSince(since: number, timeoutMs: number): AsyncIterable<Settlement>
  /** One round trip to the node; true when it answered. Never throws. */
  ping(timeoutMs: number): Promise<boolean>
  close(): Promise<void>
}
