// SIGKILL of the daemon at random moments while payments are always under way, and what its merchant was
// told, by every way there is.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AMOUNT_MSAT, type Asking, gatherHabits, gatherUnsure, startAsking } from './asking.ts'
import { type Chance, createChance, seedFor, times } from './chance.ts'
import { gatherCrowd } from './crowd.ts'
import { openHook } from './hook.ts'
import { balanceMsat } from './ledger.ts'
import type { FeedItem } from './merchant.ts'
import type { Part } from './part.ts'
import { buildTown, openShop } from './town.ts'
import { pause } from './until.ts'

const USERS = 50
const KILLS = times(10, 200)
const SHOP_USERS = 10
const SHOP_KILLS = times(4, 40)

describe('a daemon killed at random moments under load', {
  timeout: times(600_000, 3_600_000),
}, () => {
  it('loses nothing that it acknowledged, changes no event, delivers each, and ends every payment', async () => {
    const chance = createChance(seedFor('kills'))
    await using town = await buildTown({
      wallets: USERS,
      settings: { PORTAL_WEBHOOKS_PRIVATE: 'on' },
    })
    await using hook = await openHook(town.merchant, createChance(chance.between(1, 2 ** 31)))
    await using crowd = gatherCrowd(town.userRelay)
    const load = startAsking(town.merchant, gatherHabits(crowd, town.userNwc), town.daemon)
    await killAgainAndAgain(town.daemon, KILLS, load, chance, 10)
    const ends = await load.finish()

    await town.merchant.audit()
    crowd.assertOneInvoiceEach()
    const feed = await town.merchant.feed()
    await hook.assertAll(feed)
    const paid = ends.filter((status) => status === 'paid').length
    assert(paid > USERS, `only ${paid} payments were paid`)
    // The ledger is the judge: nobody paid twice, and nothing that was paid is missing.
    assert.equal(await balanceMsat(town.merchantNwc), paid * AMOUNT_MSAT)
    const { came, again, erred } = hook.counts()
    console.log(
      `» ${KILLS} kills, ${ends.length} payments, ${paid} paid; ${feed.length} events by ${came} webhooks, ${again} of them again, ${erred} not taken\n`,
    )
  })

  it('the same as a newcomer runs it, its relay and its sandbox killed with it', async () => {
    const chance = createChance(seedFor('kills of the default'))
    await using shop = await openShop()
    await using crowd = gatherCrowd(shop.relay)
    const wallets: string[] = []
    while (wallets.length < SHOP_USERS) {
      const { body } = await shop.merchant.insist('POST', '/sandbox/wallets')
      wallets.push(body.nwc)
    }
    const before = await sumOf(wallets)
    const load = startAsking(shop.merchant, gatherUnsure(crowd, wallets), shop.daemon)
    await killAgainAndAgain(shop.daemon, SHOP_KILLS, load, chance, 1)
    await load.goesOn()
    const ends = await load.finish()

    await shop.merchant.audit()
    crowd.assertOneInvoiceEach()
    const paid = (await shop.merchant.feed()).filter(isPaid).length
    assert(paid >= SHOP_KILLS, `only ${paid} payments were paid`)
    assert.equal(before - (await sumOf(wallets)), paid * AMOUNT_MSAT)
    console.log(`» ${SHOP_KILLS} kills of the default, ${ends.length} payments, ${paid} paid\n`)
  })
})

/** One life in `goodLife` lasts until payments have gone on; the others may be too short for any. */
async function killAgainAndAgain(
  daemon: Part,
  kills: number,
  load: Asking,
  chance: Chance,
  goodLife: number,
): Promise<void> {
  for (let kill = 1; kill <= kills; kill++) {
    if (kill % goodLife === 0) await load.goesOn()
    await pause(chance.between(20, 1_500))
    load.check()
    await daemon.kill()
    await daemon.start()
  }
}

/** In time or late. */
function isPaid({ data }: FeedItem): boolean {
  return data.status === 'paid'
}

async function sumOf(wallets: readonly string[]): Promise<number> {
  const balances = await Promise.all(wallets.map(balanceMsat))
  return balances.reduce((sum, balance) => sum + balance, 0)
}
