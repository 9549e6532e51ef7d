import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const reporter = new URL('./reporter.ts', import.meta.url).href

function report(tests: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'portal-reporter-'))
  const file = join(folder, 'some.test.mjs')
  writeFileSync(file, `import { after, before, describe, test } from 'node:test'\n${tests}`)
  const args = ['--test', '--test-reporter', reporter, file]
  // Within a test run, Node would take it for a part of that one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  try {
    return spawnSync(process.execPath, args, { encoding: 'utf8', env }).stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a suite that is skipped as a whole is named with its reason, and counts', () => {
  const said = report(`
    describe('real nodes', { skip: 'no go' }, () => { test('a', () => {}) })
    test('b', () => {})`)
  assert.match(said, /^﹣ SKIPPED real nodes: no go$/m)
  assert.match(said, /^@counts 1 0 1$/m)
})

test('a hook that fails says why, and is a failure also where every test passed', () => {
  const said = report(`
    describe('real nodes', () => {
      after(() => { throw new Error('the network does not end') })
      test('a', () => {})
    })`)
  assert.match(said, /a hook failed\n +Error: the network does not end/)
  assert.match(said, /^@counts 1 1 0$/m)
})
