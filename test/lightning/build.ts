// Builds btcd and LND from the Go modules that go.mod and go.sum pin, once, into a cache outside
// the working tree.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lockFile } from '../file-lock.ts'
import { cacheDirectory } from './cache.ts'
import { type Keeper, startKeeper } from './keeper.ts'
import { goEnvironment, missingToolchain } from './toolchain.ts'

export type LightningPrograms = { readonly btcd: string; readonly lnd: string }

export class BuildError extends Error {
  override name = 'BuildError'
  readonly code: 'toolchain_missing' | 'build_failed'
  constructor(code: 'toolchain_missing' | 'build_failed', message: string) {
    super(message)
    this.code = code
  }
}

const moduleDirectory = fileURLToPath(new URL('.', import.meta.url))
const packages = ['github.com/btcsuite/btcd', 'github.com/lightningnetwork/lnd/cmd/lnd']
// LND leaves these services out unless they are named; invoicesrpc has hold invoices and cancel.
// lowscrypt: wallets whose passwords protect nothing open in no time.
const tags = 'invoicesrpc routerrpc signrpc walletrpc chainrpc peersrpc lowscrypt'
const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-tags', tags]
const niceness = 10
const reportEveryMs = 2_000
const outputLinesKept = 20

/**
 * Why the network cannot be brought up on this machine, with what to install, or undefined when
 * it can: the programs are built already, or the toolchain to build them is here.
 */
export async function lightningUnavailable(): Promise<string | undefined> {
  return builtIn(directoryOfThisBuild()) === undefined ? missingToolchain() : undefined
}

/**
 * The programs, built first if they are not in the cache (some ten minutes of CPU and 900 MB of
 * modules when nothing is there); `report` gets a line of progress every few seconds. Two at once
 * build once. Throws BuildError.
 */
export async function buildLightning(report: (line: string) => void): Promise<LightningPrograms> {
  const directory = directoryOfThisBuild()
  const ready = builtIn(directory)
  if (ready !== undefined) return ready
  const missing = await missingToolchain()
  if (missing !== undefined) throw new BuildError('toolchain_missing', missing)
  using _lock = await lockFile(`${directory}.lock`, () =>
    report('lightning: another process builds lnd and btcd; waiting for it'),
  )
  return builtIn(directory) ?? (await buildInto(directory, report))
}

function directoryOfThisBuild(): string {
  const key = createHash('sha256')
  for (const file of ['go.mod', 'go.sum']) key.update(readFileSync(join(moduleDirectory, file)))
  key.update(JSON.stringify([packages, flags, process.platform, process.arch]))
  return join(cacheDirectory(), key.digest('hex').slice(0, 16))
}

function builtIn(directory: string): LightningPrograms | undefined {
  const programs = { btcd: join(directory, 'btcd'), lnd: join(directory, 'lnd') }
  return existsSync(programs.btcd) && existsSync(programs.lnd) ? programs : undefined
}

async function buildInto(
  directory: string,
  report: (line: string) => void,
): Promise<LightningPrograms> {
  const unfinished = `${directory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  await using keeper = await startKeeper()
  const startedAtMs = Date.now()
  const seconds = () => Math.round((Date.now() - startedAtMs) / 1000)
  report('lightning: building lnd and btcd, once for this machine; 5 to 15 minutes from nothing')

  const downloads = progress(report, (n, line) => `${n} downloads, ${seconds()} s: ${line}`)
  const listed = await runGo(keeper, ['list', '-deps', ...packages], downloads)
  const total = listed.filter((line) => !line.startsWith('go: ')).length
  const compiled = progress(
    report,
    (n, line) => `${n} of at most ${total} packages, ${seconds()} s: ${line}`,
  )
  await runGo(keeper, ['build', '-v', '-o', `${unfinished}/`, ...packages], compiled)

  renameSync(unfinished, directory)
  const programs = builtIn(directory)
  if (programs === undefined) {
    const found = readdirSync(directory).join(', ')
    throw new BuildError('build_failed', `go build left only: ${found || 'nothing'}`)
  }
  report(`lightning: lnd and btcd built in ${seconds()} s`)
  return programs
}

/** Runs `go` and returns its lines; what it says under way goes to `report` too. */
async function runGo(
  keeper: Keeper,
  [verb = '', ...args]: readonly string[],
  report: (line: string) => void,
): Promise<string[]> {
  const lines: string[] = []
  const go = await keeper.start({
    command: 'go',
    args: [verb, ...flags, ...args],
    env: { ...process.env, ...goEnvironment },
    cwd: moduleDirectory,
    output: (line) => {
      lines.push(line)
      report(line)
    },
  })
  beNice(go.pid)
  const { code, signal } = await go.exited
  if (code === 0) return lines
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`
  const said = lines.slice(-outputLinesKept).join('\n')
  throw new BuildError('build_failed', `go ${verb} ended with ${how}. It said:\n${said}`)
}

function beNice(pid: number): void {
  try {
    setPriority(pid, niceness)
  } catch {
    // It has ended already, or the system does not allow it: the build is no less right.
  }
}

function progress(
  report: (line: string) => void,
  format: (count: number, line: string) => string,
): (line: string) => void {
  let count = 0
  let reportedAtMs = Date.now()
  return (line) => {
    count++
    if (Date.now() - reportedAtMs < reportEveryMs) return
    reportedAtMs = Date.now()
    report(`lightning: ${format(count, line)}`)
  }
}
