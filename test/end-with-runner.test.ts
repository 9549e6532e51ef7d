import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

const FOR_EVER = 'console.log("up"); setInterval(() => {}, 1000)'

test('a run that was killed leaves no test process at work', async (t) => {
  const start = async (options: readonly string[], runner: number) => {
    const child = spawn(process.execPath, [...options, '--eval', FOR_EVER], {
      env: { ...process.env, TEST_RUNNER_PID: String(runner) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.after(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    return child
  }
  const runner = await start([], process.pid)
  const endWithRunner = new URL('./end-with-runner.ts', import.meta.url).href
  const worker = await start(['--import', endWithRunner], runner.pid ?? 0)
  const ended = once(worker, 'exit')
  runner.kill('SIGKILL')
  assert.deepEqual(await ended, [1, null])
})
