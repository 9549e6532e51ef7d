// Hold invoices over Nostr Wallet Connect, with a wallet service that has them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NwcClient, NwcError } from 'portal-nwc'
import { msat, type NwcNotification, type PaymentHash, paymentHashOf } from 'portal-protocol'
import { silentLogger as log } from '../engine/logger.ts'
import { PortError } from '../engine/ports.ts'
import type { PaymentId } from '../payment/payment.ts'
import { ALONE } from '../testing/alone.ts'
import { eventually } from '../testing/eventually.ts'
import { createNwcLightning } from './nwc.ts'
import { nwcCaptureBefore } from './nwc-holds.ts'
import { preimageFor } from './preimage.ts'

const NOW_MS = 1_800_000_000_000
const HEIGHT = 900_000
const TIMEOUT_MS = 1_000
const HOLD_METHODS = ['make_hold_invoice', 'settle_hold_invoice', 'cancel_hold_invoice']
const preimageSecret = new Uint8Array(32).fill(7)
const clock = { nowMs: () => NOW_MS, setTimer: () => ({ cancel() {} }) }
const order = {
  paymentId: 'payment' as PaymentId,
  amountMsat: msat(10_000),
  description: 'Premium',
  expiresAt: NOW_MS / 1_000 + 300,
  hold: true,
}
const paymentHash = paymentHashOf(preimageFor(order.paymentId, preimageSecret))

/** A service with one hold invoice in this state. */
async function open(methods = HOLD_METHODS, told = 'hold_invoice_accepted') {
  const calls: { method: string; params: Record<string, unknown> }[] = []
  let notify: (notification: NwcNotification) => void = () => {}
  let state = 'pending'
  let refusing = false
  const invoice = (extra = {}) => ({
    type: 'incoming',
    state,
    invoice: 'lnbcrt1',
    payment_hash: paymentHash,
    amount: 10_000,
    created_at: NOW_MS / 1_000,
    ...(state === 'accepted' ? { settle_deadline: HEIGHT + 160 } : {}),
    ...extra,
  })
  const client: NwcClient = {
    connected: true,
    info: async () => ({
      methods,
      encryptions: ['nip44_v2'],
      notifications: ['payment_received', told],
    }),
    onConnected: () => () => {},
    close: () => {},
    onNotification(run) {
      notify = (notification) => run({ eventId: 'e', chars: 1, open: () => notification })
      return () => {}
    },
    async request(method, params) {
      calls.push({ method, params })
      switch (method) {
        case 'get_info':
          return { network: 'regtest', block_height: HEIGHT }
        case 'make_hold_invoice':
        case 'lookup_invoice':
          return invoice()
        case 'settle_hold_invoice':
          state = 'settled'
          return {}
        case 'cancel_hold_invoice':
          if (refusing || state === 'settled' || state === 'failed')
            throw new NwcError('OTHER', 'not held')
          state = 'failed'
          return {}
        default:
          throw new NwcError('NOT_IMPLEMENTED', method)
      }
    },
  }
  const lightning = createNwcLightning({ client, preimageSecret, clock, log })
  const held: { hash: PaymentHash; captureBefore: number }[] = []
  lightning.start(
    {
      settled: async () => false,
      touched: async () => {},
      connected: () => {},
      held: async (hash, captureBefore) => void held.push({ hash, captureBefore }),
      ...ALONE,
    },
    null,
  )
  await eventually(
    () => lightning.holds,
    (holds) => holds !== null,
  )
  return {
    lightning,
    calls,
    held,
    accept() {
      state = 'accepted'
      notify({ type: 'hold_invoice_accepted', notification: invoice() })
    },
    refuseToCancel: () => {
      refusing = true
    },
    set: (next: string) => {
      state = next
    },
  }
}

const CAPTURE_BEFORE = NOW_MS / 1_000 + 140 * 300

test('a block that no HTLC could last until is two weeks of blocks away', () => {
  const deadline = (settle_deadline: number) =>
    nwcCaptureBefore({ settle_deadline }, HEIGHT, NOW_MS)
  assert.equal(deadline(HEIGHT + 160), CAPTURE_BEFORE)
  assert.equal(deadline(Number.MAX_SAFE_INTEGER), NOW_MS / 1_000 + 2_016 * 300)
})

test('a service holds if it advertises all three methods, and that it tells of it', async () => {
  assert.equal((await open()).lightning.holds, true)
  assert.equal((await open(['make_invoice', 'make_hold_invoice'])).lightning.holds, false)
  assert.equal((await open(HOLD_METHODS, 'payment_sent')).lightning.holds, false)
})

test('a hold invoice carries our hash, and enough blocks to capture in', async () => {
  const { lightning, calls } = await open()
  const made = await lightning.createInvoice(order, TIMEOUT_MS)
  assert.equal(made.paymentHash, paymentHash)
  const { params } = calls.find(({ method }) => method === 'make_hold_invoice') ?? assert.fail()
  assert.equal(params.payment_hash, paymentHash)
  assert.equal(params.min_cltv_expiry_delta, 160)
})

test('what is held is told with its deadline, 20 blocks before the service’s', async () => {
  const { lightning, held, accept } = await open()
  accept()
  await eventually(
    () => held.length,
    (count) => count === 1,
  )
  assert.deepEqual(held, [{ hash: paymentHash, captureBefore: CAPTURE_BEFORE }])
  assert.deepEqual(await lightning.lookUp(paymentHash, TIMEOUT_MS), {
    state: 'held',
    captureBefore: CAPTURE_BEFORE,
  })
})

test('a hold whose notification was missed is found when it is watched', async () => {
  const { lightning, held, set } = await open()
  set('accepted')
  lightning.watchHold(paymentHash)
  await eventually(
    () => held.length,
    (count) => count === 1,
  )
})

test('it is settled with the preimage that was ours all along', async () => {
  const { lightning, calls } = await open()
  await lightning.settleHold(order.paymentId, TIMEOUT_MS)
  const { params } = calls.find(({ method }) => method === 'settle_hold_invoice') ?? assert.fail()
  assert.equal(params.preimage, preimageFor(order.paymentId, preimageSecret))
})

test('a cancel says what is so, also the second time and also after money', async () => {
  const { lightning, accept, set } = await open()
  accept()
  assert.equal(await lightning.cancelInvoice(paymentHash, TIMEOUT_MS), 'unsupported')
  assert.equal(await lightning.cancelInvoice(paymentHash, TIMEOUT_MS, true), 'cancelled')
  assert.equal(await lightning.cancelInvoice(paymentHash, TIMEOUT_MS, true), 'cancelled')
  set('settled')
  assert.equal(await lightning.cancelInvoice(paymentHash, TIMEOUT_MS, true), 'settled')
})

test('a service that holds and will not cancel is an error, not a cancel', async () => {
  const { lightning, accept, refuseToCancel } = await open()
  accept()
  refuseToCancel()
  await assert.rejects(
    lightning.cancelInvoice(paymentHash, TIMEOUT_MS, true),
    (error) => error instanceof PortError && error.code === 'refused',
  )
})
