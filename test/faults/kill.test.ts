// SIGKILL of the daemon at random moments while fifty payments are always under way.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AMOUNT_MSAT, gatherHabits, startAsking } from './asking.ts'
import { createChance, seedFor, times } from './chance.ts'
import { gatherCrowd } from './crowd.ts'
import { balanceMsat } from './ledger.ts'
import { buildTown } from './town.ts'
import { pause } from './until.ts'

const USERS = 50
const KILLS = times(10, 200)

describe('a daemon killed at random moments under load', {
  timeout: times(600_000, 3_600_000),
}, () => {
  it('loses nothing that it acknowledged, changes no event, and ends every payment', async () => {
    const chance = createChance(seedFor('kills'))
    await using town = await buildTown({ wallets: USERS })
    await using crowd = gatherCrowd(town.userRelay)
    const load = startAsking(town.merchant, gatherHabits(crowd, town.userNwc))
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(chance.between(20, 1_500))
      await town.daemon.kill()
      await town.daemon.start()
    }
    const ends = await load.finish()

    await town.merchant.audit()
    crowd.assertOneInvoiceEach()
    const paid = ends.filter((status) => status === 'paid').length
    assert(paid > USERS, `only ${paid} payments were paid`)
    // The ledger is the judge: nobody paid twice, and nothing that was paid is missing.
    assert.equal(await balanceMsat(town.merchantNwc), paid * AMOUNT_MSAT)
    console.log(`» ${KILLS} kills, ${ends.length} payments, ${paid} paid\n`)
  })
})
