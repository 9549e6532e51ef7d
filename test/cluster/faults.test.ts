// Three daemons on one PostgreSQL with fifty payments always under way, and whatever can fail of them, of
// the database and of the way between. After each kind: everything acknowledged is there, every payment
// has ended as it must, nobody was asked with two invoices, the money is right, and all instances tell the
// same feed, in which a reader with its cursor missed nothing. At the end: no event changed, no key made
// two payments.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AMOUNT_MSAT, gatherHabits, startAsking } from '../faults/asking.ts'
import { type Chance, createChance, seedFor, times } from '../faults/chance.ts'
import { type Crowd, gatherCrowd } from '../faults/crowd.ts'
import { balanceMsat } from '../faults/ledger.ts'
import { type Merchant, openMerchant } from '../faults/merchant.ts'
import { pause, until } from '../faults/until.ts'
import type { Postgres } from '../postgres/server.ts'
import { buildCity, type City } from './city.ts'
import { type FeedFollower, followFeed, wholeFeed } from './feed-follower.ts'

const DAEMONS = 3
const USERS = 50
/** Longer than the lease of a payment in hand, which is 5 s. */
const STALL_MS = 6_500

// 100 rounds of `npm run test:long`.
const KILLS = times(3, 40)
const STALLS = times(1, 12)
const RESTARTS = times(2, 18)
const FAILOVERS = times(1, 8)
const CUTS = times(2, 14)
const LOSSES = times(1, 8)

describe('several daemons on one PostgreSQL', { timeout: times(900_000, 7_200_000) }, () => {
  const chance = createChance(seedFor('faults of several daemons'))
  const ending = new AsyncDisposableStack()
  let city: City
  let crowd: Crowd
  let merchant: Merchant
  let follower: FeedFollower
  let people: ReturnType<typeof gatherHabits>
  let database: Postgres
  let paid = 0

  before(async () => {
    city = ending.use(await buildCity({ daemons: DAEMONS, wallets: USERS }))
    database = city.postgres
    ending.defer(() => database.close())
    crowd = ending.use(gatherCrowd(city.userRelay))
    people = gatherHabits(crowd, city.userNwc)
    merchant = openMerchant(city.url, city.token)
    ending.defer(merchant.close)
    follower = followFeed(merchant)
  })
  after(() => ending.disposeAsync())

  /** Payments run before, during and after each of the faults. */
  async function under(rounds: number, fault: (round: number) => Promise<void>): Promise<void> {
    const load = startAsking(merchant, people)
    try {
      await load.goesOn()
      for (let round = 0; round < rounds; round++) {
        await pause(chance.between(20, 800))
        await fault(round)
        await load.goesOn()
      }
      await load.finish()
    } catch (error) {
      console.log(
        city.daemons
          .flatMap(({ part }) => part.child.lines)
          .filter(isFailure)
          .join('\n'),
      )
      throw error
    } finally {
      // What runs on would only confuse what comes after.
      await load.finish().catch(() => {})
      paid += load.ends.filter((status) => status === 'paid').length
    }
    crowd.assertOneInvoiceEach()
    // The ledger is the judge: nobody paid twice, and nothing that was paid is missing.
    assert.equal(await balanceMsat(city.merchantNwc), paid * AMOUNT_MSAT)
    await allTellTheSame()
    console.log(`» ${rounds} rounds, ${load.ends.length} payments, ${paid} paid in all\n`)
  }

  async function allTellTheSame(): Promise<void> {
    let count = 0
    for (const { streamId } of merchant.taken) count += (await merchant.events(streamId)).length
    await until('the feed tells everything', () => follower.items.length >= count)
    for (const { url } of city.daemons) {
      const instance = openMerchant(url, city.token)
      assert.deepEqual(await wholeFeed(instance, count), follower.items)
      instance.close()
    }
  }

  it('each killed in turn', () =>
    under(KILLS, async (round) => {
      const { part } = of(city, round)
      await part.kill()
      await pause(chance.between(0, 1_000))
      await part.start()
    }))

  it('one stopped for longer than its lease, then going on', () =>
    under(STALLS, async (round) => {
      const { part } = of(city, round)
      part.freeze()
      await pause(STALL_MS)
      part.thaw()
    }))

  it('the database restarted', () =>
    under(RESTARTS, async () => {
      await database.stop(chance.oneOf(['fast', 'immediate', 'kill']))
      await pause(chance.between(0, 2_000))
      await database.start()
    }))

  it('its connections cut, by the server and on the way', () =>
    under(CUTS, async (round) => {
      if (round % 2 === 0) city.road.cut()
      else await terminate(database)
    }))

  it('notifications lost', () =>
    under(LOSSES, async () => {
      const before = city.road.lost
      city.road.loseNotifications(true)
      await until('some were lost', () => city.road.lost > before + 20)
      city.road.loseNotifications(false)
    }))

  it('the database failed over to a standby', () =>
    under(FAILOVERS, async () => {
      database = await failOver(database, city, chance)
    }))

  it('no event changed in all of this, and no key made two payments', () => merchant.audit())
})

// What a store that is away explains is no failure.
function isFailure(line: string): boolean {
  return !/is the database running|database is back/.test(line)
}

function of({ daemons }: City, round: number) {
  return daemons[round % daemons.length] ?? assert.fail('there are no daemons')
}

async function terminate(database: Postgres): Promise<void> {
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'portal'`,
  )
}

/** What was acknowledged is on both, so the one that dies takes nothing with it. Answers the other. */
async function failOver(primary: Postgres, city: City, chance: Chance): Promise<Postgres> {
  const standby = await primary.standby()
  await primary.query(`alter system set synchronous_standby_names = '*'`)
  await primary.query('select pg_reload_conf()')
  await until('the standby follows', async () => {
    const rows = await primary.query('select sync_state from pg_stat_replication')
    return rows.some(({ sync_state: state }) => state === 'sync')
  })
  await pause(chance.between(20, 800))
  await primary.stop('kill')
  await standby.promote()
  city.road.leadTo(standby.port)
  city.road.cut()
  await primary.close()
  return standby
}
