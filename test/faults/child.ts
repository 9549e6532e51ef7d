// A program of ours as a process of its own, that can be killed, frozen and thawed. What it prints is
// read line by line; the last lines are kept for the story of a failure.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = new URL('../..', import.meta.url).pathname
const LINES_KEPT = 200

export interface Child {
  readonly pid: number
  /** Everything printed so far, at most the last 200 lines. */
  readonly lines: readonly string[]
  /** Lines printed in all. */
  readonly printed: number
  /** The rest of the first line that begins with `word` and a space, printed already or to come. */
  line(word: string): Promise<string>
  signal(name: NodeJS.Signals): void
  /** Resolves when it has ended, with its exit code; null: a signal ended it. */
  readonly ended: Promise<number | null>
  readonly isOver: boolean
  /** Resident memory in MiB; 0 once it has ended. */
  residentMib(): number
}

export type ChildOptions = {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The folder that `file` is in, asked at each start; the repository unless given. */
  readonly root?: () => string
  /** Node's own flags. */
  readonly nodeArgs?: readonly string[]
}

/** Starts `file` (relative to the root) with this Node. */
export function startChild(file: string, options: ChildOptions = {}): Child {
  const { args = [], env = {}, nodeArgs = [] } = options
  const from = options.root?.() ?? root
  const { cwd = from } = options
  const child = spawn(process.execPath, [...nodeArgs, join(from, file), ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return follow(file, child)
}

function follow(file: string, child: ChildProcess): Child {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let printed = 0
  let isOver = false
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      printed += 1
      lines.push(line)
      if (lines.length > LINES_KEPT) lines.shift()
      for (const look of [...waiting]) look()
    })
  }
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null))
    child.on('close', resolve)
  }).then((code) => {
    isOver = true
    for (const look of [...waiting]) look()
    return code
  })
  // A test that fails must not leave processes behind.
  const killWithUs = () => child.kill('SIGKILL')
  process.on('exit', killWithUs)
  ended.then(() => process.off('exit', killWithUs))

  return {
    pid: child.pid ?? 0,
    lines,
    get printed() {
      return printed
    },
    ended,
    get isOver() {
      return isOver
    },
    line: (word) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((text) => text === word || text.startsWith(`${word} `))
          if (line === undefined && !isOver) return
          waiting.delete(look)
          if (line !== undefined) resolve(line.slice(word.length + 1))
          else reject(new Error(`${file} ended before "${word}":\n${lines.join('\n')}`))
        }
        waiting.add(look)
        look()
      }),
    signal: (name) => void child.kill(name),
    residentMib: () => (isOver ? 0 : residentMib(child.pid ?? 0)),
  }
}

function residentMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib ?? 0) / 1024)
}
