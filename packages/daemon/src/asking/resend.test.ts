import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { nextSendAtMs, nudgedSendAtMs, signsAfresh } from './resend.ts'

describe('the re-send schedule', () => {
  it('repeats at 1, 2, 4, 8, 15, 30, 60 s, then doubles the gap up to 5 minutes', () => {
    const sentAtS = [0]
    while (sentAtS.length < 13) {
      const last = sentAtS[sentAtS.length - 1] ?? 0
      sentAtS.push(nextSendAtMs(0, last * 1000) / 1000)
    }
    assert.deepEqual(sentAtS, [0, 1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 780, 1080])
  })

  it('repeats the byte-identical event for the first minute and signs afresh from then on', () => {
    assert.equal(signsAfresh(null, 0), true)
    for (const offset of [1, 2, 4, 8, 15, 30, 60])
      assert.equal(signsAfresh(0, offset * 1000), false)
    assert.equal(signsAfresh(0, 120_000), true)
  })

  it('never stands still, and never waits more than 5 minutes', () => {
    const ms = fc.integer({ min: 0, max: 86_400_000 })
    fc.assert(
      fc.property(ms, ms, (first, passed) => {
        const gap = nextSendAtMs(first, first + passed) - (first + passed)
        assert(gap > 0 && gap <= 300_000)
      }),
    )
  })

  it('sends at once to a user who is back, but not twice within a second', () => {
    assert.equal(nudgedSendAtMs(null, 5_000), 5_000)
    assert.equal(nudgedSendAtMs(4_500, 5_000), 5_500)
    assert.equal(nudgedSendAtMs(1_000, 5_000), 5_000)
  })
})
