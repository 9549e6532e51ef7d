import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Rate, StoreError } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import { createSqliteStore } from '../store/sqlite-store.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createSharedRateLimiter } from './shared-rate-limit.ts'

const WIDE = { perSecond: 1_000_000, burst: 1_000_000 }

type Rates = { readonly perToken: Rate; readonly inAll: Rate }

async function open(rates: Rates, daemons = 3) {
  const clock = createVirtualClock(1_000_000_000_000)
  const store = await createSqliteStore(':memory:', { clock })
  let draws = 0
  let trouble: StoreError | null = null
  const counted = {
    takeAllowance: async (...order: Parameters<typeof store.takeAllowance>) => {
      draws += 1
      if (trouble !== null) throw trouble
      return store.takeAllowance(...order)
    },
  }
  const limiters = Array.from({ length: daemons }, () =>
    createSharedRateLimiter('write', rates, counted, clock),
  )
  /** How many of so many requests, spread over the daemons and made at once, are let in. */
  async function ask(count: number, name = 'a', at = limiters): Promise<number> {
    const asked = Array.from({ length: count }, async (_, i) => at[i % at.length]?.take(name))
    const answers = await Promise.allSettled(asked)
    for (const answer of answers) {
      if (answer.status === 'rejected') assert.equal(answer.reason.code, 'rate_limited')
    }
    return answers.filter(({ status }) => status === 'fulfilled').length
  }
  return {
    clock,
    limiters,
    ask,
    draws: () => draws,
    breakStore: () => {
      trouble = new StoreError('io', 'away')
    },
    close: () => store.close(),
  }
}

test('daemons together let in what one would', async () => {
  const town = await open({ perToken: { perSecond: 5, burst: 20 }, inAll: WIDE })
  assert.equal(await town.ask(100), 20)
  assert.equal(await town.ask(100), 0)
  await town.clock.advance(2_000)
  assert.equal(await town.ask(100), 10)
  assert.equal(await town.ask(100, 'b'), 20)
  await town.close()
})

test('never more than the burst and the rate, with a hundredth of the burst for each daemon', async () => {
  const town = await open({ perToken: WIDE, inAll: { perSecond: 100, burst: 400 } })
  let letIn = 0
  for (let second = 0; second < 20; second++) {
    letIn += await town.ask(150, `token ${second % 3}`)
    await town.clock.advance(1_000)
  }
  assert.ok(letIn <= 400 + 100 * 20 + 3 * 4, `${letIn}`)
  assert.ok(letIn >= 400 + 100 * 18, `${letIn}`)
  await town.close()
})

test('one of them alone can have it all', async () => {
  const town = await open({ perToken: { perSecond: 1, burst: 500 }, inAll: WIDE })
  await town.ask(3)
  const [first] = town.limiters
  if (first === undefined) assert.fail()
  const letIn = await town.ask(600, 'a', [first])
  assert.ok(letIn >= 500 - 3 - 2 * 5 && letIn <= 497, `${letIn}`)
  await town.close()
})

test('few requests wait for the store', async () => {
  const rate = { perSecond: 1_000, burst: 3_000 }
  const town = await open({ perToken: rate, inAll: rate }, 1)
  const [only] = town.limiters
  let waited = 0
  for (let i = 0; i < 2_000; i++) {
    const taken = only?.take('a')
    if (taken !== undefined) waited += 1
    await taken
    if (i % 10 === 0) await town.clock.settle()
  }
  assert.ok(waited <= 10, `${waited} waited`)
  assert.ok(town.draws() <= 2 * (2_000 / 30 + 5), `${town.draws()} draws`)
  await town.close()
})

test('whoever is refused does not make the store be asked each time', async () => {
  const town = await open({ perToken: { perSecond: 1, burst: 1 }, inAll: WIDE }, 1)
  assert.equal(await town.ask(1), 1)
  await town.ask(1)
  const before = town.draws()
  for (let i = 0; i < 50; i++) assert.equal(await town.ask(1), 0)
  assert.ok(town.draws() - before <= 1, `${town.draws() - before}`)
  const [only] = town.limiters
  await assert.rejects(
    async () => only?.take('a'),
    (error) => {
      assert.ok(error instanceof Refusal)
      assert.equal(error.retryAfterS, 1)
      return true
    },
  )
  await town.close()
})

test('without the store each daemon keeps the limits for itself', async () => {
  const town = await open({ perToken: { perSecond: 1, burst: 10 }, inAll: WIDE }, 2)
  town.breakStore()
  assert.equal(await town.ask(100), 20)
  await town.close()
})
