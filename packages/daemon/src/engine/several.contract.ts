// What holds when several daemons work on one store, whichever database it is.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KIND, type Preimage, type PublicKey, readInvoice } from 'portal-protocol'
import type { Payment } from '../payment/payment.ts'
import type { ClusterDaemon, ClusterWorld } from '../testing/cluster-world.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { ORDER } from '../testing/world.ts'
import { feedSource, openLogCursor, streamSource } from './log-cursor.ts'
import { PortError } from './ports.ts'

const S = 1_000
const HELLO = { preferredRelays: ['wss://wallet.example'], clientInfo: { name: 'w', version: '1' } }

/** `virtual`: time passes as fast as is wanted. */
export function exerciseSeveral(
  open: () => Promise<ClusterWorld>,
  { virtual }: { readonly virtual: boolean },
): void {
  let users = 10
  const someone = (): PublicKey => {
    users += 1
    return testKey(users)
  }
  const promise = (
    name: string,
    check: (world: ClusterWorld, a: ClusterDaemon, b: ClusterDaemon) => Promise<void>,
  ) =>
    it(name, async () => {
      const world = await open()
      try {
        await check(world, await world.start(), await world.start())
      } finally {
        await world.close()
      }
    })
  // What takes a lease's time or more is tried in virtual time only.
  const slowPromise = virtual ? promise : () => {}

  const asked = (daemons: readonly ClusterDaemon[], payment: Payment) =>
    daemons.flatMap(({ messenger }) =>
      messenger.sent.filter(({ subject }) => subject === payment.id),
    )
  const invoicesSent = (daemons: readonly ClusterDaemon[], payment: Payment) =>
    new Set(
      asked(daemons, payment).flatMap(({ message }) =>
        message.type === 'payment_request' ? message.invoice : [],
      ),
    )
  const hears = (daemon: ClusterDaemon, key: PublicKey) =>
    daemon.messenger.inbound.wanted(key, KIND.paymentResponse)
  const isTrue = (found: boolean) => found
  const some = (found: readonly unknown[]) => found.length > 0

  describe('an answer', () => {
    promise('is heard by all, and counts once', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      await world.until(() => hears(b, payment.mainKey), isTrue)
      world.answer(payment, { type: 'approved' })
      await world.until(() => world.told(payment), some)
      world.answer(payment, { type: 'failed', reason: 'no route' })
      const told = await world.until(
        () => world.told(payment),
        ({ length }) => length === 2,
      )
      assert.match(told[0] ?? '', /user_approved/)
      assert.match(told[1] ?? '', /user_failed/)
    })

    promise('is heard by another when the one that asked is dead', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      await world.until(() => asked([a], payment), some)
      await world.until(() => hears(b, payment.mainKey), isTrue)
      a.kill()
      world.answer(payment, { type: 'rejected', reason: 'no' })
      await world.until(() => world.told(payment), some)
    })

    promise('is left, for a moment, to the one that asked', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      await world.until(() => hears(b, payment.mainKey), isTrue)
      const ours = ({ messenger }: ClusterDaemon) =>
        messenger.inbound.isOurs(payment.mainKey, KIND.paymentResponse)
      assert.deepEqual([ours(a), ours(b)], [true, false])
      world.answer(payment, { type: 'approved' })
      await world.until(() => world.told(payment), some)
    })

    slowPromise('is another’s to handle once that one has asked again', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      await world.until(
        () => b.store.payment(payment.id),
        (stored) => stored?.state === 'asked',
      )
      a.freeze()
      await world.until(() => asked([b], payment), some)
      a.thaw()
      const ours = ({ messenger }: ClusterDaemon) =>
        messenger.inbound.isOurs(payment.mainKey, KIND.paymentResponse)
      assert.equal(ours(b), true)
      await world.until(() => !ours(a), isTrue)
      assert.equal(ours(b), true)
    })

    promise('to a handshake is heard by all', async (world, a, b) => {
      const { url, token, streamId } = await a.engine.startHandshake(
        { staticToken: null, noRequest: false },
        null,
      )
      assert.ok(url.includes(token))
      await world.until(() => b.messenger.inbound.wanted(someone(), KIND.keyHandshake), isTrue)
      a.kill()
      world.handshake(someone(), { token, ...HELLO })
      await world.until(() => b.store.events(streamId, 0, 10), some)
      await world.until(
        () => b.messenger.inbound.wanted(someone(), KIND.keyHandshake),
        (wanted) => !wanted,
      )
    })

    promise('that come as a crowd to one handshake are recorded once each', async (world, a, b) => {
      const order = { staticToken: `door-${someone()}`, noRequest: false }
      const { token, streamId } = await a.engine.startHandshake(order, null)
      await world.until(() => b.messenger.inbound.wanted(someone(), KIND.keyHandshake), isTrue)
      const crowd = Array.from({ length: 100 }, someone)
      for (const user of crowd) world.handshake(user, { token, ...HELLO })
      const scans = () => a.store.events(streamId, 0, 1_000)
      await world.until(scans, (events) => events.length >= crowd.length)
      await world.pass(1 * S)
      const keys = (await scans()).map(({ data }) => (data as { main_key?: string }).main_key)
      assert.deepEqual(keys.sort(), [...crowd].sort())
      await world.outcome(a.engine.closeHandshake(streamId))
    })

    slowPromise(
      'of whom another daemon ended everything is not waited for',
      async (world, a, b) => {
        const payment = await world.ask(a, { mainKey: someone() })
        await world.until(() => hears(b, payment.mainKey), isTrue)
        await world.outcome(b.engine.cancelPayment(payment.id))
        // Late words are heard for long; what is not is that anything waits.
        const waits = ({ messenger }: ClusterDaemon) =>
          messenger.inbound.wanted(testKey(9), KIND.authResponse)
        await world.pass(31 * S)
        assert.deepEqual([waits(a), waits(b)], [false, false])
        assert.deepEqual([hears(a, payment.mainKey), hears(b, payment.mainKey)], [true, true])
      },
    )
  })

  describe('money', () => {
    promise('that all are told of is told once, by the one that asked', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      const commits = b.calls.get('commit') ?? 0
      const settled = a.lightning.settle(payment.paymentHash)
      const told = await world.until(() => world.told(payment), some)
      assert.match(told.join(), /"paid"/)
      // Resolved only when B, too, has found it kept.
      await world.outcome(settled)
      assert.equal(b.calls.get('commit') ?? 0, commits)
      assert.equal((await world.told(payment)).length, 1)
    })

    promise('is told soon when the one that asked is dead', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      a.kill()
      void b.lightning.settle(payment.paymentHash)
      await world.until(() => world.told(payment), some)
    })

    promise('is told by a proof that another daemon hears', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      await world.until(() => hears(b, payment.mainKey), isTrue)
      a.kill()
      const preimage: Preimage = b.lightning.preimageOf(payment.paymentHash)
      world.answer(payment, { type: 'success', preimage })
      const told = await world.until(() => world.told(payment), some)
      assert.match(told[0] ?? '', /"paid"/)
    })

    promise('never moves the cursor back', async (world, a, b) => {
      await a.store.advanceValue('lightning_cursor', 'node:12')
      await b.store.advanceValue('lightning_cursor', 'node:9')
      assert.equal(await world.until(() => a.store.value('lightning_cursor'), Boolean), 'node:12')
    })

    slowPromise(
      'that no push told of is found by one of them, not by each',
      async (world, a, b) => {
        // One stays open, so that there is something to look for all the time.
        await world.ask(b, { mainKey: someone(), expiresInS: 900 })
        const payment = await world.ask(a, { mainKey: someone() })
        await world.outcome(a.lightning.settle(payment.paymentHash, { push: false }))
        await world.until(() => world.told(payment), some)
        await world.pass(100 * S)
        const looks = [a, b].map(
          ({ lightning }) => lightning.calls.filter((call) => call === 'settled_since').length,
        )
        assert.ok(Math.min(...looks) === 0 && Math.max(...looks) > 2, `looks: ${looks}`)
      },
    )
  })

  describe('one request', () => {
    promise('is one payment with one invoice, wherever it is repeated', async (world, a, b) => {
      const key = { key: `key ${someone()}`, fingerprint: 'f' }
      const order = { mainKey: someone(), requestId: 'r' }
      const ask = (at: ClusterDaemon) => at.engine.requestSinglePayment({ ...ORDER, ...order }, key)
      const made = await world.outcome(Promise.all([ask(a), ask(b), ask(b), ask(a)]))
      assert.equal(new Set(made.map(({ id }) => id)).size, 1)
      assert.equal(new Set(made.map(({ invoice }) => invoice)).size, 1)
      assert.notEqual(made[0]?.invoice, null)
      await world.until(() => asked([a, b], made[0] ?? assert.fail()), some)
    })

    slowPromise('is answered as soon as another daemon has the invoice', async (world, a, b) => {
      a.lightning.trouble = new PortError('unreachable', 'its way to the node is cut')
      const mainKey = someone()
      const answered = world.ask(a, { mainKey })
      const begunAtMs = world.clock.nowMs()
      const [due] = await world.until(() => b.store.awaitingAnswer([mainKey], 1), some)
      if (due?.type !== 'payment') assert.fail()
      a.freeze()
      await world.until(() => asked([b], due.payment), some)
      a.thaw()
      const { invoice } = await world.outcome(answered)
      assert.notEqual(invoice, null)
      assert.deepEqual([...invoicesSent([a, b], due.payment)], [invoice])
      assert.ok(world.clock.nowMs() - begunAtMs < 9_000)
    })

    slowPromise('has one invoice, though a daemon stalled past its lease', async (world, a, b) => {
      for (const method of ['createInvoice', 'commit'] as const) {
        const thaw = holdUp(a)
        const mainKey = someone()
        void world.ask(a, { mainKey }).catch(() => {})
        const open = () => b.store.awaitingAnswer([mainKey], 1)
        await world.until(open, some)
        // It sleeps before the node has answered, or between the answer and the commit.
        if (method === 'commit') thaw()
        a.freeze()
        const [due] = await open()
        if (due?.type !== 'payment') assert.fail()
        await world.until(() => asked([b], due.payment), some)
        thaw()
        a.thaw()
        await world.pass(60 * S)
        assert.equal(invoicesSent([a, b], due.payment).size, 1)
        const { invoice, paymentHash } = (await b.store.payment(due.payment.id)) ?? assert.fail()
        assert.equal(readInvoice(invoice ?? '').paymentHash, paymentHash)
        assert.deepEqual([...invoicesSent([a, b], due.payment)], [invoice])
        await b.lightning.settle(paymentHash, { push: false })
      }
    })

    promise('is cancelled at any daemon', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      a.lightning.cancels = true
      b.lightning.cancels = true
      const { payment: after, invoiceCancelled } = await world.outcome(
        b.engine.cancelPayment(payment.id),
      )
      assert.deepEqual([after.code, invoiceCancelled], ['cancelled', true])
      const again = await world.outcome(a.engine.cancelPayment(payment.id))
      assert.equal(again.payment.code, 'cancelled')
      assert.equal((await world.told(payment)).length, 1)
    })

    promise('is captured at any daemon', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone(), capture: 'manual' })
      const before = payment.expiresAt + 10_000
      void a.lightning.hold(payment.paymentHash, before)
      await world.until(() => world.told(payment), some)
      const after = await world.outcome(b.engine.capturePayment(payment.id))
      assert.equal(after.state, 'paid')
      assert.equal((await world.outcome(a.engine.capturePayment(payment.id))).state, 'paid')
      assert.equal((await world.told(payment)).length, 2)
    })

    slowPromise('ends once, at its time, when all of them look', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone(), expiresInS: 30 })
      await world.pass(45 * S)
      const told = await world.told(payment)
      assert.equal(told.length, 1)
      assert.match(told[0] ?? '', /timeout/)
      await world.pass(60 * S)
      assert.equal((await world.told(payment)).length, 1)
      assert.ok(a.messenger.sent.length + b.messenger.sent.length > 0)
    })
  })

  describe('asking again', () => {
    promise('is not for a daemon that joins others', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      await world.until(() => asked([a], payment), some)
      const commits = () => [a, b].map(({ calls }) => calls.get('claimDue') ?? 0)
      await world.until(commits, (counts) => counts.every((count) => count > 0))
      const joining = await world.start()
      assert.equal(joining.calls.get('awaitingAnswer') ?? 0, 0)
    })

    slowPromise('is for the one that finds all others gone', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone(), expiresInS: 900 })
      // Seldom asked by now.
      await world.pass(130 * S)
      await Promise.all([a.stop(), b.stop()])
      const next = await world.start()
      await world.until(() => asked([next], payment), some)
    })

    slowPromise('happens once when a relay is back for all', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone(), expiresInS: 900 })
      await world.pass(130 * S)
      const before = asked([a, b], payment).length
      const looks = () =>
        [a, b].reduce((sum, { calls }) => sum + (calls.get('awaitingAnswer') ?? 0), 0)
      const looksBefore = looks()
      for (const { messenger } of [a, b]) messenger.inbound.reachable(null)
      await world.pass(500)
      assert.equal(asked([a, b], payment).length, before + 1)
      assert.equal(looks(), looksBefore + 1)
    })
  })

  describe('a reader', () => {
    promise('hears at one daemon what another commits', async (world, a, b) => {
      const payment = await world.ask(a, { mainKey: someone() })
      const stream = openLogCursor(streamSource(b.engine.log, payment.streamId), 0, () => {}, 10)
      const feed = openLogCursor(feedSource(b.engine.log), 0, () => {}, 10)
      assert.deepEqual(await stream.read(), [])
      world.answer(payment, { type: 'approved' })
      await world.until(() => stream.read(), some)
      const seen = await world.until(() => feed.read(), some)
      assert.equal(seen[0]?.stream.id, payment.streamId)
      stream.close()
      feed.close()
    })
  })
}

/** Its node answers nothing until the function that this gives is called. */
function holdUp({ lightning }: ClusterDaemon): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  lightning.gate = promise
  return resolve
}
