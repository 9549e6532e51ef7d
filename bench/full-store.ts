// Whether a payment costs more with years of payments in the store: daemons on stores of several sizes,
// round by round in turn.
import type { Postgres } from '../test/postgres/server.ts'
import { type Figure, median, ms } from './figures.ts'
import { inTurn, medianRatio } from './in-turn.ts'
import { databaseWithMany, folderWithMany, folderWithOne } from './old-payments.ts'
import { costOfRound } from './processor-time.ts'
import type { Merchant, World } from './world.ts'

type Size = { readonly stores: readonly number[]; readonly rounds: number }

export async function measureFullStore(world: World, size: Size): Promise<Figure[]> {
  const one = await folderWithOne(world)
  const daemons = []
  for (const count of size.stores) {
    const folder = await folderWithMany(world, one, count)
    daemons.push(await world.startDaemon({ folder }))
  }
  return costs(world, daemons, size, 'in the store')
}

export async function measureFullDatabase(
  world: World,
  postgres: Postgres,
  size: Size,
): Promise<Figure[]> {
  const daemons = []
  for (const count of size.stores) {
    const database = await databaseWithMany(world, postgres, count)
    daemons.push(await world.startDaemon({ database }))
  }
  return costs(world, daemons, size, 'in PostgreSQL')
}

async function costs(
  world: World,
  daemons: readonly Merchant[],
  size: Size,
  where: string,
): Promise<Figure[]> {
  for (const daemon of [...daemons, ...daemons]) await costOfRound([daemon], world.users)
  const costs = await inTurn(
    daemons.map((daemon) => () => costOfRound([daemon], world.users)),
    size.rounds,
  )
  for (const daemon of daemons) await daemon.stop()
  const [least = []] = costs
  return size.stores.slice(1).map((count, i) => {
    const many = costs[i + 1] ?? []
    return {
      what: `processor time per payment with ${count} payments ${where}`,
      value: ms(median(many)),
      floor: `${ms(median(least))} with ${size.stores[0]}`,
      ratio: medianRatio(many, least),
      atMost: 1.2,
    }
  })
}
