// Promise 9: what a life leaves behind in the daemon, and in its log, does not depend on what was sent to it.
import type { Cast } from './cast.ts'
import type { Keeper } from './keeper.ts'
import type { World } from './world.ts'

const TIMERS_MAX = 40
const CONNECTIONS_MAX = 10
/** Lines of one kind about webhooks, for each of the endpoints: at its worst one each 5 min. */
const WEBHOOK_LINES_MAX = 30

export function checkSizes(cast: Cast): void {
  for (const keeper of cast.keepers) checkSize(cast.world, keeper)
  checkReaders(cast)
  checkLines(cast)
}

function checkLines({ world, logged, owned }: Cast): void {
  for (const name of ['webhook_failing', 'webhook_recovered', 'webhook_disabled']) {
    const lines = logged.get(name) ?? 0
    if (lines > WEBHOOK_LINES_MAX * owned.length)
      world.broken(9, `receivers made ${lines} lines ${name} in the log`)
  }
}

function checkSize(world: World, keeper: Keeper): void {
  const { timers } = keeper.mortal
  const { connections, subscriptions } = keeper.running?.relay?.stats() ?? {
    connections: 0,
    subscriptions: 0,
  }
  if (timers > TIMERS_MAX) world.broken(9, `${timers} timers are left when all is done`)
  if (connections > CONNECTIONS_MAX || subscriptions > 2 * CONNECTIONS_MAX) {
    world.broken(
      9,
      `${connections} connections and ${subscriptions} subscriptions are left when all is done`,
    )
  }
}

/** Of whoever hung up nothing is left. */
function checkReaders({ world, doors, api }: Cast): void {
  const followed = doors.reduce((sum, { inhabitant }) => sum + (inhabitant?.readers ?? 0), 0)
  if (followed > api.waiting)
    world.broken(9, `the log is followed for ${followed} readers, of whom ${api.waiting} are there`)
}
