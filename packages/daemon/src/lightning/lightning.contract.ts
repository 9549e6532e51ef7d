// What the engine may rely on, whatever the node: one suite that every Lightning adapter must pass.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import {
  decodeInvoice,
  msat,
  type PaymentHash,
  parsePaymentHash,
  parsePreimage,
  paymentHashOf,
  secp256k1 as secp,
} from 'portal-protocol'
import {
  type InvoiceOrder,
  type Lightning,
  type LightningWatcher,
  PortError,
  type Settlement,
} from '../engine/ports.ts'
import type { PaymentId } from '../payment/payment.ts'
import { ALONE } from '../testing/alone.ts'
import { eventually } from '../testing/eventually.ts'

/** A node with somebody who can pay it. */
export type LightningSubject = {
  /** A port on the node, not started; each further one is the daemon after a restart. */
  open(): Promise<Lightning>
  /** Somebody else pays; resolves with the preimage they got, rejects when it cannot be paid. */
  pay(invoice: string): Promise<string>
  /** Called once each test is done, after its ports were closed. */
  close(): Promise<void>
}

const TIMEOUT_MS = 20_000
const NEVER_MADE = parsePaymentHash('ab'.repeat(32))
const AT_ONCE = 10

/** `start` gives each test its subject; `holds`: its node can hold what is paid. */
export function exerciseLightning(
  name: string,
  start: () => Promise<LightningSubject>,
  { holds = false }: { readonly holds?: boolean } = {},
): void {
  const promise = (sentence: string, check: (bench: Bench) => Promise<void>) =>
    it(sentence, { timeout: 4 * TIMEOUT_MS }, async () => {
      const subject = await start()
      const opened: Lightning[] = []
      const open = async () => {
        const lightning = await subject.open()
        opened.push(lightning)
        return lightning
      }
      try {
        await check({ open, lightning: await open(), pay: subject.pay })
      } finally {
        for (const lightning of opened) await lightning.close()
        await subject.close()
      }
    })

  describe(name, () => {
    promise('a node that answers is known by its network', async ({ lightning }) => {
      assert.equal(await lightning.ping(TIMEOUT_MS), true)
      assert.equal(lightning.node?.network, 'regtest')
    })

    promise('an invoice is what was ordered, to the millisat', async ({ lightning }) => {
      const wanted = order({ amountMsat: msat(12_345), description: 'ü'.repeat(319) })
      const { invoice, paymentHash } = await lightning.createInvoice(wanted, TIMEOUT_MS)
      const read = decodeInvoice(invoice, secp)
      assert.equal(read.network, 'regtest')
      assert.equal(read.paymentHash, paymentHash)
      assert.equal(read.amountMsat, wanted.amountMsat)
      assert.equal(read.description, wanted.description)
      assert.ok(Math.abs(read.expiresAt - wanted.expiresAt) <= 3)
      await lightning.ping(TIMEOUT_MS)
      const key = lightning.node?.publicKey
      assert.ok(key === null || key === read.payee)
    })

    promise(
      'the same order again is never another order’s invoice',
      async ({ open, lightning }) => {
        const wanted = order()
        const [first, again, other] = [
          await lightning.createInvoice(wanted, TIMEOUT_MS),
          await (await open()).createInvoice(wanted, TIMEOUT_MS),
          await lightning.createInvoice(order(), TIMEOUT_MS),
        ]
        for (const { invoice, paymentHash } of [first, again]) {
          const read = decodeInvoice(invoice, secp)
          assert.equal(read.amountMsat, wanted.amountMsat)
          assert.equal(read.paymentHash, paymentHash)
          assert.notEqual(paymentHash, other.paymentHash)
        }
      },
    )

    promise('what the node will never make is refused for good', async ({ lightning }) => {
      const wanted = order({ description: 'x'.repeat(640) })
      await assert.rejects(
        lightning.createInvoice(wanted, TIMEOUT_MS),
        (error) => error instanceof PortError && error.code === 'refused' && !error.retry,
      )
    })

    promise('an unpaid invoice is open, one never made unknown', async ({ lightning }) => {
      const since = nowS()
      const { paymentHash } = await lightning.createInvoice(order(), TIMEOUT_MS)
      assert.deepEqual(await lightning.lookUp(paymentHash, TIMEOUT_MS), { state: 'open' })
      assert(NEVER_MADE !== undefined)
      assert.deepEqual(await lightning.lookUp(NEVER_MADE, TIMEOUT_MS), { state: 'unknown' })
      assert.equal(await listed(lightning, since, paymentHash), undefined)
    })

    promise('money is told with its proof: pushed, looked up, listed', async ({ open, pay }) => {
      const { lightning, settled } = await watch(await open())
      const since = nowS()
      const { invoice, paymentHash } = await lightning.createInvoice(order(), TIMEOUT_MS)
      const proof = await pay(invoice)
      const pushed = await settled(paymentHash)
      assert.equal(pushed.preimage, proof)
      assert.equal(paymentHashOf(pushed.preimage), paymentHash)
      const found = await lightning.lookUp(paymentHash, TIMEOUT_MS)
      assert(found.state === 'settled')
      assert.equal(found.preimage, proof)
      assert.ok(Math.abs(found.settledAtMs - Date.now()) < 60_000)
      assert.equal((await listed(lightning, since, paymentHash))?.preimage, proof)
      const later = lightning.settledSince(nowS() + 3_600, TIMEOUT_MS)
      assert.deepEqual(await Array.fromAsync(later), [])
    })

    promise('of many payments at once each is told', async ({ open, pay }) => {
      const { lightning, settled } = await watch(await open())
      const invoices = await Promise.all(
        Array.from({ length: AT_ONCE }, () => lightning.createInvoice(order(), TIMEOUT_MS)),
      )
      await Promise.all(invoices.map(({ invoice }) => pay(invoice)))
      for (const { paymentHash } of invoices) await settled(paymentHash)
    })

    promise('what came while nobody watched is listed', async ({ lightning, open, pay }) => {
      const since = nowS()
      const { invoice, paymentHash } = await lightning.createInvoice(order(), TIMEOUT_MS)
      await lightning.close()
      const proof = await pay(invoice)
      const after = await open()
      assert.equal((await listed(after, since, paymentHash))?.preimage, proof)
    })

    promise('a cancelled invoice cannot be paid', async ({ lightning, pay }) => {
      const { invoice, paymentHash } = await lightning.createInvoice(order(), TIMEOUT_MS)
      const said = await lightning.cancelInvoice(paymentHash, TIMEOUT_MS)
      assert.equal(await lightning.cancelInvoice(paymentHash, TIMEOUT_MS), said)
      const { state } = await lightning.lookUp(paymentHash, TIMEOUT_MS)
      // A node that cannot cancel says so, and the invoice stays what it was.
      assert.equal(state, said === 'unsupported' ? 'open' : 'cancelled')
      if (said === 'cancelled') await assert.rejects(pay(invoice))
      else assert.equal(paymentHashOf(parsed(await pay(invoice))), paymentHash)
    })

    promise('money beats a cancel that comes after it', async ({ lightning, pay }) => {
      const { invoice, paymentHash } = await lightning.createInvoice(order(), TIMEOUT_MS)
      await pay(invoice)
      const said = await lightning.cancelInvoice(paymentHash, TIMEOUT_MS)
      assert.ok(said === 'settled' || said === 'unsupported')
      assert.equal((await lightning.lookUp(paymentHash, TIMEOUT_MS)).state, 'settled')
    })

    if (holds) exerciseHolds(promise)

    promise('once closed, every call ends in a PortError', async ({ lightning }) => {
      await lightning.ping(TIMEOUT_MS)
      await lightning.close()
      await assert.rejects(
        lightning.createInvoice(order(), TIMEOUT_MS),
        (error) => error instanceof PortError && error.code === 'unreachable',
      )
      assert.equal(await lightning.ping(TIMEOUT_MS), false)
    })
  })
}

function exerciseHolds(
  promise: (sentence: string, check: (bench: Bench) => Promise<void>) => void,
): void {
  promise('what pays a hold invoice is held, told, and settled at a word', async (bench) => {
    const { lightning, held, settled } = await watch(await bench.open())
    const wanted = order({ hold: true })
    const { invoice, paymentHash } = await lightning.createInvoice(wanted, TIMEOUT_MS)
    assert.deepEqual(await lightning.lookUp(paymentHash, TIMEOUT_MS), { state: 'open' })
    const paying = bench.pay(invoice)
    const captureBefore = await held(paymentHash)
    assert.ok(captureBefore > nowS() + 3_600)
    const found = await lightning.lookUp(paymentHash, TIMEOUT_MS)
    assert(found.state === 'held')
    assert.ok(Math.abs(found.captureBefore - captureBefore) < 60)
    assert.deepEqual(await bench.lightning.createInvoice(wanted, TIMEOUT_MS), {
      invoice,
      paymentHash,
    })
    await lightning.settleHold(wanted.paymentId, TIMEOUT_MS)
    await lightning.settleHold(wanted.paymentId, TIMEOUT_MS)
    const proof = await paying
    assert.equal(paymentHashOf(parsed(proof)), paymentHash)
    assert.equal((await settled(paymentHash)).preimage, proof)
    assert.equal(await lightning.cancelInvoice(paymentHash, TIMEOUT_MS, true), 'settled')
  })

  promise('what is held goes back to the payer when it is cancelled', async (bench) => {
    const { lightning, held } = await watch(await bench.open())
    const wanted = order({ hold: true })
    const { invoice, paymentHash } = await lightning.createInvoice(wanted, TIMEOUT_MS)
    const returned = assert.rejects(bench.pay(invoice))
    await held(paymentHash)
    assert.equal(await lightning.cancelInvoice(paymentHash, TIMEOUT_MS, true), 'cancelled')
    await returned
    assert.equal(await lightning.cancelInvoice(paymentHash, TIMEOUT_MS, true), 'cancelled')
    assert.deepEqual(await lightning.lookUp(paymentHash, TIMEOUT_MS), { state: 'cancelled' })
    await assert.rejects(lightning.settleHold(wanted.paymentId, TIMEOUT_MS), PortError)
  })

  promise('a hold that came while nobody watched is told once it is watched', async (bench) => {
    const wanted = order({ hold: true })
    const first = await watch(await bench.open())
    const { invoice, paymentHash } = await first.lightning.createInvoice(wanted, TIMEOUT_MS)
    await first.lightning.close()
    const paying = bench.pay(invoice)
    const { lightning, held } = await watch(await bench.open())
    lightning.watchHold(paymentHash)
    await held(paymentHash)
    await lightning.settleHold(wanted.paymentId, TIMEOUT_MS)
    await paying
  })
}

type Bench = Pick<LightningSubject, 'open' | 'pay'> & { readonly lightning: Lightning }

/** Starts the port; a push that proves nothing is looked up, as the engine does. */
async function watch(lightning: Lightning) {
  const known = new Map<PaymentHash, PromiseWithResolvers<Settlement>>()
  const about = (hash: PaymentHash) => {
    const one = known.get(hash) ?? Promise.withResolvers<Settlement>()
    known.set(hash, one)
    return one
  }
  const holds = new Map<PaymentHash, PromiseWithResolvers<number>>()
  const holding = (hash: PaymentHash) => {
    const one = holds.get(hash) ?? Promise.withResolvers<number>()
    holds.set(hash, one)
    return one
  }
  const watcher: LightningWatcher = {
    async settled(settlement) {
      about(settlement.paymentHash).resolve(settlement)
      return true
    },
    touched: async (paymentHash) => {
      const found = await lightning.lookUp(paymentHash, TIMEOUT_MS)
      if (found.state !== 'settled') return
      about(paymentHash).resolve({ paymentHash, preimage: found.preimage, cursor: null })
    },
    held: async (paymentHash, captureBefore) => holding(paymentHash).resolve(captureBefore),
    connected: () => {},
    ...ALONE,
  }
  lightning.start(watcher, null)
  await eventually(
    () => lightning.pushes,
    (pushes) => pushes,
  )
  return {
    lightning,
    held: (hash: PaymentHash) => holding(hash).promise,
    settled: async (hash: PaymentHash) => {
      const { preimage } = await about(hash).promise
      assert(preimage !== null, 'the node revealed no preimage')
      return { preimage }
    },
  }
}

async function listed(
  lightning: Lightning,
  since: number,
  paymentHash: PaymentHash,
): Promise<Settlement | undefined> {
  const found = await Array.fromAsync(lightning.settledSince(since, TIMEOUT_MS))
  const own = found.filter((settlement) => settlement.paymentHash === paymentHash)
  assert.ok(own.length <= 1)
  return own[0]
}

function parsed(text: string) {
  const preimage = parsePreimage(text)
  assert(preimage !== undefined, 'the payer got no preimage')
  return preimage
}

function order(change: Partial<InvoiceOrder> = {}): InvoiceOrder {
  return {
    paymentId: randomUUID() as PaymentId,
    amountMsat: msat(10_000),
    description: 'Premium - 1 month',
    expiresAt: nowS() + 300,
    hold: false,
    ...change,
  }
}

function nowS(): number {
  return Math.floor(Date.now() / 1000)
}
