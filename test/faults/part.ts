// A part of the whole that dies and comes back at the same address: the same program started again with
// the same arguments.
import { freePort } from '../free-port.ts'
import { type Child, type ChildOptions, startChild } from './child.ts'

export interface Part extends AsyncDisposable {
  readonly child: Child
  /** Resolves when it says that it is ready. */
  start(): Promise<void>
  /** SIGKILL: nothing of it runs any more when this resolves. */
  kill(): Promise<void>
  /** SIGSTOP: its sockets stay open and nothing answers, like a network cut without FIN. */
  freeze(): void
  thaw(): void
}

/** `readyWord` begins the line that the program prints when it can be used. */
export async function startPart(
  file: string,
  readyWord: string,
  options: ChildOptions,
): Promise<Part> {
  let child: Child
  const start = async () => {
    child = startChild(file, options)
    await child.line(readyWord).catch(async (error: unknown) => {
      await kill()
      throw error
    })
  }
  const kill = async () => {
    child.signal('SIGKILL')
    await child.ended
  }
  await start()
  return {
    get child() {
      return child
    },
    start,
    kill,
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    [Symbol.asyncDispose]: kill,
  }
}

/** A relay on a port of its own, and its address. */
export async function startRelay(): Promise<{ part: Part; url: string }> {
  const port = await freePort()
  const args = [String(port)]
  const part = await startPart('test/faults/relay-process.ts', 'ready', { args })
  return { part, url: `ws://127.0.0.1:${port}` }
}

/** The sandbox on `relay` with `wallets` test users; `merchant` is for the daemon. */
export async function startSandbox(
  relay: string,
  folder: string,
  wallets: number,
): Promise<{ part: Part; merchant: string; wallets: readonly string[] }> {
  const run = (count: number) => ['--relay', relay, '--data', folder, '--wallets', String(count)]
  const file = 'packages/sandbox/src/main.ts'
  const first = await startPart(file, 'ready', { args: run(wallets) })
  const merchant = await first.child.line('merchant')
  const strings = first.child.lines.flatMap((line) => /^wallet (.+)$/.exec(line)?.[1] ?? [])
  // Started again it makes no further wallets; the ones it made are in its ledger.
  await first.kill()
  const part = await startPart(file, 'ready', { args: run(0) })
  return { part, merchant, wallets: strings }
}
