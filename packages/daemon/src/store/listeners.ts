// Those who are told something, each for as long as they listen.

export interface Listeners<T> {
  add(listener: (what: T) => void): () => void
  tell(what: T): void
  readonly any: boolean
}

export function createListeners<T>(): Listeners<T> {
  const listeners = new Set<(what: T) => void>()
  return {
    add(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(what) {
      for (const listener of listeners) {
        try {
          listener(what)
        } catch (error) {
          // A listener's bug must be seen, but not by those whose commit this was.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
    get any() {
      return listeners.size > 0
    },
  }
}
