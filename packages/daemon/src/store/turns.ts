// Turns at something that only so many may use at a time.

export interface Turns {
  take(): Promise<void>
  give(): void
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
