// What LND answers, decoded at the edge; the source is its lightning.proto.

import type { LndMessage } from 'portal-lnd'
import {
  type LightningNetwork,
  type PaymentHash,
  type Preimage,
  parsePaymentHash,
  parsePreimage,
  proves,
} from 'portal-protocol'
import { type NodeInfo, PortError } from '../engine/ports.ts'

export type LndInvoice = {
  readonly paymentHash: PaymentHash
  readonly request: string
  readonly amountMsat: bigint
  readonly state: 'OPEN' | 'SETTLED' | 'CANCELED' | 'ACCEPTED'
  /** The node's, of a settled invoice, and only if it hashes to the payment hash. */
  readonly preimage: Preimage | null
  readonly settledAtMs: number
  /** Counts the node's settlements from 1; 0: not settled. */
  readonly settleIndex: bigint
  /** The block at which the first of the HTLCs that are held times out; null: none is. */
  readonly expiresAtHeight: number | null
}

const NETWORKS: Readonly<Record<string, LightningNetwork>> = {
  mainnet: 'bitcoin',
  testnet: 'testnet',
  testnet4: 'testnet',
  signet: 'signet',
  regtest: 'regtest',
}
const ALIAS_CHARS_MAX = 100

/** Throws PortError `invalid_answer`. */
export function readLndInvoice(message: LndMessage): LndInvoice {
  const { r_hash, r_preimage, payment_request: request, state } = message
  const paymentHash = parsePaymentHash(hexOf(r_hash))
  if (paymentHash === undefined || typeof request !== 'string' || !isState(state)) {
    throw new PortError('invalid_answer', 'LND answered with an invoice that cannot be read')
  }
  const preimage = state === 'SETTLED' ? parsePreimage(hexOf(r_preimage)) : undefined
  return {
    paymentHash,
    request,
    amountMsat: integerOf(message.value_msat),
    state,
    preimage: preimage !== undefined && proves(preimage, paymentHash) ? preimage : null,
    settledAtMs: Number(integerOf(message.settle_date)) * 1000,
    settleIndex: integerOf(message.settle_index),
    expiresAtHeight: state === 'ACCEPTED' ? expiryHeight(message.htlcs) : null,
  }
}

/** Throws PortError `invalid_answer`. */
export function readLndNode({ chains, identity_pubkey: key, alias }: LndMessage): NodeInfo {
  const chain: unknown = Array.isArray(chains) ? chains[0] : undefined
  const name = typeof chain === 'object' && chain !== null && 'network' in chain && chain.network
  const network = typeof name === 'string' ? NETWORKS[name] : undefined
  if (network === undefined) {
    throw new PortError('invalid_answer', 'LND names no network that is known')
  }
  return {
    network,
    publicKey: typeof key === 'string' && /^0[23][0-9a-f]{64}$/.test(key) ? key : null,
    alias: typeof alias === 'string' ? alias.slice(0, ALIAS_CHARS_MAX) : null,
  }
}

/** One page of invoices and where the next begins; null after the last. Throws PortError. */
export function readLndPage(message: LndMessage): { invoices: LndInvoice[]; next: string | null } {
  const { invoices, last_index_offset: offset } = message
  if (!Array.isArray(invoices)) {
    throw new PortError('invalid_answer', 'LND listed no invoices, not even none')
  }
  // Other software's invoices may be of kinds that are not ours (AMP, keysend): passed over.
  const readable = invoices.filter((one: LndMessage) => hexOf(one.r_hash).length === 64)
  const next = invoices.length === 0 ? null : String(integerOf(offset))
  return { invoices: readable.map(readLndInvoice), next }
}

/** The height of the newest block that the node has seen. Throws PortError `invalid_answer`. */
export function readLndHeight({ block_height: height }: LndMessage): number {
  if (typeof height === 'number' && height > 0) return height
  throw new PortError('invalid_answer', 'LND did not say how high its chain is')
}

function expiryHeight(htlcs: unknown): number | null {
  const heights: number[] = []
  for (const htlc of Array.isArray(htlcs) ? htlcs : []) {
    const { state, expiry_height: height }: LndMessage = htlc
    if (state === 'ACCEPTED' && typeof height === 'number') heights.push(height)
  }
  return heights.length === 0 ? null : Math.min(...heights)
}

function isState(value: unknown): value is LndInvoice['state'] {
  return value === 'OPEN' || value === 'SETTLED' || value === 'CANCELED' || value === 'ACCEPTED'
}

function hexOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('hex') : ''
}

function integerOf(value: unknown): bigint {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : 0n
}
