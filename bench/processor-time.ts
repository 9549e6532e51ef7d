// What a payment costs the daemon's process, against the bare merchant's, round by round in turn, so that
// whatever else the machine does falls on both.
import { type Figure, median, ms } from './figures.ts'
import { pay } from './load.ts'
import type { Merchant, World } from './world.ts'

export async function measureProcessorTime(
  world: World,
  size: { readonly rounds: number; readonly profileDir: string | undefined },
): Promise<Figure[]> {
  const daemon = await world.startDaemon({ profileDir: size.profileDir })
  const bare = await world.startBare()
  const first = await costOfRound([daemon], world.users)
  const firstBare = await costOfRound([bare], world.users)
  // What is compiled only after a while must be compiled on both sides.
  await costOfRound([daemon], world.users)
  await costOfRound([bare], world.users)
  const costs: number[] = []
  const floors: number[] = []
  for (let round = 0; round < size.rounds; round++) {
    costs.push(await costOfRound([daemon], world.users))
    floors.push(await costOfRound([bare], world.users))
  }
  await daemon.stop()
  await bare.stop()
  const ratios = costs.map((cost, i) => cost / (floors[i] ?? Number.NaN))
  const floor = median(floors)
  const users = world.users.length
  return [
    {
      what: `processor time per payment, warm (${users} at once, ${size.rounds} rounds)`,
      value: ms(median(costs)),
      floor: `${ms(floor)}: the same work bare`,
      ratio: median(ratios),
      atMost: 1.6,
    },
    {
      what: `processor time per payment, the first ${users} after the start, at once`,
      value: ms(first),
      floor: `${ms(floor)} warm (${ms(firstBare)} in its own first burst)`,
      ratio: first / floor,
      atMost: 2.2,
    },
  ]
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
