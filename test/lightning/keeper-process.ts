// The process that owns what a keeper starts. It is a group leader and its children stay in its
// group; when the channel to the process that forked it closes, by whatever death, it kills them,
// removes what it was told to remove and goes. So a crash of the tests leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { KeeperCommand, KeeperReport, StartCommand } from './keeper.ts'

const children = new Map<number, ChildProcess>()
const removals: string[] = []

process.on('message', (command: KeeperCommand) => obey(command))
process.on('disconnect', () => void clearAway())

function obey(command: KeeperCommand): void {
  switch (command.type) {
    case 'start':
      start(command)
      return
    case 'signal':
      children.get(command.id)?.kill(command.signal)
      return
    case 'remove_at_end':
      removals.push(command.path)
      return
  }
}

function start({ id, command, args, env, cwd, logPath }: StartCommand): void {
  const log = logPath === null ? 'pipe' : openSync(logPath, 'a')
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', log, log] })
  if (typeof log === 'number') closeSync(log)
  children.set(id, child)
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => report({ type: 'line', id, line }))
  }
  child.once('spawn', () => report({ type: 'started', id, pid: child.pid ?? 0 }))
  child.once('error', (error) => {
    if (child.pid === undefined) end(id, { type: 'not_started', id, reason: error.message })
  })
  child.once('close', (code, signal) => end(id, { type: 'exited', id, code, signal }))
}

function end(id: number, last: KeeperReport): void {
  if (children.delete(id)) report(last)
}

function report(message: KeeperReport): void {
  if (process.connected) process.send?.(message)
}

async function clearAway(): Promise<void> {
  const running = [...children.values()].filter((child) => child.pid !== undefined)
  const gone = running.map((child) => once(child, 'exit'))
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(gone)
  for (const path of removals) rmSync(path, { recursive: true, force: true })
  // What the children started, and this process: a compiler of `go build`, for one.
  process.kill(-process.pid, 'SIGKILL')
}
