// Programs of their own that this one starts, asks and stops: so that what one of them costs can be told
// from what the others cost. Questions and answers travel by IPC, not through anything measured.
import { fork } from 'node:child_process'

/** What a program answers: functions of one argument, by name. */
type Api = { readonly [name: string]: (argument: never) => unknown }

export type Program<A extends Api> = {
  ask<K extends keyof A & string>(
    name: K,
    ...argument: Parameters<A[K]>
  ): Promise<Awaited<ReturnType<A[K]>>>
  stop(): Promise<void>
  /** Ends it without a word. */
  kill(): Promise<void>
}

export type StartOptions = {
  readonly env?: Readonly<Record<string, string>>
  /** Options for Node itself. */
  readonly node?: readonly string[]
}

type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string }

/** Starts `file` of this folder; resolves once it serves. Rejects when it ends before that. */
export async function startProgram<A extends Api>(
  file: string,
  options: StartOptions = {},
): Promise<Program<A>> {
  const child = fork(new URL(file, import.meta.url), {
    env: { ...process.env, ...options.env },
    execArgv: [...(options.node ?? [])],
    serialization: 'advanced',
  })
  const open = new Map<number, (answer: Answer) => void>()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let asked = 0
  const ready = Promise.withResolvers<void>()
  child.on('message', (message: Answer | 'ready') => {
    if (message === 'ready') return ready.resolve()
    open.get(message.id)?.(message)
    open.delete(message.id)
  })
  child.once('exit', (code) => {
    const error = `${file} ended with code ${code}`
    ready.reject(new Error(error))
    for (const [id, settle] of open) settle({ id, error })
  })
  await ready.promise
  return {
    async ask(name, ...[argument]) {
      asked += 1
      const id = asked
      const answered = new Promise<Answer>((resolve) => open.set(id, resolve))
      child.send({ id, name, argument })
      const { value, error } = await answered
      if (error !== undefined) throw new Error(`${file} ${name}: ${error}`)
      return value as never
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(impatience)
    },
  }
}

/** In the program: answers questions until it is stopped or its parent is gone. */
export function serve(api: Api, close: () => Promise<void> | void): void {
  process.on('message', async ({ id, name, argument }: Question) => {
    const answer = async (): Promise<Answer> => {
      try {
        return { id, value: await api[name]?.(argument as never) }
      } catch (error) {
        return {
          id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }
      }
    }
    process.send?.(await answer())
  })
  let closing = false
  const end = async () => {
    if (closing) return
    closing = true
    await close()
    process.exit(0)
  }
  process.once('SIGTERM', end)
  process.once('disconnect', end)
  process.send?.('ready')
}

type Question = { readonly id: number; readonly name: string; readonly argument: unknown }

/** Nanoseconds of a clock that all processes of the machine share, as milliseconds. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export type Usage = {
  readonly cpuMs: number
  readonly heapBytes: number
  readonly rssBytes: number
}

/** What this process has used so far; the heap is what is left of it after a collection. */
export function usage(collect: boolean): Usage {
  const { user, system } = process.cpuUsage()
  if (collect) {
    if (globalThis.gc === undefined) throw new Error('start this program with --expose-gc')
    globalThis.gc()
    globalThis.gc()
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { cpuMs: (user + system) / 1000, heapBytes: heapUsed, rssBytes: rss }
}
