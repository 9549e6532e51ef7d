import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../engine/refusal.ts'
import { createGate, createRateLimiter } from './rate-limit.ts'

function createLimiter(rates: Parameters<typeof createRateLimiter>[0]) {
  let nowMs = 1_000_000
  const clock = { nowMs: () => nowMs, setTimer: () => ({ cancel() {} }) }
  const limiter = createRateLimiter(rates, clock)
  return {
    pass: (ms: number) => {
      nowMs += ms
    },
    taken(name: string): Refusal | null {
      try {
        limiter.take(name)
        return null
      } catch (error) {
        assert.ok(error instanceof Refusal)
        return error
      }
    },
  }
}

const WIDE = { perSecond: 1_000_000, burst: 1_000_000 }

test('no token ever gets more than its burst and its rate', () => {
  const steps = fc.array(fc.record({ ms: fc.nat(2_000), tries: fc.nat(20) }), { maxLength: 30 })
  fc.assert(
    fc.property(
      steps,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      (all, perSecond, burst) => {
        const limiter = createLimiter({ perToken: { perSecond, burst }, inAll: WIDE })
        let passedMs = 0
        let let_in = 0
        for (const { ms, tries } of all) {
          limiter.pass(ms)
          passedMs += ms
          for (let i = 0; i < tries; i++) if (limiter.taken('a') === null) let_in += 1
        }
        assert.ok(let_in <= burst + (passedMs / 1000) * perSecond + 1e-6)
      },
    ),
  )
})

test('whoever waits as long as told is let in', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      (perSecond, burst) => {
        const limiter = createLimiter({ perToken: { perSecond, burst }, inAll: WIDE })
        for (let i = 0; i < burst; i++) assert.equal(limiter.taken('a'), null)
        const refusal = limiter.taken('a')
        assert.equal(refusal?.code, 'rate_limited')
        limiter.pass((refusal?.retryAfterS ?? 0) * 1000)
        assert.equal(limiter.taken('a'), null)
      },
    ),
  )
})

test('a clock that is set back takes nothing away and gives nothing', () => {
  const limiter = createLimiter({ perToken: { perSecond: 1, burst: 2 }, inAll: WIDE })
  assert.equal(limiter.taken('a'), null)
  limiter.pass(-3_600_000)
  assert.equal(limiter.taken('a'), null)
  assert.equal(limiter.taken('a')?.retryAfterS, 1)
})

test('tokens do not take from each other until all together ask too much', () => {
  const rates = { perToken: { perSecond: 1, burst: 2 }, inAll: { perSecond: 1, burst: 3 } }
  const limiter = createLimiter(rates)
  assert.equal(limiter.taken('a'), null)
  assert.equal(limiter.taken('a'), null)
  assert.match(limiter.taken('a')?.message ?? '', /with this token/)
  assert.equal(limiter.taken('b'), null)
  assert.match(limiter.taken('c')?.message ?? '', /in all/)
})

test('ten thousand names cost no more memory than a few hundred', () => {
  const rates = { perToken: { perSecond: 1, burst: 1 }, inAll: WIDE }
  const limiter = createLimiter(rates)
  for (let i = 0; i < 10_000; i++) assert.equal(limiter.taken(`n${i}`), null)
  // The oldest were forgotten, so they are let in again; the newest are remembered.
  assert.equal(limiter.taken('n0'), null)
  assert.equal(limiter.taken('n9999')?.code, 'rate_limited')
})

test('a gate lets so many through at once, and again when one has left', async () => {
  const gate = createGate(1, 'things')
  const { promise, resolve } = Promise.withResolvers<string>()
  const first = gate.run(() => promise)
  await assert.rejects(
    gate.run(async () => 'second'),
    Refusal,
  )
  resolve('first')
  assert.equal(await first, 'first')
  assert.equal(await gate.run(async () => 'third'), 'third')
  await assert.rejects(
    gate.run(async () => Promise.reject(new Error('x'))),
    /x/,
  )
  assert.equal(await gate.run(async () => 'fourth'), 'fourth')
})
