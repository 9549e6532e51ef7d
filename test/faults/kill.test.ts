// SIGKILL of the daemon at random moments while fifty payments are always under way.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock as clock } from 'portal-relay'
import { automatic, type Behaviour } from 'portal-wallet'
import { createChance, seedFor, times } from './chance.ts'
import { type Crowd, gatherCrowd, type Person } from './crowd.ts'
import { balanceMsat } from './ledger.ts'
import type { Merchant } from './merchant.ts'
import { buildTown, type Town } from './town.ts'
import { pause, until } from './until.ts'

const USERS = 50
const AMOUNT_MSAT = 1_000
const KILLS = times(10, 200)
/** After the last kill; what was lost would wait for ever. */
const ENDED_MS = 180_000

describe('a daemon killed at random moments under load', { timeout: 3_600_000 }, () => {
  it('loses nothing that it acknowledged, changes no event, and ends every payment', async () => {
    const chance = createChance(seedFor('kills'))
    await using town = await buildTown({ wallets: USERS })
    await using crowd = gatherCrowd(town.userRelay)
    const load = startLoad(town, crowd)
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

type Load = { finish(): Promise<readonly string[]> }

/** Every user is asked for one payment after another, until `finish`; then the last ones end. */
function startLoad({ merchant, userNwc }: Town, crowd: Crowd): Load {
  let isOver = false
  const ends: string[] = []
  async function keepAsking(person: Person, expected: string): Promise<void> {
    while (!isOver) {
      const end = await onePayment(merchant, person, expected === 'timeout' ? 5 : 600)
      assert.equal(end, expected)
      ends.push(end)
    }
  }
  const runs = userNwc.map((nwc, i) => {
    const [behaviour, expected] = habit(i)
    return keepAsking(crowd.join(nwc, behaviour), expected)
  })
  let hasEnded = false
  const all = Promise.all(runs).then(() => {
    hasEnded = true
  })
  // Awaited at the end; a failure before that must not end the process.
  all.catch(() => {})
  return {
    async finish() {
      isOver = true
      await Promise.race([all, until('every payment ends', () => hasEnded, ENDED_MS)])
      return ends
    },
  }
}

/** What the user does, and how every one of their payments must end. */
function habit(i: number): [Behaviour, string] {
  if (i % 10 === 7) return [automatic('reject', { clock, delayMs: 100 }), 'user_rejected']
  if (i % 10 === 8) return [automatic('lie'), 'timeout']
  if (i % 10 === 9) return [{ ...automatic('approve'), sayOutcome: 'nothing' }, 'paid']
  return [automatic('approve', { clock, delayMs: (i % 5) * 75 }), 'paid']
}

async function onePayment(merchant: Merchant, { publicKey }: Person, expiresIn: number) {
  const order = { main_key: publicKey, amount: AMOUNT_MSAT, currency: 'millisats' }
  const taken = await merchant.order({ ...order, expires_in: expiresIn })
  const { status } = await merchant.ended(taken.streamId)
  return status
}
