// Several daemons on one PostgreSQL: what each of them adds to the cost of a payment, how often a payment
// waits for the database, and how soon the others carry on when one is killed.
import type { Postgres } from '../test/postgres/server.ts'
import { type Figure, median, ms } from './figures.ts'
import { inTurn, medianRatio } from './in-turn.ts'
import { pay, post, read } from './load.ts'
import { nowMs } from './process.ts'
import { costOfRound } from './processor-time.ts'
import { type Merchant, pause, type World } from './world.ts'

const LEASE_S = 5
const KILL_PATIENCE_MS = 60_000
const WARM_ROUNDS = 6

type Size = {
  readonly daemons: readonly number[]
  readonly rounds: number
  readonly killed: number
}

export async function measureCluster(
  world: World,
  postgres: Postgres,
  size: Size,
): Promise<Figure[]> {
  return [...(await costs(world, postgres, size)), await takeover(world, postgres, size.killed)]
}

/** Every number of daemons, and a daemon on SQLite, round by round in turn; none hears of another's money. */
async function costs(world: World, postgres: Postgres, size: Size): Promise<Figure[]> {
  const floor = [await world.startDaemon()]
  await warm(floor, world.users)
  const groups: (readonly Merchant[])[] = []
  for (const count of size.daemons) {
    const daemons = await startOn(world, await postgres.createDatabase(), count)
    await warm(daemons, world.users)
    groups.push(daemons)
  }
  const [floors = [], ...rounds] = await inTurn(
    [floor, ...groups].map((daemons) => () => costAndWaits(daemons, world.users)),
    size.rounds,
  )
  for (const daemon of [...floor, ...groups.flat()]) await daemon.stop()
  const one = rounds[groups.findIndex(({ length }) => length === 1)] ?? []
  return groups.flatMap(({ length }, i) => figuresOf(length, rounds[i] ?? [], floors, one))
}

/** Of a payment, in one round. */
type Round = { readonly cost: number; readonly waits: number }

async function costAndWaits(
  daemons: readonly Merchant[],
  users: readonly string[],
): Promise<Round> {
  const before = await roundTrips(daemons)
  const cost = await costOfRound(daemons, users)
  return { cost, waits: ((await roundTrips(daemons)) - before) / users.length }
}

function figuresOf(
  count: number,
  rounds: readonly Round[],
  floors: readonly Round[],
  one: readonly Round[],
): Figure[] {
  const costs = costsOf(rounds)
  const figures: Figure[] = [
    {
      what: `processor time per payment, ${count} on one PostgreSQL, all together`,
      value: ms(median(costs)),
      floor: `${ms(median(costsOf(floors)))}: one on SQLite`,
      ratio: medianRatio(costs, costsOf(floors)),
      atMost: null,
    },
    {
      what: `round trips to PostgreSQL per payment, ${count} sharing it`,
      value: median(rounds.map(({ waits }) => waits)).toFixed(1),
      floor: '',
      ratio: null,
      atMost: null,
    },
  ]
  if (count === 1) return figures
  const added = (medianRatio(costs, costsOf(one)) - 1) / (count - 1)
  figures.push({
    what: `more processor time per payment for each of the ${count} beyond the first`,
    value: `${(added * 100).toFixed(0)} %`,
    floor: '',
    ratio: added,
    atMost: 0.2,
  })
  return figures
}

const costsOf = (rounds: readonly Round[]) => rounds.map(({ cost }) => cost)

/** From the death of the daemon that took them until the other has every payment paid. */
async function takeover(world: World, postgres: Postgres, payments: number): Promise<Figure> {
  const [victim, heir] = await startOn(world, await postgres.createDatabase(), 2)
  if (victim === undefined || heir === undefined) throw new Error('there are not two daemons')
  await warm([victim, heir], world.users)
  const posts = Array.from({ length: payments }, (_, i) =>
    post(victim, world.users[i % world.users.length] ?? ''),
  )
  const ends = posts.map((taken) => taken.then(() => true).catch(() => false))
  await Promise.race(posts)
  const killedAt = nowMs()
  await victim.kill()
  const acknowledged = (await Promise.all(ends)).filter(Boolean).length
  while (nowMs() - killedAt < KILL_PATIENCE_MS && (await open(heir)) > 0) await pause(20)
  const tookS = (nowMs() - killedAt) / 1000
  const left = await open(heir)
  await heir.stop()
  if (left > 0) throw new Error(`${left} payments of a killed daemon stayed open`)
  return {
    what: `a daemon killed with ${payments} payments in hand (${acknowledged} acknowledged): until the last is paid by the other`,
    value: `${tookS.toFixed(1)} s, seconds beyond the lease of ${LEASE_S} s:`,
    floor: '',
    ratio: tookS - LEASE_S,
    atMost: 1,
  }
}

async function open(daemon: Merchant): Promise<number> {
  const counts = ['pending', 'user_approved'].map(async (status) => {
    const page = await read(daemon, `/payments?status=${status}&limit=100`)
    if (page === null) throw new Error('the payments cannot be listed')
    return JSON.parse(page).payments.length as number
  })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

async function startOn(world: World, database: string, count: number): Promise<Merchant[]> {
  const daemons: Merchant[] = []
  const lightning = await world.newWallet()
  for (let i = 0; i < count; i++) daemons.push(await world.startDaemon({ database, lightning }))
  return daemons
}

/** Each alike, until its code is compiled: of four, each has a quarter of what is measured. */
async function warm(daemons: readonly Merchant[], users: readonly string[]): Promise<void> {
  for (let round = 0; round < WARM_ROUNDS; round++) {
    for (const daemon of daemons) await Promise.all(users.map((user) => pay(daemon, user)))
  }
}

/** Waits for the database so far, by their own count. */
async function roundTrips(daemons: readonly Merchant[]): Promise<number> {
  let sum = 0
  for (const daemon of daemons) {
    const text = (await read(daemon, '/metrics')) ?? ''
    for (const [, count] of text.matchAll(/^portal_database_round_trips_total\S* (\d+)$/gm)) {
      sum += Number(count)
    }
  }
  return sum
}
