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

/** Runs a compiled query; `name` is the same for the same text, for as long as the process lives. */
export type Run = (
  query: CompiledQuery,
  name: string,
) => Promise<{ readonly rows: readonly unknown[]; readonly affected: number }>

/** Runs queries, on the database or inside one transaction. */
export interface Session {
  all<V extends Values, R>(query: Query<V, R>, values: V): Promise<readonly R[]>
  first<V extends Values, R>(query: Query<V, R>, values: V): Promise<R | undefined>
  /** For a query without results: how many rows it wrote. */
  write<V extends Values>(query: Query<V, unknown>, values: V): Promise<number>
  /** 0, 1, 2, …: how many times it was called before in this transaction. */
  count(): number
  readonly dialect: Dialect
  /** For reads whose shape depends on what is asked; outside any transaction. */
  readonly db: Kysely<Database>
}

type Compiled = { readonly query: CompiledQuery; readonly name: string }

/** Per dialect and for good: what a query compiles to depends on nothing else. */
const compiledFor: { readonly [D in Dialect]: WeakMap<object, Compiled> } = {
  sqlite: new WeakMap(),
  postgres: new WeakMap(),
}
let named = 0

export function createSessions(dialect: Dialect, db: Kysely<Database>): (run: Run) => Session {
  const compiled = compiledFor[dialect]

  function prepare<V extends Values>(query: Query<V, unknown>, values: V) {
    let known = compiled.get(query)
    if (known === undefined) {
      named += 1
      known = { query: query(db, standIns(values)).compile(), name: `portal_${named}` }
      compiled.set(query, known)
    }
    const bind = (value: unknown) => (value instanceof StandIn ? values[value.name] : value)
    const bound = { ...known.query, parameters: known.query.parameters.map(bind) }
    return [bound, known.name] as const
  }

  return (run) => {
    let counted = 0
    async function rows<V extends Values, R>(query: Query<V, R>, values: V) {
      const result = await run(...prepare(query, values))
      // What the query says it gives.
      return result.rows as readonly R[]
    }
    return {
      db,
      dialect,
      all: rows,
      first: async (query, values) => (await rows(query, values))[0],
      write: async (query, values) => (await run(...prepare(query, values))).affected,
      count() {
        counted += 1
        return counted - 1
      },
    }
  }
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
