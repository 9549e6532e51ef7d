import assert from 'node:assert/strict'
import { it } from 'node:test'
import { watchfulClock } from './watchful-clock.ts'

it('a clock that is set back is noticed once a step, and not when it is only disciplined', () => {
  let nowMs = 10_000
  let steps = 0
  const clock = watchfulClock({ nowMs: () => nowMs, setTimer: () => assert.fail() }, () => {
    steps += 1
  })
  const after = (stepMs: number) => {
    nowMs += stepMs
    assert.equal(clock.nowMs(), nowMs)
    return steps
  }
  assert.equal(after(0), 0)
  assert.equal(after(7_200_000), 0)
  assert.equal(after(-7_200_000), 1)
  assert.equal(after(1), 1)
  assert.equal(after(-1_000), 1)
  assert.equal(after(-2), 2)
})
