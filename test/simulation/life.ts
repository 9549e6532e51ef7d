// One life: up to three payments with their users, a merchant, a node, relays and whatever goes wrong,
// all from one seed; at its end every promise is checked.
import { type Cast, createCast, type Setting } from './cast.ts'
import { checkIntroductions, checkLog } from './check-log.ts'
import { checkMoney } from './check-money.ts'
import { checkRequests } from './check-requests.ts'
import { checkSizes } from './check-sizes.ts'
import { checkWebhooks, undelivered } from './check-webhooks.ts'
import { checkWords } from './check-words.ts'
import type { Pace } from './daemon.ts'
import { belate, planFaults } from './faults.ts'
import { casesOf, ENDS, type PaymentSeen } from './findings.ts'
import { authenticate, handshake } from './introductions.ts'
import type { Keeper } from './keeper.ts'
import { type OrderPlan, order } from './merchant.ts'
import { makeNoise } from './noise.ts'
import { followFeed, readFeed, readStream } from './readers.ts'
import { openEndpoints, planTroubles } from './receiver.ts'
import { eventsOf, type Told } from './sightings.ts'
import type { Stage } from './stage.ts'
import { pester } from './stranger.ts'
import { askForWebhooks } from './webhook-owner.ts'
import { createWorld, START_MS, type Teller, type Violation, type World } from './world.ts'

export type Life = {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly faults: ReadonlyMap<string, number>
  readonly payments: number
  readonly endings: ReadonlyMap<string, number>
  readonly virtualMs: number
  readonly hash: number
}

/** What must be told within this time once all is calm and everything has expired. */
const PATIENCE_MS = 2_400_000
/** How often a daemon looks after its connections in a life of hours. */
const LONG_MS = 600_000
const CHECK_EVERY_MS = 2_000

/** `instances`: how many daemons there are, on one store. */
export async function live(
  seed: number,
  stage: Stage,
  tell: Teller | null = null,
  instances = 1,
): Promise<Life> {
  const world = createWorld(seed, tell)
  const unwatch = watchProcess(world)
  const pace = paceOf(world, instances)
  world.long = pace.roundTripEveryMs === LONG_MS
  const cast = await begun(world, stage.next(instances), pace)
  const payments = await lived(cast)
  cast.close()
  unwatch()
  return {
    seed,
    violations: world.violations,
    faults: world.faults,
    payments: payments.length,
    endings: endingsOf(payments),
    virtualMs: world.timeline.nowMs - START_MS,
    hash: world.hash,
  }
}

async function begun(world: World, stage: Setting, pace: Pace): Promise<Cast> {
  const { timeline, chance } = world
  const { promise, resolve } = Promise.withResolvers<Cast>()
  timeline.after(0, () => {
    const cast = createCast(world, stage, pace)
    resolve(cast)
    const { activities, merchant, users } = cast
    const orders = ordersOf(cast)
    const horizonMs = Math.max(...orders.map(({ atMs, plan }) => atMs + plan.expiresInS * 1000))
    cast.horizonMs = START_MS + horizonMs
    for (const { atMs, plan } of orders) {
      activities.run(timeline.sleep(atMs).then(() => order(plan, merchant)))
    }
    const soon = () => timeline.sleep(chance.between(500, 8_000))
    if (chance.odds(world.long ? 0.5 : 0.14))
      activities.run(soon().then(() => handshake(users, merchant)))
    if (chance.odds(0.08)) {
      activities.run(soon().then(() => authenticate(chance.pick(users), merchant)))
    }
    const hasWebhooks = chance.odds(cast.several ? 0.3 : 0.12)
    if (hasWebhooks) {
      openEndpoints(cast.receiver, world)
      activities.run(timeline.sleep(500).then(() => askForWebhooks(merchant)))
    }
    if (chance.odds(0.1)) timeline.after(chance.between(0, 10_000), () => void pester(cast))
    const isNoisy = chance.odds(0.06)
    if (isNoisy) timeline.after(chance.between(3_000, 10_000), () => makeNoise(cast))
    void followFeed(cast.readers)
    const count = chance.weighted([
      [15, 0],
      [25, 1],
      [25, 2],
      [15, 3],
      [10, 5],
      [10, 8],
    ])
    const calmAtMs = Math.min(horizonMs, 400_000) + chance.between(0, 20_000)
    cast.untroubled = count === 0 && !world.long && !isNoisy
    if (world.long) belate(cast, calmAtMs)
    const untilMs = count === 0 && !hasWebhooks ? 0 : calmAtMs
    cast.calmAtMs = START_MS + untilMs
    planFaults(cast, count, untilMs)
    planTroubles(cast.receiver, world, cast.several ? Math.min(untilMs, 40_000) : untilMs)
  })
  await timeline.step(START_MS)
  return promise
}

/** Lets time pass until all is told, then checks; the payments there are. */
async function lived(cast: Cast): Promise<readonly PaymentSeen[]> {
  const { world, keepers, activities } = cast
  const isUp = ({ running, mortal }: Keeper) => running !== null && !mortal.paused
  const quiet = () =>
    world.calm && world.onTheWay === 0 && activities.running === 0 && keepers.every(isUp)
  await passed(
    world,
    () => quiet() && allTold(cast),
    () => limitMs(cast),
  )
  let swept = await sweep(cast)
  // Again while something is open, or happened while it was being read: a user may pay after the end.
  while (!swept.isFinal && world.timeline.nowMs < limitMs(cast)) {
    const untilMs = world.timeline.nowMs + 10_000
    await passed(
      world,
      () => false,
      () => untilMs,
    )
    swept = await sweep(cast)
  }
  const { payments, read } = swept
  const findings = { ...cast, payments, nodeIsKnown: cast.habits.namesNode }
  const cases = casesOf(findings)
  checkMoney(findings, cases)
  checkWords(findings, cases)
  checkRequests(findings, cases)
  checkLog(findings, read)
  checkIntroductions(findings)
  checkWebhooks(findings)
  checkSizes(cast)
  return payments
}

/** The latest moment by which all must be told. */
function limitMs({ world, horizonMs, wall }: Cast): number {
  return Math.max(horizonMs, world.lastArrivalMs) + PATIENCE_MS + wall.setBackMs
}

async function passed(world: World, enough: () => boolean, untilMs: () => number): Promise<void> {
  const limit = untilMs
  let checkedAtMs = 0
  for (;;) {
    const { nowMs } = world.timeline
    if (nowMs >= limit()) return
    if (nowMs - checkedAtMs >= CHECK_EVERY_MS) {
      checkedAtMs = nowMs
      if (enough()) return
    }
    await world.timeline.step(Math.min(limit(), nowMs + CHECK_EVERY_MS))
  }
}

/** Everything ended, and all money that came was told. */
function allTold(cast: Cast): boolean {
  const { seen, introductions, ownLedger } = cast
  const statuses = (streamId: string) =>
    eventsOf(seen, streamId).map(({ data }) => String(data.status))
  const streams = new Set(
    seen.intents.flatMap(({ acknowledged }) => acknowledged.map(({ streamId }) => streamId)),
  )
  for (const item of seen.feed.values()) if (item.type === 'payment') streams.add(item.streamId)
  for (const streamId of streams) {
    if (!statuses(streamId).some((status) => ENDS.includes(status))) return false
  }
  for (const { streamId, lasting } of introductions) {
    if (!lasting && eventsOf(seen, streamId).length === 0) return false
  }
  if ([...ownLedger.invoices.values()].some(({ state }) => state === 'held')) return false
  if (undelivered(cast).length > 0) return false
  const paid = [...seen.feed.values()].filter(({ data }) => data.status === 'paid').length
  const settled = [...ownLedger.invoices.values()].filter(
    ({ settledAtMs }) => settledAtMs !== null,
  ).length
  return paid >= settled
}

type Sweep = {
  readonly payments: readonly PaymentSeen[]
  readonly read: ReadonlyMap<string, readonly Told[]>
  readonly isFinal: boolean
}

/** Reads everything once more. */
async function sweep(cast: Cast): Promise<Sweep> {
  const { world, api, readers, seen, ownLedger } = cast
  let done: Sweep | null = null
  const nothing: Sweep = { payments: [], read: new Map(), isFinal: true }
  const before = seen.feed.size
  world.timeline.after(0, async () => {
    await readFeed(readers)
    const reply = await api.call({ method: 'GET', url: '/payments?limit=100' })
    if (typeof reply === 'string' || reply.status !== 200) {
      world.broken(9, `at the end GET /payments was answered ${JSON.stringify(reply)}`)
      done = nothing
      return
    }
    const { payments } = reply.body as { payments: readonly PaymentSeen[] }
    const streams = new Set([...seen.told.keys(), ...payments.map(({ stream_id }) => stream_id)])
    const read = new Map<string, readonly Told[]>()
    for (const streamId of streams) read.set(streamId, await readStream(streamId, readers))
    const told = new Set(
      payments.flatMap(({ paid_at, payment_hash }) => (paid_at === null ? [] : payment_hash)),
    )
    const settled = [...ownLedger.invoices.values()].filter(
      (invoice) => invoice.settledAtMs !== null,
    )
    const isFinal =
      seen.feed.size === before &&
      payments.every(({ status }) => ENDS.includes(status)) &&
      settled.every(({ paymentHash }) => told.has(paymentHash))
    done = { payments, read, isFinal }
  })
  const untilMs = world.timeline.nowMs + 60_000
  while (done === null && world.timeline.nowMs < untilMs) await world.timeline.step(untilMs)
  return done ?? nothing
}

function ordersOf({
  world: { chance, long },
  users,
  habits,
}: Cast): { atMs: number; plan: OrderPlan }[] {
  const count = chance.weighted([
    [5, 1],
    [3, 2],
    [2, 3],
  ])
  return Array.from({ length: count }, (_, i) => {
    const expiresInS = long
      ? chance.pick(habits.pushes ? [600, 900, 5_400] : [600, 900])
      : chance.weighted([
          [4, 5],
          [4, 10],
          [4, 20],
          [3, 40],
          [2, 70],
          [1, 150],
          [1, 300],
        ])
    const kind = chance.odds(0.7) ? 'single' : 'invoice'
    const hold =
      kind === 'single' && chance.odds(0.12)
        ? chance.pick(['capture', 'capture', 'cancel', 'forget'])
        : null
    const plan: OrderPlan = {
      name: 'abc'.charAt(i),
      user: chance.pick(users),
      kind,
      expiresInS,
      key: chance.odds(0.75),
      declaresSubkeys: chance.odds(0.4),
      races: chance.odds(0.12),
      cancelAfterMs: chance.odds(0.2) ? chance.between(0, expiresInS * 1_100) : null,
      follows: chance.odds(0.4),
      hold,
    }
    return { atMs: chance.between(0, 8_000), plan }
  })
}

function paceOf({ chance }: World, instances: number): Pace {
  // Several daemons look after each other every second, which makes hours of them dear.
  const long = instances === 1 ? 12 : 2
  return chance.weighted<Pace>([
    [65, { roundTripEveryMs: 60_000, probeEveryMs: 600_000, pings: false, commitMaxMs: 2 }],
    [22, { roundTripEveryMs: 15_000, probeEveryMs: 600_000, pings: false, commitMaxMs: 3 }],
    [4, { roundTripEveryMs: 15_000, probeEveryMs: 15_000, pings: true, commitMaxMs: 4 }],
    [long, { roundTripEveryMs: LONG_MS, probeEveryMs: 3_600_000, pings: false, commitMaxMs: 8 }],
  ])
}

function endingsOf(payments: readonly PaymentSeen[]): ReadonlyMap<string, number> {
  const endings = new Map<string, number>()
  for (const { status, code, late } of payments) {
    const name = [status, code, late ? 'late' : null].filter((word) => word !== null).join('/')
    endings.set(name, (endings.get(name) ?? 0) + 1)
  }
  return endings
}

/** What would have ended a real process is the daemon's fault, unless it was dead by then. */
function watchProcess(world: World): () => void {
  const rejected = (error: unknown) => {
    if (!isOfTheDead(error))
      world.broken(
        9,
        `unhandled rejection: ${error instanceof Error ? error.stack : String(error)}`,
      )
  }
  process.on('unhandledRejection', rejected)
  return () => void process.off('unhandledRejection', rejected)
}

function isOfTheDead(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'Died' || isOfTheDead(error.cause)
}
