// `npm test`: types, lint, every test. Ends with one line, `N passed, N failed, N skipped`, where a check
// of the types or the lint counts as one test. `--quick` leaves out what needs real parts. `--long`
// (`npm run test:long`) runs the fault tests alone, with counts that take hours.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { relative } from 'node:path'

type Counts = { passed: number; failed: number; skipped: number }

const reporter = new URL('./reporter.ts', import.meta.url).href
const endWithRunner = new URL('./end-with-runner.ts', import.meta.url).href
const root = new URL('..', import.meta.url).pathname
const bin = (name: string) => `${root}node_modules/.bin/${name}`
const quick = process.argv.includes('--quick')
const long = process.argv.includes('--long')
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))

/** Whole-system tests spend most of their time waiting: for deadlines, outages, nodes to come up. */
const LANES = 2
/** They measure, or build anew what the others import. */
const ALONE = [
  'test/bench/',
  'test/faults/load',
  'packages/sdk/test/browser',
  'packages/sdk/test/package',
]
/** In this order, so that nothing long is left over at the end; the contract builds everybody's nodes. */
const FIRST = [
  'test/lightning/contract',
  'test/cluster/faults',
  'test/faults/outages',
  'test/faults/lightning',
  'test/java/',
  'test/faults/',
  'test/lightning/faults',
]

/** No test may hang for ever: whatever runs longer is ended, and has failed. */
const RUN_MAX_MS = long ? 12 * 3_600_000 : 25 * 60_000

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
process.env.TEST_RUNNER_PID = String(process.pid)
if (long) process.env.PORTAL_TEST_LONG = '1'
else if (chosen.length === 0) {
  add(await check('types', bin('tsc'), ['--noEmit']))
  add(await check('lint', bin('biome'), ['check', '--error-on-warnings', '.']))
}
const units = files('packages/*/src/**/*.test.ts', 'test/*.test.ts')
const whole = files('packages/*/test/**/*.test.ts', 'test/*/**/*.test.ts', 'examples/**/*.test.ts')
if (!long) add(await tests('unit tests', chosen.length > 0 ? chosen : units, 2))
const faults =
  chosen.length > 0 ? chosen : files('test/faults/*.test.ts', 'test/cluster/faults.test.ts')
if (long) add(await tests('fault tests at full length', faults, 1))
else if (!quick && chosen.length === 0) {
  const [alone = [], ...shared] = groups(whole, [ALONE, ...FIRST.map((prefix) => [prefix])])
  add(await inLanes('whole-system tests', shared.flat(), LANES))
  add(await inLanes('whole-system tests that need the machine to themselves', alone, 1))
}

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

function add(counts: Counts): void {
  addTo(total, counts)
}

function addTo(sum: Counts, counts: Counts): void {
  sum.passed += counts.passed
  sum.failed += counts.failed
  sum.skipped += counts.skipped
}

/** What begins with one of the first prefixes, of the second, …; in the end, all that is left. */
function groups(paths: readonly string[], prefixes: readonly (readonly string[])[]): string[][] {
  const place = (path: string) => {
    const found = prefixes.findIndex((some) => some.some((prefix) => path.startsWith(prefix)))
    return found < 0 ? prefixes.length : found
  }
  return [...prefixes, []].map((_, i) => paths.filter((path) => place(path) === i))
}

function files(...patterns: string[]): string[] {
  const found = patterns.flatMap((pattern) => globSync(pattern, { cwd: root }))
  return found.filter((file) => !file.includes('node_modules')).sort()
}

async function check(name: string, command: string, args: string[]): Promise<Counts> {
  const startedAt = performance.now()
  const { code, output } = await run(command, args, () => {})
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)`)
  if (code !== 0) console.log(output)
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

async function tests(name: string, paths: string[], concurrency: number): Promise<Counts> {
  if (paths.length === 0) return { passed: 0, failed: 0, skipped: 0 }
  console.log(`\n── ${name}: ${paths.length} files`)
  return testRun(name, paths, concurrency, show)
}

/** Each file a run of its own, begun in this order, `lanes` at a time; told when it has ended. */
async function inLanes(name: string, paths: readonly string[], lanes: number): Promise<Counts> {
  console.log(`\n── ${name}: ${paths.length} files, ${lanes} at a time`)
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  const waiting = [...paths]
  async function lane(): Promise<void> {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      let said = ''
      const ended = await testRun(path, [path], 1, (text) => {
        said += text
      })
      show(said)
      addTo(counts, ended)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return counts
}

function show(text: string): void {
  process.stdout.write(text.replace(/^@counts .*\n/gm, ''))
}

async function testRun(
  name: string,
  paths: readonly string[],
  concurrency: number,
  tell: (text: string) => void,
): Promise<Counts> {
  const options = [`--test-concurrency=${concurrency}`, '--test-reporter', reporter]
  const args = ['--import', endWithRunner, '--test', ...options]
  const { code, output } = await run(process.execPath, [...args, ...paths], tell)
  const line = /^@counts (\d+) (\d+) (\d+)$/m.exec(output)
  const [passed, failed, skipped] = line?.slice(1).map(Number) ?? []
  if (passed === undefined || failed === undefined || skipped === undefined) {
    console.log(`✖ ${name}: the test runner ended without a result (exit code ${code})`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
  // A crash outside any test must not pass.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped }
}

function run(
  command: string,
  args: string[],
  tell: (text: string) => void,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: RUN_MAX_MS,
    })
    let output = ''
    const take = (chunk: Buffer) => {
      output += chunk
      tell(String(chunk))
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) =>
      resolve({ code: 1, output: `${relative(root, command)}: ${error}` }),
    )
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
