// Races at the door and around a cancel, and money that comes after an end, against the real process.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { HONEST, type Verdict } from 'portal-wallet'
import { type Crowd, gatherCrowd, type Person } from './crowd.ts'
import { balanceMsat } from './ledger.ts'
import type { Taken } from './merchant.ts'
import { buildTown, type Town } from './town.ts'
import { until } from './until.ts'

const AMOUNT_MSAT = 3_000
const ROUNDS = 10
/** What comes first in a round; neither: approval and cancel race. */
const CANCELS = ['neither', 'money', 'cancel'] as const

describe('races at the door', { timeout: 300_000 }, () => {
  it('equal requests at once are one payment; another body under the key is refused', async () => {
    await using setting = await open()
    const { town, crowd } = setting
    const user = patient(town, crowd)
    for (let round = 0; round < ROUNDS; round++) {
      const key = { 'idempotency-key': randomUUID() }
      const post = (fields: object) =>
        town.merchant.ask('POST', '/payments/single', { ...order(user.person), ...fields }, key)
      const [a, b, other] = await Promise.all([post({}), post({}), post({ amount: 4_000 })])
      const answers = [a, b, other].filter(({ status }) => status === 201)
      const ids = new Set(answers.map(({ body }) => body.payment_id))
      // Whichever came first has the key; the other body then is the mismatch.
      assert.equal(ids.size, 1)
      for (const { status, body } of [a, b, other]) {
        assert(
          status === 201 || (status === 422 && body.code === 'idempotency_mismatch'),
          body.code,
        )
      }
      assert.equal(answers.length === 2 || answers.length === 1, true)
      assert.equal(new Set(answers.map(({ body }) => body.invoice)).size, 1)
    }
    await until('every request has come', () => user.person.invoices.size === ROUNDS)
    crowd.assertOneInvoiceEach()
  })

  it('a retry after the daemon died before its answer gets the one payment there is', async () => {
    await using setting = await open()
    const { town, crowd } = setting
    const user = patient(town, crowd)
    const taken: Taken[] = []
    for (let round = 0; round < 3; round++) {
      const key = randomUUID()
      // It is written at once, and answered with its invoice, which the wallet cannot make now.
      town.relays.lightning.freeze()
      const first = town.merchant
        .ask('POST', '/payments/single', order(user.person), { 'idempotency-key': key })
        .catch(() => null)
      const written = await until('it is written', async () => {
        const { body } = await town.merchant.ask('GET', '/payments?status=pending')
        return body.payments[0]
      })
      await town.daemon.kill()
      assert.equal(await first, null, 'it was answered')
      town.relays.lightning.thaw()
      await town.daemon.start()
      const retried = await town.merchant.order(order(user.person), key)
      assert.equal(retried.paymentId, written.payment_id)
      taken.push(retried)
      await until('the user is asked', () => user.person.invoices.size === round + 1)
      if (round === 0) user.say('approve')
      assert.equal((await town.merchant.ended(retried.streamId)).status, 'paid')
    }
    assert.equal(await balanceMsat(town.merchantNwc), taken.length * AMOUNT_MSAT)
    await town.merchant.audit()
    crowd.assertOneInvoiceEach()
  })

  it('cancel against approval, against settlement and twice at once has one end, and it is true', async () => {
    await using setting = await open()
    const { town, crowd } = setting
    for (let round = 0; round < ROUNDS; round++) {
      const user = patient(town, crowd, round)
      const taken = await town.merchant.order(order(user.person))
      await user.asked
      const cancel = () => town.merchant.ask('POST', `/payments/${taken.paymentId}/cancel`)
      const cancelTwice = () => Promise.all([cancel(), cancel()])
      let answers: Awaited<ReturnType<typeof cancelTwice>>
      const isFirst = CANCELS[round % CANCELS.length]
      if (isFirst === 'cancel') {
        answers = await cancelTwice()
        user.say('approve')
      } else {
        user.say('approve')
        const sent = () => has(user.person, 'payment_sent')
        if (isFirst === 'money') await until('the money has moved', sent)
        answers = await cancelTwice()
      }
      const end = await town.merchant.ended(taken.streamId)
      if (isFirst === 'cancel') assert.equal(end.code, 'cancelled')
      if (isFirst === 'money') assert.equal(end.status, 'paid')
      for (const { status, body } of [...answers, await cancel()]) {
        if (end.status === 'paid') assert.equal(status, 409, JSON.stringify(body))
        else assert.equal(body.code, 'cancelled')
      }
      await settled(town, taken, end.status)
    }
    // Whatever was cancelled and paid all the same is told as late: no money is hidden.
    assert.equal(await balanceMsat(town.merchantNwc), ROUNDS * AMOUNT_MSAT)
    await town.merchant.audit()
  })
})

describe('money after the end', { timeout: 300_000 }, () => {
  for (const end of ['user_rejected', 'cancelled'] as const) {
    it(`after ${end} is told as late, once, and shown to whoever must refund it`, async () => {
      await using setting = await open()
      const { town, crowd } = setting
      const user = patient(town, crowd)
      const taken = await town.merchant.order(order(user.person))
      await user.asked
      if (end === 'user_rejected') user.say('reject')
      else await town.merchant.ask('POST', `/payments/${taken.paymentId}/cancel`)
      const told = await town.merchant.ended(taken.streamId)
      assert.equal(told.code ?? told.status, end)
      // Nostr Wallet Connect has no cancel: what the wallet holds stays payable.
      await payInvoice(user.person)
      await settled(town, taken, told.status)
      const { body } = await town.merchant.ask('GET', `/payments/${taken.paymentId}`)
      assert.deepEqual([body.status, body.late], [told.status, true])
      const { body: late } = await town.merchant.ask('GET', '/payments?late=true')
      const ids = late.payments.map(({ payment_id: id }: { payment_id: string }) => id)
      assert.deepEqual(ids, [taken.paymentId])
      assert.match(town.daemon.child.lines.join('\n'), /late_money/)
      const { body: metrics } = await town.merchant.ask('GET', '/metrics')
      assert.match(metrics, /^portal_late_payments_total 1$/m)
    })
  }

  it('after timeout cannot come where the node lets us choose the expiry', async () => {
    await using setting = await open()
    const { town, crowd } = setting
    const user = patient(town, crowd)
    const taken = await town.merchant.order({ ...order(user.person), expires_in: 5 })
    await user.asked
    assert.equal((await town.merchant.ended(taken.streamId)).code, 'unanswered')
    await assert.rejects(payInvoice(user.person))
  })
})

type Setting = AsyncDisposable & { readonly town: Town; readonly crowd: Crowd }

async function open(): Promise<Setting> {
  await using opening = new AsyncDisposableStack()
  const town = opening.use(await buildTown({ wallets: ROUNDS }))
  const crowd = opening.use(gatherCrowd(town.userRelay))
  const opened = opening.move()
  return { town, crowd, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** A user who decides when the test says so. */
function patient(town: Town, crowd: Crowd, account = 0) {
  const spoken = Promise.withResolvers<Verdict>()
  const asked = Promise.withResolvers<void>()
  const person = crowd.join(town.userNwc[account] ?? '', {
    ...HONEST,
    decide() {
      asked.resolve()
      return spoken.promise
    },
  })
  return { person, asked: asked.promise, say: spoken.resolve }
}

function order({ publicKey }: Person) {
  return { main_key: publicKey, amount: AMOUNT_MSAT, currency: 'millisats', expires_in: 120 }
}

/** The money is told: as the end, or as a late event after it, and no more than once. */
async function settled(town: Town, { streamId }: { streamId: string }, end: string): Promise<void> {
  const events = await until('the money is told', async () => {
    const all = await town.merchant.events(streamId)
    return all.some(({ data }) => data.status === 'paid') ? all : null
  })
  const paid = events.filter(({ data }) => data.status === 'paid')
  assert.equal(paid.length, 1)
  assert.equal(paid[0]?.data.late === true, end !== 'paid')
}

function has({ steps }: Person, type: string): boolean {
  return steps.some((step) => step.type === type)
}

/** Pays, behind the wallet's back, the one invoice that this user was given. */
async function payInvoice({ invoices, account }: Person): Promise<void> {
  const [invoice] = [...invoices.values()].flatMap((given) => [...given])
  await account.request('pay_invoice', { invoice }, 10_000)
}
