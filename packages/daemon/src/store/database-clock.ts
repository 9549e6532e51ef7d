// PostgreSQL's clock, in unix milliseconds: where several daemons must agree on what has run out.
import { sql } from 'kysely'

export const DATABASE_NOW_MS = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
