// What every part of a simulated life shares: time, chance, the story being told and the tally of what
// went wrong on purpose.
import { type Chance, createChance } from './chance.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export const START_MS = 1_800_000_000_000

/**
 * A promise of design.md by its number; `webhooks`, that they never miss; `liveness`, that all comes to its
 * end; or `simulation`: the simulation itself is at fault.
 */
export type Promised = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 'webhooks' | 'liveness' | 'simulation'

export type Violation = { readonly promised: Promised; readonly text: string }

/** Told each line of the story. */
export type Teller = (line: string) => void

export interface World {
  readonly chance: Chance
  readonly timeline: Timeline
  /** A line of the story: who did what. */
  say(who: string, what: string): void
  /** Counts a fault that happened. */
  fault(name: string): void
  /** Runs it then; the life goes on at least until it has run. */
  arrives(delayMs: number, run: () => void): void
  /** How many of those are still to come, and when the last comes (true time). */
  readonly onTheWay: number
  readonly lastArrivalMs: number
  /** Whether messages may be hours late in this life, and payments open for as long. */
  long: boolean
  /** True once nothing goes wrong any more. */
  calm: boolean
  broken(promised: Promised, text: string): void
  readonly violations: readonly Violation[]
  readonly faults: ReadonlyMap<string, number>
  /** Two runs of a seed are the same when this is. */
  readonly hash: number
}

export function createWorld(seed: number, tell: Teller | null): World {
  const violations: Violation[] = []
  const faults = new Map<string, number>()
  let hash = 0x811c9dc5
  let onTheWay = 0
  let lastArrivalMs = START_MS

  const broken = (promised: Promised, text: string) => {
    violations.push({ promised, text })
    say('!!', `broken (${promised}): ${text}`)
  }
  const timeline = createTimeline(START_MS, (error) =>
    broken(9, `a timer threw: ${stackOf(error)}`),
  )

  function say(who: string, what: string): void {
    const atMs = timeline.nowMs - START_MS
    hash = mix(hash, atMs, who)
    hash = mix(hash, what.length, what)
    tell?.(`${(atMs / 1000).toFixed(3).padStart(10)}  ${who.padEnd(10)} ${what}`)
  }

  return {
    chance: createChance(seed),
    timeline,
    say,
    fault(name) {
      faults.set(name, (faults.get(name) ?? 0) + 1)
      say('fault', name)
    },
    arrives(delayMs, run) {
      onTheWay += 1
      lastArrivalMs = Math.max(lastArrivalMs, timeline.nowMs + delayMs)
      timeline.after(delayMs, () => {
        onTheWay -= 1
        run()
      })
    },
    get onTheWay() {
      return onTheWay
    },
    get lastArrivalMs() {
      return lastArrivalMs
    },
    long: false,
    calm: false,
    broken,
    violations,
    faults,
    get hash() {
      return hash >>> 0
    },
  }
}

export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// FNV-1a over the text.
function mix(hash: number, salt: number, text: string): number {
  let mixed = Math.imul(hash ^ (salt | 0), 0x01000193)
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193)
  return mixed
}
