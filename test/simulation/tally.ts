// What many lives came to, added up, and the page that says so.
import type { Life } from './life.ts'
import type { Violation } from './world.ts'

export type Tally = {
  readonly lives: number
  readonly payments: number
  readonly virtualMs: number
  /** CPU time that the lives took. */
  readonly cpuMs: number
  readonly faults: ReadonlyMap<string, number>
  readonly endings: ReadonlyMap<string, number>
  readonly failed: readonly { readonly seed: number; readonly violations: readonly Violation[] }[]
}

export const NOTHING: Tally = {
  lives: 0,
  payments: 0,
  virtualMs: 0,
  cpuMs: 0,
  faults: new Map(),
  endings: new Map(),
  failed: [],
}

export function tallyOf(life: Life, cpuMs: number): Tally {
  const { seed, violations, payments, virtualMs, faults, endings } = life
  const failed = violations.length === 0 ? [] : [{ seed, violations }]
  return { lives: 1, payments, virtualMs, cpuMs, faults, endings, failed }
}

export function sum(a: Tally, b: Tally): Tally {
  return {
    lives: a.lives + b.lives,
    payments: a.payments + b.payments,
    virtualMs: a.virtualMs + b.virtualMs,
    cpuMs: a.cpuMs + b.cpuMs,
    faults: counted(a.faults, b.faults),
    endings: counted(a.endings, b.endings),
    failed: [...a.failed, ...b.failed].sort((one, other) => one.seed - other.seed),
  }
}

/** Each broken promise of each failed life, with the command that lives it again. */
export function failures({ failed }: Tally, instances: number): readonly string[] {
  const options = instances === 1 ? '' : ` --instances ${instances}`
  return failed.flatMap(({ seed, violations }) => [
    `npm run simulate -- --seeds 1 --from ${seed}${options} --story`,
    ...violations.map(({ promised, text }) => `    promise ${promised}: ${text}`),
  ])
}

export function pageOf(tally: Tally): string {
  const { lives, payments, virtualMs, cpuMs, faults, endings, failed } = tally
  const all = [...faults.values()].reduce((total, count) => total + count, 0)
  return [
    `${counting(lives)} lives, ${counting(failed.length)} of them failed`,
    `${counting(payments)} payments in ${(virtualMs / 3_600_000).toFixed(1)} hours of virtual time`,
    `${(cpuMs / 1000).toFixed(0)} s of CPU, ${(cpuMs / Math.max(1, lives)).toFixed(1)} ms a life`,
    `\n${counting(all)} faults`,
    ...lines(faults),
    '\nendings',
    ...lines(endings),
  ].join('\n')
}

function lines(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].sort().map(([name, count]) => `${counting(count).padStart(10)}  ${name}`)
}

function counting(count: number): string {
  return count.toLocaleString('en-US')
}

function counted(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const all = new Map(a)
  for (const [name, count] of b) all.set(name, (all.get(name) ?? 0) + count)
  return all
}
