import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { startKeeper } from './keeper.ts'
import { waitFor } from './wait-for.ts'

const stubborn = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`
const program = (script: string) => ({
  command: process.execPath,
  args: ['--eval', script],
  env: {},
  cwd: tmpdir(),
})

test('a program tells its lines and how it ended', async () => {
  await using keeper = await startKeeper()
  const lines: string[] = []
  const script = `console.log('one'); console.error('two'); process.exitCode = 3`
  const child = await keeper.start({ ...program(script), output: (line) => lines.push(line) })
  assert.deepEqual(await child.exited, { code: 3, signal: null })
  assert.deepEqual(lines.sort(), ['one', 'two'])
  assert.equal(child.running, false)
})

test('a program that is not there is refused with its name', async () => {
  await using keeper = await startKeeper()
  const start = keeper.start({ ...program(''), command: '/nowhere/lnd', output: () => {} })
  await assert.rejects(start, /spawn \/nowhere\/lnd ENOENT/)
})

test('a signal reaches the program, and its end is told', async () => {
  await using keeper = await startKeeper()
  const child = await keeper.start({ ...program(stubborn), output: () => {} })
  child.signal('SIGKILL')
  assert.deepEqual(await child.exited, { code: null, signal: 'SIGKILL' })
})

test('ending the keeper kills what runs and removes what was asked', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'portal-keeper-'))
  const keeper = await startKeeper()
  keeper.removeAtEnd(directory)
  const child = await keeper.start({ ...program(stubborn), output: () => {} })
  await keeper[Symbol.asyncDispose]()
  assert.deepEqual(await child.exited, { code: null, signal: 'SIGKILL' })
  assert.equal(isAlive(child.pid), false)
  assert.equal(existsSync(directory), false)
  await assert.rejects(
    keeper.start({ ...program(stubborn), output: () => {} }),
    /the keeper has ended/,
  )
})

test('when the process that started it is killed, not even a grandchild is left', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'portal-keeper-'))
  const module = new URL('./keeper.ts', import.meta.url).href
  const grandchild = JSON.stringify(stubborn)
  const parent = `
    const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ['--eval', ${grandchild}], { stdio: 'inherit' })
    console.log('pid', process.pid)
    console.log('pid', child.pid)
    setInterval(() => {}, 1000)`
  const script = `
    const { startKeeper } = await import(${JSON.stringify(module)})
    const keeper = await startKeeper()
    keeper.removeAtEnd(${JSON.stringify(directory)})
    console.log('pid', keeper.pid)
    const args = ['--eval', ${JSON.stringify(parent)}]
    await keeper.start({ command: process.execPath, args, env: {}, cwd: '/', output: console.log })`
  const args = ['--input-type=module', '--eval', script]
  const crashing = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const pids: number[] = []
  for await (const line of createInterface({ input: crashing.stdout })) {
    if (line.startsWith('pid ')) pids.push(Number(line.slice(4)))
    if (line === 'up') break
  }
  assert.equal(pids.length, 3)
  assert.ok(pids.every(isAlive))

  crashing.kill('SIGKILL')
  await once(crashing, 'exit')
  await waitFor('all of it to be gone', 10_000, async () =>
    pids.some(isAlive) || existsSync(directory) ? undefined : true,
  )
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
