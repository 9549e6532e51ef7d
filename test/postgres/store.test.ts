// The store's contract, on a real PostgreSQL.
import { after, before } from 'node:test'
import { exerciseStore } from '../../packages/daemon/src/store/store.contract.ts'
import { openStoreOn } from './open-store.ts'
import { type Postgres, startPostgres } from './server.ts'

let postgres: Postgres

before(async () => {
  postgres = await startPostgres()
})

after(() => postgres.close())

exerciseStore('a store in PostgreSQL', async () => openStoreOn(await postgres.createDatabase()))
