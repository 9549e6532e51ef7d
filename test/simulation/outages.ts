// When a part was not to be had, so that nothing is asked of the daemon that the promises do not.
export type Part = 'daemon' | 'store' | 'node'

export type Outage = {
  readonly part: Part
  readonly fromMs: number
  /** When it is over, the time to recover included; Infinity while it lasts. */
  untilMs: number
}

export interface Outages {
  begin(part: Part, atMs: number): Outage
  /** The moment until which something due at `dueMs` may take `allowedMs`, given these parts. */
  deadlineMs(dueMs: number, allowedMs: number, parts: readonly Part[]): number
}

export function createOutages(): Outages {
  const outages: Outage[] = []
  return {
    begin(part, atMs) {
      const outage: Outage = { part, fromMs: atMs, untilMs: Number.POSITIVE_INFINITY }
      outages.push(outage)
      return outage
    },
    deadlineMs(dueMs, allowedMs, parts) {
      const relevant = outages
        .filter(({ part }) => parts.includes(part))
        .sort((a, b) => a.fromMs - b.fromMs)
      let deadlineMs = dueMs + allowedMs
      // Each outage that reaches into the allowed time puts the end off; that may let in the next one.
      for (let moved = true; moved; ) {
        moved = false
        for (const { fromMs, untilMs } of relevant) {
          if (fromMs > deadlineMs || untilMs < dueMs || untilMs + allowedMs <= deadlineMs) continue
          deadlineMs = untilMs + allowedMs
          moved = true
        }
      }
      return deadlineMs
    },
  }
}
