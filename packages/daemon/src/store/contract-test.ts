// One promise of the contract, checked on a store of its own.
import { it } from 'node:test'
import type { Store } from '../engine/ports.ts'

export type OpenStore = () => Promise<Store>

export function promiseOf(open: OpenStore) {
  return (name: string, check: (store: Store) => Promise<void>) =>
    it(name, async () => {
      const store = await open()
      try {
        await check(store)
      } finally {
        await store.close()
      }
    })
}
