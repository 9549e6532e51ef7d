// The store's contract, on a real PostgreSQL.
import { after, before } from 'node:test'
import { exerciseStore } from '../../packages/daemon/src/store/store.contract.ts'
import { openStoreOn } from './open-store.ts'
import { type Postgres, startPostgres } from './server.ts'

let postgres: Postgres
let url: string

before(async () => {
  postgres = await startPostgres()
  url = await postgres.createDatabase()
})

after(() => postgres.close())

exerciseStore('a store in PostgreSQL', async () => {
  await postgres.query(EMPTY, new URL(url).pathname.slice(1))
  return openStoreOn(url)
})

// Every test finds the tables as new, which is quicker than a new database.
const EMPTY = `do $$ declare found text; begin
  select string_agg(quote_ident(tablename), ', ') into found from pg_tables
    where schemaname = 'public' and tablename not in ('migrations', 'log_base');
  if found is not null then execute 'truncate ' || found; end if;
end $$`
