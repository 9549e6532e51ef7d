// What callers are told when the daemon could not do what they asked.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PortError, StoreError } from '../engine/ports.ts'
import { rejectionOf } from './problem.ts'

describe('a request that a part of the daemon failed', () => {
  it('is answered 503 while the store cannot be written: nothing was done, try again', () => {
    for (const code of ['full', 'read_only', 'busy', 'io', 'overloaded', 'closed'] as const) {
      const { status, code: told, retryAfterS } = rejectionOf(new StoreError(code, 'no'))
      assert.deepEqual([status, told, retryAfterS], [503, 'unavailable', 5], code)
    }
  })

  it('is answered 503 while the node cannot be reached', () => {
    assert.equal(rejectionOf(new PortError('unreachable', 'no')).status, 503)
  })

  it('is answered 500 when the store is damaged or the daemon has a bug', () => {
    for (const error of [
      new StoreError('damaged', 'no'),
      new StoreError('refused', 'no'),
      new Error('x'),
    ]) {
      assert.equal(rejectionOf(error).code, 'internal')
    }
  })
})
