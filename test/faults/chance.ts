// Chance from a printed seed, so that a run that failed can be tried again: PORTAL_TEST_SEED=… npm test.
// What the operating system does between two moments stays its own; the moments themselves repeat.
import { randomInt } from 'node:crypto'

/** Whether the counts of `npm run test:long` are meant. */
export const isLong = process.env.PORTAL_TEST_LONG === '1'

/** How many: the figure of `npm test`, or that of `npm run test:long`. */
export function times(short: number, long: number): number {
  return isLong ? long : short
}

/** The seed of this run, printed once with what it is for. */
export function seedFor(purpose: string): number {
  const given = Number(process.env.PORTAL_TEST_SEED)
  const seed = Number.isSafeInteger(given) && given > 0 ? given : randomInt(1, 2 ** 31)
  console.log(`» ${purpose}: seed ${seed}\n`)
  return seed
}

export interface Chance {
  /** A whole number from `min` to `max`, both possible. */
  between(min: number, max: number): number
  oneOf<T>(values: readonly [T, ...T[]]): T
}

/** Mulberry32: 32 bits of state are plenty for choosing moments. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    between,
    oneOf: (values) => values[between(0, values.length - 1)] ?? values[0],
  }
}
