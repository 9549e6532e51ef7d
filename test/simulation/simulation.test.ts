// The whole daemon in virtual time among faults, from seeds: the nine promises, checked from outside.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { live } from './life.ts'
import { manyLives } from './many-lives.ts'
import { createStage } from './stage.ts'
import { failures } from './tally.ts'

const SEEDS = Number(process.env.PORTAL_SIMULATE_SEEDS ?? 2_000)

describe('the daemon, simulated', { timeout: 900_000 }, () => {
  it(`keeps its nine promises in ${SEEDS} lives, whatever goes wrong in them`, async () => {
    const tally = await manyLives({ from: 1, seeds: SEEDS, instances: 1 })
    assert.equal(tally.lives, SEEDS)
    assert.deepEqual(failures(tally, 1), [])
  })

  it('lives the same life again from the same seed', async () => {
    const stage = createStage()
    for (const seed of [7, 77, 777]) {
      const first = await live(seed, stage)
      const second = await live(seed, stage)
      assert.equal(second.hash, first.hash, `seed ${seed}`)
    }
  })
})
