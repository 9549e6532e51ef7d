import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOlder } from './toolchain.ts'

test('versions of Go are compared number by number', () => {
  const rows: [string, string, boolean][] = [
    ['1.25.9', '1.25.10', true],
    ['1.25.10', '1.25.10', false],
    ['1.26', '1.25.10', false],
    ['1.9.3', '1.25.10', true],
    ['2.0', '1.25.10', false],
    ['1.25', '1.25.10', true],
    ['1.26rc1', '1.25.10', false],
  ]
  for (const [a, b, older] of rows) assert.equal(isOlder(a, b), older, `${a} before ${b}`)
})
