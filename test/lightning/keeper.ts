// Starts programs so that they die with this process, even when it is killed: see
// `keeper-process.ts`, which owns them.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export type StartCommand = {
  readonly type: 'start'
  readonly id: number
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly logPath: string | null
}
export type KeeperCommand =
  | StartCommand
  | { readonly type: 'signal'; readonly id: number; readonly signal: NodeJS.Signals }
  | { readonly type: 'remove_at_end'; readonly path: string }
export type KeeperReport =
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  | { readonly type: 'not_started'; readonly id: number; readonly reason: string }
  | { readonly type: 'line'; readonly id: number; readonly line: string }
  | ({ readonly type: 'exited'; readonly id: number } & Exit)

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }
export type Program = {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Where stdout and stderr are appended, or what is called with each of their lines. */
  readonly output: string | ((line: string) => void)
}
export type KeptProcess = {
  readonly pid: number
  /** Resolves when it has ended; never rejects. */
  readonly exited: Promise<Exit>
  readonly running: boolean
  signal(signal: NodeJS.Signals): void
}
export type Keeper = AsyncDisposable & {
  readonly pid: number
  /** Rejects when the program cannot be started, saying why. */
  start(program: Program): Promise<KeptProcess>
  /** This path is removed, with all below it, when the keeper ends or its parent dies. */
  removeAtEnd(path: string): void
}

type Watched = {
  readonly started: PromiseWithResolvers<number>
  readonly exited: PromiseWithResolvers<Exit>
  readonly line: (line: string) => void
}

/** Disposing of it kills (SIGKILL) all it started that still runs, then removes what was asked. */
export async function startKeeper(): Promise<Keeper> {
  const entry = fileURLToPath(new URL('./keeper-process.ts', import.meta.url))
  const owner = fork(entry, { detached: true, execArgv: [], stdio: 'ignore' })
  const watched = new Map<number, Watched>()
  owner.on('message', (report: KeeperReport) => hear(watched, report))
  owner.once('exit', () => {
    for (const { started, exited } of watched.values()) {
      started.reject(new Error('the process that was to start this one has ended'))
      exited.resolve({ code: null, signal: 'SIGKILL' })
    }
  })
  await once(owner, 'spawn')
  let lastId = 0
  return {
    pid: owner.pid ?? 0,
    start: (program) => start(owner, watched, ++lastId, program),
    removeAtEnd: (path) => send(owner, { type: 'remove_at_end', path }),
    [Symbol.asyncDispose]: async () => {
      if (!owner.connected) return
      const ended = once(owner, 'exit')
      owner.disconnect()
      await ended
    },
  }
}

async function start(
  owner: ChildProcess,
  watched: Map<number, Watched>,
  id: number,
  { command, args, env, cwd, output }: Program,
): Promise<KeptProcess> {
  if (!owner.connected) throw new Error(`the keeper has ended: it cannot start ${command}`)
  const started = Promise.withResolvers<number>()
  const exited = Promise.withResolvers<Exit>()
  let running = true
  void exited.promise.then(() => {
    running = false
  })
  watched.set(id, { started, exited, line: typeof output === 'string' ? () => {} : output })
  const logPath = typeof output === 'string' ? output : null
  send(owner, { type: 'start', id, command, args, env, cwd, logPath })
  const pid = await started.promise
  return {
    pid,
    exited: exited.promise,
    get running() {
      return running
    },
    signal: (signal) => {
      if (running) send(owner, { type: 'signal', id, signal })
    },
  }
}

function send(owner: ChildProcess, command: KeeperCommand): void {
  // The callback keeps a send to an owner that just died from becoming an unhandled error: its
  // exit is told to everyone who waits.
  owner.send(command, () => {})
}

function hear(watched: Map<number, Watched>, report: KeeperReport): void {
  const one = watched.get(report.id)
  if (one === undefined) return
  switch (report.type) {
    case 'started':
      one.started.resolve(report.pid)
      return
    case 'not_started':
      watched.delete(report.id)
      one.started.reject(new Error(report.reason))
      return
    case 'line':
      one.line(report.line)
      return
    case 'exited':
      watched.delete(report.id)
      one.exited.resolve({ code: report.code, signal: report.signal })
      return
  }
}
