// What a payment costs the daemon's process, against the bare merchant's, round by round in turn, so that
// whatever else the machine does falls on both.
import { type Figure, median, ms } from './figures.ts'
import { inTurn, medianRatio } from './in-turn.ts'
import { hangUp, pay } from './load.ts'
import type { Merchant, World } from './world.ts'

type Size = {
  readonly rounds: number
  /** Daemons started for their first burst. */
  readonly starts: number
  readonly profileDir: string | undefined
}

export async function measureProcessorTime(world: World, size: Size): Promise<Figure[]> {
  const daemon = await world.startDaemon({ profileDir: size.profileDir })
  const bare = await world.startBare()
  const firstBare = await costOfRound([bare], world.users)
  // What is compiled only after a while must be compiled on both sides.
  for (const merchant of [daemon, bare, daemon]) await costOfRound([merchant], world.users)
  const [warm = [], warmFloors = []] = await inTurn(
    [daemon, bare].map((merchant) => () => costOfRound([merchant], world.users)),
    size.rounds,
  )
  await daemon.stop()
  const first: number[] = []
  const firstFloors: number[] = []
  for (let start = 0; start < size.starts; start++) {
    const fresh = await world.startDaemon()
    first.push(await costOfRound([fresh], world.users))
    await fresh.stop()
    firstFloors.push(await floorOfFirst(bare, world.users))
  }
  await bare.stop()
  const users = world.users.length
  return [
    {
      what: `processor time per payment, warm (${users} at once, ${size.rounds} rounds)`,
      value: ms(median(warm)),
      floor: `${ms(median(warmFloors))}: the same work bare`,
      ratio: medianRatio(warm, warmFloors),
      atMost: 1.6,
    },
    {
      what: `processor time per payment, the first ${users} after each of ${size.starts} starts, at once`,
      value: ms(median(first)),
      floor: `${ms(median(firstFloors))}: bare and warm, users and connections new (${ms(firstBare)} in its own first burst)`,
      ratio: medianRatio(first, firstFloors),
      atMost: 2.2,
    },
  ]
}

/** Whoever was just started has met no user, and no connection is open yet. */
async function floorOfFirst(bare: Merchant, users: readonly string[]): Promise<number> {
  await bare.ask('forgetUsers')
  hangUp()
  return costOfRound([bare], users)
}

/** Milliseconds of processor time per payment of all these together; one payment of each user at once. */
export async function costOfRound(
  merchants: readonly Merchant[],
  users: readonly string[],
): Promise<number> {
  const before = await cpuMs(merchants)
  const paid = await Promise.all(
    users.map((user, i) => pay(merchants[i % merchants.length] ?? unknown(), user)),
  )
  const lost = paid.filter(({ outcome }) => outcome !== 'paid')
  if (lost.length > 0) throw new Error(`${lost.length} were not paid: ${lost[0]?.outcome}`)
  return ((await cpuMs(merchants)) - before) / users.length
}

async function cpuMs(merchants: readonly Merchant[]): Promise<number> {
  const used = await Promise.all(merchants.map(({ ask }) => ask('usage', false)))
  return used.reduce((sum, usage) => sum + usage.cpuMs, 0)
}

function unknown(): never {
  throw new Error('there is no merchant to pay')
}
