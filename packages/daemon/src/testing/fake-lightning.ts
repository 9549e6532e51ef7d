// A Lightning node for tests: real BOLT11 invoices, a ledger in a map, and whatever trouble a test wants.
import {
  encodeInvoice,
  fromHex,
  generateSecretKey,
  msat,
  type PaymentHash,
  type Preimage,
  parsePreimage,
  paymentHashOf,
  secp256k1 as secp,
  toHex,
} from 'portal-protocol'
import type {
  Clock,
  InvoiceLookUp,
  InvoiceOrder,
  Lightning,
  LightningWatcher,
  NodeInfo,
  PortError,
} from '../engine/ports.ts'

type Made = {
  readonly order: InvoiceOrder
  readonly preimage: Preimage
  captureBefore: number
  state: InvoiceLookUp['state']
}

export interface FakeLightning extends Lightning {
  /** Null: it was not reached yet. */
  node: NodeInfo | null
  /** Thrown by every call while set. */
  trouble: PortError | null
  /** Calls never answer while true. */
  hanging: boolean
  /** Calls are held up until it resolves. */
  gate: Promise<void>
  cancels: boolean
  holds: boolean | null
  /** The amount on the next invoices, instead of the one asked for. */
  wrongAmountMsat: bigint | null
  readonly made: Map<PaymentHash, Made>
  readonly calls: string[]
  /** The connection is there (again). */
  connect(): void
  preimageOf(paymentHash: PaymentHash | null): Preimage
  /** The money of a hold invoice arrives, to be captured before then (unix seconds). */
  hold(paymentHash: PaymentHash | null, captureBefore: number): Promise<void>
  /** The money arrives; `push: false` when the notification is lost. */
  settle(paymentHash: PaymentHash | null, options?: { readonly push?: boolean }): Promise<void>
  /** The same node as another daemon sees it, with troubles of its own. */
  seenByAnother(): FakeLightning
}

/** What all who see the node share. */
type Ledger = {
  readonly made: Map<PaymentHash, Made>
  readonly watchers: Set<LightningWatcher>
  count: number
}

export function createFakeLightning(
  clock: Clock,
  ledger: Ledger = { made: new Map(), watchers: new Set(), count: 0 },
): FakeLightning {
  let watcher: LightningWatcher | null = null
  const secret = generateSecretKey((length) => new Uint8Array(length).fill(7), secp)

  const meet = async (call: string): Promise<void> => {
    node.calls.push(call)
    if (node.trouble !== null) throw node.trouble
    if (node.hanging) await new Promise<never>(() => {})
    await node.gate
  }
  const find = (paymentHash: PaymentHash | null) =>
    paymentHash === null ? undefined : node.made.get(paymentHash)

  const node: FakeLightning = {
    node: { network: 'regtest', publicKey: toHex(secp.publicKey(secret)), alias: 'fake' },
    pushes: true,
    trouble: null,
    hanging: false,
    gate: Promise.resolve(),
    cancels: false,
    holds: true,
    wrongAmountMsat: null,
    made: ledger.made,
    calls: [],

    start(given) {
      if (watcher !== null) ledger.watchers.delete(watcher)
      watcher = given
      ledger.watchers.add(given)
    },
    async createInvoice(order) {
      await meet('create')
      ledger.count += 1
      const preimage = parsePreimage(ledger.count.toString(16).padStart(64, '0'))
      if (preimage === undefined) throw new Error('no preimage')
      const paymentHash = paymentHashOf(preimage)
      const createdAt = Math.floor(clock.nowMs() / 1000)
      const invoice = encodeInvoice(
        {
          network: 'regtest',
          amountMsat: msat(node.wrongAmountMsat ?? order.amountMsat),
          paymentHash,
          paymentSecret: toHex(fromHex(paymentHash).reverse()),
          description: order.description,
          createdAt,
          expiresInSeconds: Math.max(1, order.expiresAt - createdAt),
        },
        secret,
        secp,
      )
      node.made.set(paymentHash, { order, preimage, captureBefore: 0, state: 'open' })
      return { invoice, paymentHash }
    },
    async lookUp(paymentHash) {
      await meet('look_up')
      const made = find(paymentHash)
      if (made === undefined) return { state: 'unknown' }
      if (made.state === 'held') return { state: 'held', captureBefore: made.captureBefore }
      if (made.state !== 'settled')
        return made.state === 'open' ? { state: 'open' } : { state: 'cancelled' }
      return { state: 'settled', preimage: made.preimage, settledAtMs: clock.nowMs() }
    },
    async cancelInvoice(paymentHash, _timeoutMs, hold = false) {
      await meet('cancel')
      if (!node.cancels && !hold) return 'unsupported'
      const made = find(paymentHash)
      if (made?.state === 'settled') return 'settled'
      if (made !== undefined) made.state = 'cancelled'
      return 'cancelled'
    },
    async settleHold(paymentId) {
      await meet('settle_hold')
      const [hash, made] =
        [...node.made].find(([, { order }]) => order.paymentId === paymentId) ?? []
      if (hash !== undefined && made?.state === 'held') await node.settle(hash)
    },
    watchHold: (paymentHash) => void node.calls.push(`watch ${paymentHash}`),
    async *settledSince() {
      await meet('settled_since')
      yield* [...node.made]
        .filter(([, made]) => made.state === 'settled')
        .map(([paymentHash, { preimage }]) => ({ paymentHash, preimage, cursor: null }))
    },
    ping: async () => node.trouble === null,
    async close() {
      if (watcher !== null) ledger.watchers.delete(watcher)
    },

    connect: () => watcher?.connected(),
    seenByAnother: () => createFakeLightning(clock, ledger),
    preimageOf(paymentHash) {
      const made = find(paymentHash)
      if (made === undefined) throw new Error('no such invoice')
      return made.preimage
    },
    async hold(paymentHash, captureBefore) {
      const made = find(paymentHash)
      if (made === undefined || paymentHash === null) throw new Error('no such invoice')
      made.state = 'held'
      made.captureBefore = captureBefore
      await Promise.all([...ledger.watchers].map((one) => one.held(paymentHash, captureBefore)))
    },
    async settle(paymentHash, { push = true } = {}) {
      const made = find(paymentHash)
      if (made === undefined || paymentHash === null) throw new Error('no such invoice')
      made.state = 'settled'
      if (!push) return
      const settlement = { paymentHash, preimage: made.preimage, cursor: null }
      await Promise.all([...ledger.watchers].map((one) => one.settled(settlement)))
    },
  }
  return node
}
