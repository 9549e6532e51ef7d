// What was told so far, for any number of readers, each from the beginning.

export type Journal<T> = AsyncIterable<T> & {
  push(item: T): void
  /** No more items; with a `failure`, readers throw its reason after the last one. */
  end(failure?: { readonly reason: unknown }): void
}

/** Keeps every item: for logs known to be short. */
export function createJournal<T>(): Journal<T> {
  const items: T[] = []
  let ended: { readonly failure: { readonly reason: unknown } | undefined } | null = null
  let wake = () => {}
  let changed = new Promise<void>((resolve) => {
    wake = resolve
  })

  function change(): void {
    wake()
    changed = new Promise((resolve) => {
      wake = resolve
    })
  }

  async function* read(): AsyncGenerator<T, void> {
    for (let told = 0; ; ) {
      const next = items.slice(told)
      yield* next
      told += next.length
      if (told < items.length) continue
      if (ended?.failure !== undefined) throw ended.failure.reason
      if (ended !== null) return
      await changed
    }
  }

  return {
    push(item) {
      items.push(item)
      change()
    },
    end(failure) {
      ended = { failure }
      change()
    },
    [Symbol.asyncIterator]: read,
  }
}
