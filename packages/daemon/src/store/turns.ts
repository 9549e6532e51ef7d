// Turns at something that only so many may use at a time.

export interface Turns {
  take(): Promise<void>
  give(): void
}

/** Runs it when its turn has come, and gives the turn on whatever becomes of it. */
export async function inTurn<T>(turns: Turns, run: () => Promise<T>): Promise<T> {
  await turns.take()
  try {
    return await run()
  } finally {
    turns.give()
  }
}

export function createTurns(places = 1): Turns {
  const waiting: (() => void)[] = []
  let free = places
  return {
    async take() {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
    },
    give() {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    },
  }
}
