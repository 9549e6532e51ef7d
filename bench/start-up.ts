// How long the daemon takes until it is ready, with years of payments in its store and with none.
import { type Figure, median, ms } from './figures.ts'
import { folderWithMany, folderWithOne } from './old-payments.ts'
import type { World } from './world.ts'

export async function measureStartUp(
  world: World,
  size: { readonly old: number; readonly starts: number },
): Promise<Figure[]> {
  const fresh = await folderWithOne(world)
  const full = await folderWithMany(world, fresh, size.old)
  const freshMs: number[] = []
  const fullMs: number[] = []
  for (let i = 0; i < size.starts; i++) {
    freshMs.push(await startOn(world, fresh))
    fullMs.push(await startOn(world, full))
  }
  return [
    {
      what: `start to \`/ready\` with ${size.old} old payments`,
      value: ms(median(fullMs)),
      floor: `${ms(median(freshMs))} with none`,
      ratio: median(fullMs) / median(freshMs),
      atMost: 1.3,
    },
  ]
}

async function startOn(world: World, folder: string): Promise<number> {
  const daemon = await world.startDaemon({ folder })
  await daemon.stop()
  return daemon.readyMs
}
