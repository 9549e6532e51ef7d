// Queries of a fixed shape, compiled by kysely once and run with other values each time: building
// and compiling one costs several times what SQLite needs to run it.
import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import type { Database, Dialect } from './schema.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * A query as a function of its values. It is called once, with stand-ins for the values, so it must
 * not look at them; and it must be a constant, since what it compiled to is remembered by it.
 */
export type Query<V extends Values, R> = (db: Kysely<Database>, values: V) => Compilable<R>

/** A query that the databases put differently. */
export type PerDialect<V extends Values, R> = { readonly [D in Dialect]: Query<V, R> }

/** Runs queries, on the database or inside one transaction. */
export interface Session {
  all<V extends Values, R>(query: Query<V, R>, values: V): Promise<readonly R[]>
  first<V extends Values, R>(query: Query<V, R>, values: V): Promise<R | undefined>
  /** For a query without results: how many rows it wrote. */
  write<V extends Values>(query: Query<V, unknown>, values: V): Promise<number>
  readonly dialect: Dialect
  /** For queries whose shape depends on what is asked. */
  readonly db: Kysely<Database>
}

/** Makes sessions that share what was compiled; all must be of one dialect. */
export function createSessions(dialect: Dialect): (db: Kysely<Database>) => Session {
  const compiled = new WeakMap<object, CompiledQuery>()

  function prepare<V extends Values>(
    db: Kysely<Database>,
    query: Query<V, unknown>,
    values: V,
  ): CompiledQuery {
    let known = compiled.get(query)
    if (known === undefined) {
      known = query(db, standIns(values)).compile()
      compiled.set(query, known)
    }
    const bind = (value: unknown) => (value instanceof StandIn ? values[value.name] : value)
    return { ...known, parameters: known.parameters.map(bind) }
  }

  return (db) => ({
    db,
    dialect,
    async all<V extends Values, R>(query: Query<V, R>, values: V) {
      return (await db.executeQuery<R>(prepare(db, query, values))).rows
    },
    async first<V extends Values, R>(query: Query<V, R>, values: V) {
      return (await db.executeQuery<R>(prepare(db, query, values))).rows[0]
    },
    async write(query, values) {
      const { numAffectedRows } = await db.executeQuery(prepare(db, query, values))
      return Number(numAffectedRows ?? 0)
    },
  })
}

class StandIn {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

function standIns<V extends Values>(values: V): V {
  // kysely passes on whatever it is given as a value, so these come out as the parameters.
  return Object.fromEntries(Object.keys(values).map((name) => [name, new StandIn(name)])) as V
}
