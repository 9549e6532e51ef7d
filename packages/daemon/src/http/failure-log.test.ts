import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogFields } from '../engine/logger.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createFailureLog } from './failure-log.ts'

test('ten failures a minute are logged, the others are counted', async () => {
  const lines: LogFields[] = []
  const clock = createVirtualClock(1_790_000_000_000)
  const log = {
    info() {},
    warn() {},
    error: (_event: string, fields: LogFields = {}) => lines.push(fields),
  }
  const failures = createFailureLog(log, clock)
  for (let i = 0; i < 1_000; i++) failures.note('GET /x', new Error('broken'))
  assert.equal(lines.length, 10)
  await clock.advance(60_000)
  failures.note('GET /x', new Error('broken'))
  assert.equal(lines.length, 11)
  assert.equal(lines[10]?.untold, 990)
})
