// Lightning itself: invoices, who has really paid, and what is only held. What it says is what is true.
import {
  encodeInvoice,
  fromHex,
  generateSecretKey,
  type Msat,
  type PaymentHash,
  type Preimage,
  parsePreimage,
  paymentHashOf,
  type SecretKey,
  toHex,
} from 'portal-protocol'
import { standInSecp256k1 as secp } from './stand-in-secp256k1.ts'
import type { World } from './world.ts'

export type Invoice = {
  readonly text: string
  readonly paymentHash: PaymentHash
  readonly amountMsat: Msat
  readonly description: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Null while only whoever asked to hold the money knows it. */
  preimage: Preimage | null
  state: 'open' | 'held' | 'settled' | 'cancelled'
  settledAtMs: number | null
}

export interface Ledger {
  /** The node's key, 33 bytes hex. */
  readonly nodeKey: string
  readonly invoices: ReadonlyMap<PaymentHash, Invoice>
  /** With `paymentHash` the money will be held, until it is settled with its preimage or cancelled. */
  make(order: {
    readonly amountMsat: Msat
    readonly description: string
    readonly expiresInS: number
    readonly paymentHash?: PaymentHash
  }): Invoice
  /** The proof, for the first payer; null when it cannot be paid (any more). */
  pay(text: string): Preimage | 'held' | null
  /** Takes what is held; false when nothing is. */
  settle(preimage: Preimage): boolean
  /** Gives back what is held, and lets nobody pay any more; false when it was settled. */
  cancel(paymentHash: PaymentHash): boolean
  onChange(run: (invoice: Invoice) => void): void
}

export function createLedger(name: string, world: World): Ledger {
  const { chance, timeline } = world
  const secret: SecretKey = generateSecretKey(chance.bytes, secp)
  const invoices = new Map<PaymentHash, Invoice>()
  const listeners: ((invoice: Invoice) => void)[] = []

  function change(invoice: Invoice, state: Invoice['state'], what: string): void {
    invoice.state = state
    if (state === 'settled') invoice.settledAtMs = timeline.nowMs
    world.say(name, `${what} the money for ${invoice.paymentHash.slice(0, 8)}`)
    for (const run of listeners) run(invoice)
  }

  return {
    nodeKey: toHex(secp.publicKey(secret)),
    invoices,
    make({ amountMsat, description, expiresInS, paymentHash: given }) {
      const preimage = given === undefined ? newPreimage(world) : null
      const paymentHash = preimage === null ? given : paymentHashOf(preimage)
      if (paymentHash === undefined) throw new Error('neither a preimage nor its hash')
      const createdAt = Math.floor(timeline.nowMs / 1000)
      const fields = {
        network: 'regtest',
        amountMsat,
        paymentHash,
        paymentSecret: toHex(fromHex(paymentHash).reverse()),
        description,
        createdAt,
        expiresInSeconds: expiresInS,
      } as const
      const invoice: Invoice = {
        text: encodeInvoice(fields, secret, secp),
        paymentHash,
        preimage,
        amountMsat,
        description,
        createdAtMs: createdAt * 1000,
        expiresAtMs: (createdAt + expiresInS) * 1000,
        state: 'open',
        settledAtMs: null,
      }
      invoices.set(paymentHash, invoice)
      return invoice
    },
    pay(text) {
      const invoice = [...invoices.values()].find((made) => made.text === text)
      if (invoice?.state !== 'open' || timeline.nowMs >= invoice.expiresAtMs) return null
      change(
        invoice,
        invoice.preimage === null ? 'held' : 'settled',
        invoice.preimage === null ? 'holds' : 'has',
      )
      return invoice.preimage ?? 'held'
    },
    settle(preimage) {
      const invoice = invoices.get(paymentHashOf(preimage))
      if (invoice?.state === 'settled') return true
      if (invoice?.state !== 'held') return false
      invoice.preimage = preimage
      change(invoice, 'settled', 'takes')
      return true
    },
    cancel(paymentHash) {
      const invoice = invoices.get(paymentHash)
      if (invoice === undefined || invoice.state === 'settled') return false
      if (invoice.state !== 'cancelled') change(invoice, 'cancelled', 'gives up')
      return true
    },
    onChange: (run) => listeners.push(run),
  }
}

function newPreimage({ chance }: World): Preimage {
  const preimage = parsePreimage(toHex(chance.bytes(32)))
  if (preimage === undefined) throw new Error('32 bytes make no preimage')
  return preimage
}
