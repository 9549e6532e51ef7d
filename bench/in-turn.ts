// What is compared is measured in turn, so that whatever else the machine does falls on all of it.
import { median } from './figures.ts'

/** Runs each of these once a round; what each came to, round by round. */
export async function inTurn<T>(
  measures: readonly (() => Promise<T>)[],
  rounds: number,
): Promise<readonly (readonly T[])[]> {
  const all = measures.map((): T[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, measure] of measures.entries()) all[i]?.push(await measure())
  }
  return all
}

/** The median of how many times its floor a value was in the same round. */
export function medianRatio(values: readonly number[], floors: readonly number[]): number {
  return median(values.map((value, round) => value / (floors[round] ?? Number.NaN)))
}
