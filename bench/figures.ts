// Numbers into figures: each with its floor and, where there is one, the bound it must keep.

export type Figure = {
  readonly what: string
  readonly value: string
  /** What it is compared with, measured in the same run. */
  readonly floor: string
  /** The figure in units of its floor, or what else is bounded; null: nothing is. */
  readonly ratio: number | null
  readonly atMost: number | null
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value that this share of them does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function isMet({ ratio, atMost }: Figure): boolean {
  return ratio === null || atMost === null || ratio <= atMost
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`
}

export function row(figure: Figure): string {
  const { what, value, floor, ratio, atMost } = figure
  const times = ratio === null ? '' : `${ratio.toFixed(2)}${floor === '' ? '' : ' ×'}`
  const bound = atMost === null ? '' : `≤ ${atMost}${isMet(figure) ? '' : ' (missed)'}`
  return `| ${what} | ${value} | ${floor} | ${times} | ${bound} |`
}

export const TABLE_HEAD =
  '| figure | measured | floor in the same run | ratio | aim |\n|---|---|---|---|---|'
