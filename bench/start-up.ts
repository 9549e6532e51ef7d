// How long the daemon takes until it is ready, with years of payments in its store and with none.
import { type Figure, median, ms } from './figures.ts'
import { inTurn } from './in-turn.ts'
import { folderWithMany, folderWithOne } from './old-payments.ts'
import type { DaemonOptions, World } from './world.ts'

export async function measureStartUp(
  world: World,
  size: { readonly old: number; readonly starts: number },
): Promise<Figure[]> {
  const fresh = await folderWithOne(world)
  const full = await folderWithMany(world, fresh, size.old)
  // What is the same with any store would hide what is not.
  const cold = { warmUp: 'off' } as const
  const [freshMs = [], fullMs = [], warmMs = []] = await inTurn(
    [
      () => startOn(world, { folder: fresh, ...cold }),
      () => startOn(world, { folder: full, ...cold }),
      () => startOn(world, { folder: full }),
    ],
    size.starts,
  )
  return [
    {
      what: `start to \`/ready\` with ${size.old} old payments, without warming up`,
      value: ms(median(fullMs)),
      floor: `${ms(median(freshMs))} with none`,
      ratio: median(fullMs) / median(freshMs),
      atMost: 1.3,
    },
    {
      what: 'start to `/ready`, warmed up',
      value: ms(median(warmMs)),
      floor: `${ms(median(fullMs))} without; it serves from then on`,
      ratio: median(warmMs) / median(fullMs),
      atMost: null,
    },
  ]
}

async function startOn(world: World, options: DaemonOptions): Promise<number> {
  const daemon = await world.startDaemon(options)
  await daemon.stop()
  return daemon.readyMs
}
