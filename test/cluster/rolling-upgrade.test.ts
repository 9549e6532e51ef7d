// A rolling upgrade, forth and one step back, with payments running: daemons of an earlier release, of the
// one at hand, and of one that adds to the tables, side by side on one database.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { AMOUNT_MSAT, gatherHabits, startAsking } from '../faults/asking.ts'
import { gatherCrowd } from '../faults/crowd.ts'
import { balanceMsat } from '../faults/ledger.ts'
import { openMerchant } from '../faults/merchant.ts'
import { until } from '../faults/until.ts'
import { ROOT } from '../run-command.ts'
import { buildCity, type CityDaemon } from './city.ts'
import { wholeFeed } from './feed-follower.ts'
import { earlierRelease, releaseOfTomorrow, STEP_OF_TOMORROW } from './releases.ts'

const USERS = 10

test('releases with other tables work side by side, and no payment is lost in between', {
  timeout: 600_000,
}, async () => {
  await using ending = new AsyncDisposableStack()
  const tomorrow = releaseOfTomorrow()
  ending.defer(() => rmSync(tomorrow, { recursive: true }))
  const earlier = earlierRelease()
  if (earlier === null) console.error('SKIPPED: the code of an earlier commit (no history here)')
  else ending.defer(() => rmSync(earlier.root, { recursive: true }))
  const old = earlier?.root ?? ROOT
  const roots = [old, old, ROOT]
  const answered = new Map<string, number>()
  const city = ending.use(
    await buildCity({
      daemons: roots.length,
      wallets: USERS,
      root: (i) => roots[i] ?? ROOT,
      onAnswer: (url) => answered.set(url, (answered.get(url) ?? 0) + 1),
    }),
  )
  const crowd = ending.use(gatherCrowd(city.userRelay))
  const merchant = openMerchant(city.url, city.token)
  ending.defer(merchant.close)
  const load = startAsking(merchant, gatherHabits(crowd, city.userNwc))

  /** Each answers requests from now on, as soon as the balancer has found it. */
  async function allServe(): Promise<void> {
    answered.clear()
    await load.goesOn()
    await until('every daemon serves', () => city.daemons.every(({ url }) => answered.has(url)))
  }
  async function replace(i: number, root: string): Promise<void> {
    roots[i] = root
    const daemon = city.daemons[i] ?? assert.fail()
    await stopped(daemon)
    await daemon.part.start()
    await allServe()
  }

  await allServe()
  // The tables change while two daemons that know nothing of it are paid through.
  await replace(0, tomorrow)
  await replace(1, tomorrow)
  await replace(2, tomorrow)
  // Back, with the tables as they are now.
  await replace(1, old)
  const ends = await load.finish()

  const database = new URL(city.database).pathname.slice(1)
  const steps = await city.postgres.query('select name from migrations order by name', database)
  assert.equal(steps.at(-1)?.name, STEP_OF_TOMORROW)
  await merchant.audit()
  crowd.assertOneInvoiceEach()
  const paid = ends.filter((status) => status === 'paid').length
  assert.equal(await balanceMsat(city.merchantNwc), paid * AMOUNT_MSAT)
  let count = 0
  for (const { streamId } of merchant.taken) count += (await merchant.events(streamId)).length
  const feed = await wholeFeed(merchant, count)
  for (const { url } of city.daemons) {
    const instance = openMerchant(url, city.token)
    assert.deepEqual(await wholeFeed(instance, count), feed)
    instance.close()
  }
  const from = earlier === null ? 'the release at hand' : `commit ${earlier.commit}`
  console.log(`» from ${from} to one of tomorrow: ${ends.length} payments, ${paid} paid\n`)
})

async function stopped({ part }: CityDaemon): Promise<void> {
  part.child.signal('SIGTERM')
  await part.child.ended
}
