// Starts the foreign wallet of wallet.py in a Python environment of its own, made once and kept outside
// the working tree.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const HERE = new URL('.', import.meta.url).pathname
const REQUIREMENTS = join(HERE, 'requirements.txt')

/** Why there can be no foreign wallet here, or null. */
export function missingPython(): string | null {
  const python = spawnSync('python3', ['-c', 'import venv, ensurepip'])
  return python.status === 0 ? null : 'needs python3 with venv (Debian: python3-venv)'
}

/** The interpreter with the requirements (a file for pip) installed. Throws what pip said. */
export function pythonWithRequirements(requirements: string = REQUIREMENTS): string {
  const key = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  const folder = join(cache, 'portal-interop', key)
  const python = join(folder, 'bin', 'python')
  const ready = join(folder, 'ready')
  if (existsSync(ready)) return python
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  run('python3', ['-m', 'venv', folder])
  run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ])
  mkdirSync(`${ready}.new`)
  renameSync(`${ready}.new`, ready)
  return python
}

export type ForeignWallet = {
  /** Resolves with the rest of the next line that begins with this word; rejects when it ends first. */
  line(word: string): Promise<string>
  close(): void
}

export function startForeignWallet(url: string, nwc: string): ForeignWallet {
  const child: ChildProcess = spawn(pythonWithRequirements(), [join(HERE, 'wallet.py'), url, nwc], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  let errors = ''
  let wake: () => void = () => {}
  let ended = false
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  child.on('close', () => {
    ended = true
    wake()
  })
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      wake()
    })
  }
  return {
    async line(word) {
      for (;;) {
        const at = lines.findIndex((line) => line.split(' ')[0] === word)
        if (at >= 0) return lines.splice(at, 1)[0]?.slice(word.length + 1) ?? ''
        if (ended) throw new Error(`the foreign wallet ended without "${word}":\n${errors}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close: () => child.kill('SIGKILL'),
  }
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`)
}
