// A bounded memory that forgets the oldest: two generations, the older one dropped whole.

export interface RecentMap<V> {
  get(key: string): V | undefined
  has(key: string): boolean
  set(key: string, value: V): void
  readonly size: number
}

/** Holds at least the last `max / 2` keys that were set or got, and never more than `max`. */
export function createRecentMap<V>(max: number): RecentMap<V> {
  const generationMax = Math.max(1, Math.floor(max / 2))
  let young = new Map<string, V>()
  let old = new Map<string, V>()

  function set(key: string, value: V): void {
    if (young.size >= generationMax && !young.has(key)) {
      old = young
      young = new Map()
    }
    old.delete(key)
    young.set(key, value)
  }

  return {
    get(key) {
      const found = young.get(key)
      if (found !== undefined) return found
      const aged = old.get(key)
      if (aged !== undefined) set(key, aged)
      return aged
    },
    has: (key) => young.has(key) || old.has(key),
    set,
    get size() {
      return young.size + old.size
    },
  }
}
