import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { readSettings } from '../config/read-settings.ts'
import { examineDisks, judgeDisk } from './data.ts'

it('a disk that is nearly full is told, one that is full is to mend', () => {
  const verdict = (bytes: number) => judgeDisk('/data', bytes).verdict
  assert.deepEqual([2e9, 9e8, 3e7, 1e7, 0].map(verdict), [
    'ok',
    'warning',
    'warning',
    'broken',
    'broken',
  ])
})

it('the disk looked at is that of the store, wherever it is', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portal-disk-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const PORTAL_DATABASE = `sqlite:${join(folder, 'x.db')}`
  const findings = examineDisks(
    readSettings({ PORTAL_DATA_DIR: '/proc/none', PORTAL_DATABASE }, null),
  )
  assert.ok(
    findings.some(({ found }) => found.endsWith(` at ${folder}`)),
    JSON.stringify(findings),
  )
})
