import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/**
 * The environment `go` runs in: the toolchain that is installed and no other, none of the
 * developer's own flags, and no C compiler. Where modules come from stays the developer's choice.
 */
export const goEnvironment = { GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' }

/** What to install so that the nodes can be built here, or undefined when nothing is missing. */
export async function missingToolchain(): Promise<string | undefined> {
  const needed = goVersionNeeded()
  const found = await goVersionFound()
  if (found !== undefined && !isOlder(found, needed)) return undefined
  const what = found === undefined ? 'no `go` on the PATH' : `Go ${found} is too old`
  return (
    `the private Lightning network is built from source: ${what}. ` +
    `Install Go ${needed} or newer (https://go.dev/doc/install) and run this again`
  )
}

/** Whether version `a`, as `1.25.10`, is before `b`; a release candidate counts as its release. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  const length = Math.max(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function numbersOf(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0)
}

function goVersionNeeded(): string {
  const module = readFileSync(new URL('./go.mod', import.meta.url), 'utf8')
  const version = /^go (\S+)$/m.exec(module)?.[1]
  if (version === undefined) throw new Error('test/lightning/go.mod has no "go" line')
  return version
}

async function goVersionFound(): Promise<string | undefined> {
  try {
    const options = { env: { ...process.env, ...goEnvironment }, cwd: '/' }
    const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION'], options)
    return /^go(\d\S*)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}
