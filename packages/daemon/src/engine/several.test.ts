import { DatabaseSync } from 'node:sqlite'
import { sqliteStoreOn } from '../store/sqlite-store.ts'
import { createTurns } from '../store/turns.ts'
import { type ClusterWorld, createCluster } from '../testing/cluster-world.ts'
import { createChannels } from '../testing/memory-channels.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { exerciseSeveral } from './several.contract.ts'

const START_MS = 1_800_000_000_000
const STEP_MS = 20
const PATIENCE_MS = 20_000

exerciseSeveral(openCluster, { virtual: true })

async function openCluster(): Promise<ClusterWorld> {
  const clock = createVirtualClock(START_MS)
  const channels = createChannels()
  const database = new DatabaseSync(':memory:')
  const turns = createTurns()
  let opened = 0
  return createCluster({
    clock,
    openStore() {
      opened += 1
      const sharing = { name: `daemon ${opened}`, channel: channels.open(), turns }
      return sqliteStoreOn(facadeOf(database), { clock }, sharing)
    },
    async until(look, holds) {
      const fromMs = clock.nowMs()
      for (;;) {
        await clock.settle()
        const found = await look()
        if (holds(found)) return found
        if (clock.nowMs() - fromMs > PATIENCE_MS) {
          throw new Error(`it did not come to pass; last seen: ${JSON.stringify(found)}`)
        }
        await clock.advance(STEP_MS)
      }
    },
    pass: (ms) => clock.advance(ms),
    close: async () => database.close(),
  })
}

/** A store closes its connection; this one is everybody's. */
function facadeOf(database: DatabaseSync): DatabaseSync {
  return new Proxy(database, {
    get(target, name) {
      if (name === 'close') return () => {}
      const found: unknown = Reflect.get(target, name)
      return typeof found === 'function' ? found.bind(target) : found
    },
  })
}
