// npm run simulate:mutants [-- --sample N --seeds N]: breaks the daemon in many small ways, one at a time and in
// a copy, and shows at which seed the simulation notices, and which promise it finds broken. First a
// sample of all there are, then those of the files that keep a promise found broken less than three times,
// until it is. `--only payment/,inbound.ts:94:` tries a sample of these places and no more.
import { execFile } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commandLine, countOf } from '../command-line.ts'
import { createChance } from './chance.ts'
import { KEPT_IN } from './kept-in.ts'
import { type Mutant, mutantsOf, mutated } from './mutation.ts'
import { PICKED } from './picked-mutants.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const FOLDERS = ['payment', 'engine', 'store', 'nostr', 'lightning']
/** Nothing in them runs here, or nothing they do can be seen from the outside. */
const LEFT_OUT =
  /(\.test|\.contract|\.fixtures)\.ts$|lnd|postgres|backup|sqlite-source|move-|database-clock|readiness|probe|metrics|migration|sample-|contract-test|list-payments|ports\.ts|refusal\.ts|logger\.ts|sqlite-error/
const HUNT_LIMIT_MS = 150_000
/** How many mutants are to show each promise broken. */
const ENOUGH = 3
/** Mutants tried at once, each in a copy of its own. */
const HANDS = availableParallelism()

type Found = {
  readonly seed: number
  readonly promised: readonly (number | string)[]
  readonly text: string
}
/** `crashed`: no life could be lived with it, which shows nothing of a promise. */
type Outcome = { readonly mutant: Mutant; readonly found: Found | 'survived' | 'hung' | 'crashed' }

const values = commandLine({
  sample: { type: 'string', default: '60' },
  seeds: { type: 'string', default: '200' },
  order: { type: 'string', default: '1' },
  only: { type: 'string', default: '' },
})
const sample = countOf('sample', values.sample)
const seeds = countOf('seeds', values.seeds, 1)
const drawing = countOf('order', values.order)

await main()

async function main(): Promise<void> {
  const outcomes: Outcome[] = []
  const next = queueFor(outcomes)
  const work = async () => {
    const copy = newCopy()
    try {
      for (let mutant = next(); mutant !== null; mutant = next()) {
        const found = await tried(mutant, copy)
        if (found === null) continue
        outcomes.push({ mutant, found })
        console.log(lineOf({ mutant, found }))
      }
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  }
  await Promise.all(Array.from({ length: HANDS }, work))
  summarise(outcomes)
}

/** A copy of what a life needs, to be broken. */
function newCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'portal-mutants-'))
  for (const part of [
    'packages/daemon',
    'test/simulation',
    'test/command-line.ts',
    'package.json',
  ]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** Which mutant to try next, by what was found so far; null: no more. */
function queueFor(outcomes: readonly Outcome[]): () => Mutant | null {
  const mutants = shuffled()
  const first = [...PICKED.flatMap(picked).filter(isMeant), ...mutants.splice(0, sample)]
  return () => {
    const next = first.shift()
    if (next !== undefined) return next
    return values.only === '' ? nextFor(poorest(outcomes, mutants), mutants) : null
  }
}

/** The promise that fewest have shown broken, if it is not enough and mutants of its files are left. */
function poorest(outcomes: readonly Outcome[], left: readonly Mutant[]): number | null {
  const poor = [...KEPT_IN.keys()]
    .map((promise) => ({ promise, count: breaking(promise, outcomes).length }))
    .filter(({ promise, count }) => count < ENOUGH && left.some((one) => keeps(one, promise)))
    .sort((a, b) => a.count - b.count)
  return poor[0]?.promise ?? null
}

function nextFor(promise: number | null, left: Mutant[]): Mutant | null {
  if (promise === null) return null
  const at = left.findIndex((one) => keeps(one, promise))
  return left.splice(at, 1)[0] ?? null
}

function keeps({ file }: Mutant, promise: number): boolean {
  return KEPT_IN.get(promise)?.some((place) => file.endsWith(place)) ?? false
}

function breaking(promise: number, outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(
    ({ found }) => typeof found === 'object' && found.promised.includes(promise),
  )
}

function isMeant({ file, line }: Mutant): boolean {
  return values.only.split(',').some((place) => `${file}:${line}:`.includes(place))
}

/** Mutants by rule, all there are, in an order by chance. */
function shuffled(): Mutant[] {
  const pattern = `packages/daemon/src/{${FOLDERS.join(',')}}/**/*.ts`
  const files = globSync(pattern, { cwd: ROOT })
    .filter((file) => !LEFT_OUT.test(file))
    .sort()
  const all = files
    .flatMap((file) => mutantsOf(file, readFileSync(join(ROOT, file), 'utf8')))
    .filter(isMeant)
  const chance = createChance(drawing)
  const order = all.map((mutant) => ({ mutant, at: chance.fraction() })).sort((a, b) => a.at - b.at)
  console.log(`${all.length} mutants by rule in ${files.length} files`)
  return order.map(({ mutant }) => mutant)
}

/** A picked mutant where its text stands in the file today. */
function picked({ file, before, after, instances }: (typeof PICKED)[number]): readonly Mutant[] {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n')
  const at = lines.findIndex((line) => line.includes(before))
  const line = lines[at]
  if (line === undefined) {
    console.log(`a picked mutant no longer fits: ${file} has no "${before}"`)
    return []
  }
  const changed = line.replace(before, after)
  return [{ file, line: at + 1, rule: 'picked', before: line, after: changed, instances }]
}

/** What the simulation says of it; null when it is no program any more. */
async function tried(mutant: Mutant, copy: string): Promise<Outcome['found'] | null> {
  const path = join(copy, mutant.file)
  const original = readFileSync(path, 'utf8')
  const text = mutated(original, mutant)
  if (text === null) return null
  writeFileSync(path, text)
  try {
    const hunt = join(copy, 'test/simulation/hunt.ts')
    const args = [hunt, '--seeds', String(seeds), '--instances', String(mutant.instances ?? 1)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: HUNT_LIMIT_MS })
    const found: Found | null = JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null')
    return found ?? 'survived'
  } catch (error) {
    const killed = error instanceof Error && 'killed' in error && error.killed === true
    if (killed) return 'hung'
    return isNoProgram(error) ? null : 'crashed'
  } finally {
    writeFileSync(path, original)
  }
}

function isNoProgram(error: unknown): boolean {
  return /SyntaxError|ERR_INVALID_TYPESCRIPT|ReferenceError/.test(String(error))
}

function lineOf({ mutant, found }: Outcome): string {
  const { file, line, rule, before, after } = mutant
  const where = `${file.replace('packages/daemon/src/', '')}:${line}`
  const what = `${where.padEnd(30)} ${rule}: ${before.trim()} → ${after.trim() || '(nothing)'}`
  if (typeof found === 'string') return `${found.padEnd(15)}${what}`
  return `${found.promised.join(' ').padEnd(9)} ${String(found.seed).padStart(4)} ${what}\n${' '.repeat(15)}${found.text}`
}

function summarise(outcomes: readonly Outcome[]): void {
  const count = (what: string) => outcomes.filter(({ found }) => found === what).length
  const found = outcomes.filter((outcome) => typeof outcome.found === 'object').length
  console.log(
    `\n${found} of ${outcomes.length} mutants found; ${count('hung')} hung, ` +
      `${count('crashed')} crashed, ${count('survived')} survived`,
  )
  console.log('promise   mutants   of them by rule')
  let poor = false
  for (const promise of KEPT_IN.keys()) {
    const its = breaking(promise, outcomes)
    const byRule = its.filter(({ mutant }) => mutant.rule !== 'picked').length
    // Most of them made by rule, not picked.
    poor ||= its.length < ENOUGH || byRule * 2 <= its.length
    console.log(`${String(promise).padEnd(10)}${String(its.length).padEnd(10)}${byRule}`)
  }
  process.exitCode = poor && values.only === '' ? 1 : 0
}
