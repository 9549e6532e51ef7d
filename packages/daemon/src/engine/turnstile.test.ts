import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createTurnstile } from './turnstile.ts'

it('lets so many through at once, the rest in their order', async () => {
  const clock = createVirtualClock(0)
  const turns = createTurnstile(clock, { atOnce: 2, patienceMs: 1_000 })
  const begun: number[] = []
  const finish: (() => void)[] = []
  const all = [0, 1, 2, 3].map((n) =>
    turns.pass(async () => {
      begun.push(n)
      await new Promise<void>((resolve) => finish.push(resolve))
    }),
  )
  await clock.settle()
  assert.deepEqual(begun, [0, 1])
  finish[0]?.()
  await clock.settle()
  assert.deepEqual(begun, [0, 1, 2])
  for (let i = 1; i < 4; i++) {
    finish[i]?.()
    await clock.settle()
  }
  await Promise.all(all)
})

it('turns away whom it cannot serve in time, and goes on when a call hung or failed', async () => {
  const clock = createVirtualClock(0)
  const turns = createTurnstile(clock, { atOnce: 1, patienceMs: 1_000 })
  let fail: (error: Error) => void = () => {}
  const hung = turns.pass(
    () =>
      new Promise<never>((_, reject) => {
        fail = reject
      }),
  )
  const impatient = assert.rejects(
    turns.pass(async () => 'never'),
    { code: 'rate_limited' },
  )
  await clock.advance(1_000)
  await impatient
  const rejected = assert.rejects(hung, /away/)
  fail(new Error('away'))
  await rejected
  assert.equal(await turns.pass(async () => 'served'), 'served')
})
