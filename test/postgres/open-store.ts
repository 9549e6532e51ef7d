// A store on a database of a test's, as a daemon would open it.
import { systemClock as clock } from 'portal-relay'
import type { Store } from '../../packages/daemon/src/engine/ports.ts'
import { createPostgresStore } from '../../packages/daemon/src/store/postgres-store.ts'

let opened = 0

export function openStoreOn(
  url: string,
  roundTrip: (of: 'write' | 'read') => void = () => {},
): Promise<Store> {
  opened += 1
  const name = `store ${opened} of ${process.pid}`
  return createPostgresStore(url, { clock, name, chance: Math.random, roundTrip })
}
