// Turns at something that one may use at a time.

export interface Turns {
  take(): Promise<void>
  give(): void
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = []
  let taken = false
  return {
    async take() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve))
      taken = true
    },
    give() {
      const next = waiting.shift()
      if (next === undefined) taken = false
      else next()
    },
  }
}
