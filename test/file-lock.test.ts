import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isFileLocked, lockFile, tryLockFile } from './file-lock.ts'

const freshPath = (t: { after(run: () => void): void }) => {
  const directory = mkdtempSync(join(tmpdir(), 'portal-lock-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'lock')
}

test('a lock is held by one at a time, and asking does not take it', (t) => {
  const path = freshPath(t)
  assert.equal(isFileLocked(path), false)
  const lock = tryLockFile(path)
  assert.ok(lock)
  assert.equal(tryLockFile(path), undefined)
  assert.equal(isFileLocked(path), true)
  lock[Symbol.dispose]()
  assert.equal(isFileLocked(path), false)
  tryLockFile(path)?.[Symbol.dispose]()
})

test('a lock lasts as long as its process, whether or not anyone refers to it', (t) => {
  const path = freshPath(t)
  tryLockFile(path)
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  assert.equal(isFileLocked(path), true)
})

test('one who waits gets the lock when its holder is killed', async (t) => {
  const path = freshPath(t)
  const module = new URL('./file-lock.ts', import.meta.url).href
  const script = `
    const { tryLockFile } = await import(${JSON.stringify(module)})
    tryLockFile(${JSON.stringify(path)})
    console.log('locked')
    setInterval(() => {}, 1000)`
  const args = ['--input-type=module', '--eval', script]
  const holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  const waited = Promise.withResolvers<void>()
  const taken = lockFile(path, () => waited.resolve())
  await waited.promise
  holder.kill('SIGKILL')
  using _lock = await taken
  assert.equal(isFileLocked(path), true)
})
