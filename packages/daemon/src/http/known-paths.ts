// Which methods a path has, so that a wrong method is told from a wrong path (RFC 9110 §15.5.6).

export interface KnownPaths {
  /** `pattern` as fastify writes it: `/payments/:payment_id`. */
  add(pattern: string, methods: readonly string[]): void
  /** The methods that this path has; none when there is no such path. */
  methodsAt(path: string): readonly string[]
}

export function createKnownPaths(): KnownPaths {
  const known = new Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>()
  return {
    add(pattern, methods) {
      const source = pattern.replaceAll('.', '\\.').replace(/:[a-z_]+/g, '[^/]+')
      const entry = known.get(pattern) ?? { matches: new RegExp(`^${source}$`), methods: new Set() }
      known.set(pattern, entry)
      for (const method of methods) entry.methods.add(method)
    },
    methodsAt(path) {
      const found = [...known.values()].filter(({ matches }) => matches.test(path))
      return [...new Set(found.flatMap(({ methods }) => [...methods]))]
    },
  }
}
