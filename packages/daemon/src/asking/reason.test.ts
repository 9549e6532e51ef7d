import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { cleanReason } from './reason.ts'

describe('a reason from outside', () => {
  it('is always a readable string', () => {
    assert.equal(cleanReason(null), 'no reason given')
    assert.equal(cleanReason('\u0000\u001b[31m\n'), '[31m')
    assert.equal(cleanReason('no\nroute'), 'no route')
  })

  it('is at most 500 characters without control characters, whatever was sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (text) => {
        const reason = cleanReason(text)
        assert([...reason].length <= 500 && reason !== '')
        assert(!/[\p{Cc}\p{Cf}]/u.test(reason) && reason.isWellFormed())
      }),
    )
  })

  it('costs no more for a megabyte than for a line', () => {
    assert.equal(cleanReason('x'.repeat(1_000_000)).length, 500)
  })
})
