// Relay and Lightning wallet die, come back or freeze while payments are under way.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { automatic } from 'portal-wallet'
import { type Crowd, gatherCrowd } from './crowd.ts'
import { balanceMsat } from './ledger.ts'
import { buildTown, type Town } from './town.ts'
import { until } from './until.ts'

const USERS = 20
const AMOUNT_MSAT = 2_000
/** "Noticed by round trip within 30 s". */
const NOTICED_MS = 30_000
const CAUGHT_UP_MS = 90_000

describe('outages around a running daemon', { timeout: 600_000 }, () => {
  it('a relay killed and restarted under load costs no payment', async () => {
    await using town = await buildTown({ wallets: USERS })
    await using crowd = gatherCrowd(town.userRelay)
    const load = startPayments(town, crowd)
    await load.some()
    await town.relays.users.kill()
    await until('/ready says the relay is gone', async () => {
      const { status, body } = await town.merchant.ask('GET', '/ready')
      return status === 503 && body.lightning && body.store && !body.relays[0].ok
    })
    await town.relays.users.start()
    assert.deepEqual(await load.settle(), [])
  })

  it('a Lightning wallet killed and restarted under load: what was paid is told, the rest times out', async () => {
    await using town = await buildTown({ wallets: USERS })
    await using crowd = gatherCrowd(town.userRelay)
    const load = startPayments(town, crowd, 40)
    await load.some()
    await town.sandbox.kill()
    await until('/ready says Lightning is gone', async () => {
      const { status, body } = await town.merchant.ask('GET', '/ready')
      return status === 503 && !body.lightning && body.store && body.relays[0].ok
    })
    await town.sandbox.start()
    // The users' accounts died with it: a wallet that cannot tell whether it paid never pays again.
    const others = await load.settle()
    assert(
      others.every((status) => status === 'timeout'),
      others.join(),
    )
  })

  it('a network cut without FIN is noticed by round trip, told by its part, and caught up', async () => {
    await using town = await buildTown({ wallets: USERS })
    await using crowd = gatherCrowd(town.userRelay)
    const load = startPayments(town, crowd, 60)
    await load.some()

    town.cables.users.cut()
    await until('the cut relay is noticed', () => isReady(town, false, true), NOTICED_MS)
    town.cables.users.mend()
    await until('the relay is well again', () => isReady(town, true, true))

    town.cables.lightning.cut()
    await until('the cut wallet is noticed', () => isReady(town, true, false), NOTICED_MS)
    town.cables.lightning.mend()
    await until('the wallet is well again', () => isReady(town, true, true))
    await load.settle()
  })

  it('relays that hang, first one and then the other, are noticed as soon', async () => {
    await using town = await buildTown({ wallets: 0 })
    town.relays.users.freeze()
    await until('the frozen relay is noticed', () => isReady(town, false, true), NOTICED_MS)
    town.relays.users.thaw()
    town.relays.lightning.freeze()
    await until('the frozen wallet is noticed', () => isReady(town, true, false), NOTICED_MS * 2)
    town.relays.lightning.thaw()
    await until('all is well again', () => isReady(town, true, true))
  })
})

/** Whether `/ready` says just this of the relay and of Lightning, and 200 only if both are well. */
async function isReady(town: Town, relay: boolean, lightning: boolean): Promise<boolean> {
  const { status, body } = await town.merchant.ask('GET', '/ready')
  const isRight = body.relays[0].ok === relay && body.lightning === lightning && body.store === true
  return isRight && (status === 200) === (relay && lightning)
}

/** A payment of every user at once, then another, until `settle` is asked for. */
function startPayments({ merchant, userNwc, merchantNwc }: Town, crowd: Crowd, expiresIn = 900) {
  let isOver = false
  let paid = 0
  const others: string[] = []
  async function onePayment(mainKey: string): Promise<string> {
    const order = { main_key: mainKey, amount: AMOUNT_MSAT, currency: 'millisats' }
    const { streamId } = await merchant.order({ ...order, expires_in: expiresIn })
    const { status } = await merchant.ended(streamId)
    if (status === 'paid') paid += 1
    else others.push(status)
    return status
  }
  async function keepAsking(nwc: string): Promise<void> {
    const { publicKey } = crowd.join(nwc, automatic('approve'))
    while (!isOver) await onePayment(publicKey)
    // Begun when all was well again.
    assert.equal(await onePayment(publicKey), 'paid')
  }
  let hasSettled = false
  const all = Promise.all(userNwc.map(keepAsking)).then(() => {
    hasSettled = true
  })
  all.catch(() => {})
  return {
    some: () => until('some payments are paid', () => paid > USERS, 60_000),
    /** Resolves with the ends that were not `paid`. */
    async settle(): Promise<readonly string[]> {
      isOver = true
      await Promise.race([all, until('every payment ends', () => hasSettled, CAUGHT_UP_MS)])
      await merchant.audit()
      crowd.assertOneInvoiceEach()
      assert.equal(await balanceMsat(merchantNwc), paid * AMOUNT_MSAT)
      return others
    },
  }
}
