// Several engines on one real PostgreSQL: what is promised of them on a shared store.
import { after, before } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock as clock } from 'portal-relay'
import { exerciseSeveral } from '../../packages/daemon/src/engine/several.contract.ts'
import { createCluster } from '../../packages/daemon/src/testing/cluster-world.ts'
import { openStoreOn } from './open-store.ts'
import { type Postgres, startPostgres } from './server.ts'

const PATIENCE_MS = 20_000
const LOOK_EVERY_MS = 10

let postgres: Postgres

before(async () => {
  postgres = await startPostgres()
})

after(() => postgres.close())

exerciseSeveral(
  async () => {
    const url = await postgres.createDatabase()
    return createCluster({
      clock,
      openStore: () => openStoreOn(url),
      async until(look, holds) {
        const deadline = AbortSignal.timeout(PATIENCE_MS)
        for (;;) {
          const found = await look()
          if (holds(found)) return found
          if (deadline.aborted) throw new Error(`last seen: ${JSON.stringify(found)}`)
          await pause(LOOK_EVERY_MS)
        }
      },
      pass: (ms) => pause(ms),
      close: async () => {},
    })
  },
  { virtual: false },
)
