// The whole daemon in virtual time among faults, from seeds: the nine promises, checked from outside.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { live } from './life.ts'
import { createStage } from './stage.ts'

const SEEDS = Number(process.env.PORTAL_SIMULATE_SEEDS ?? 150)

describe('the daemon, simulated', { timeout: 900_000 }, () => {
  it(`keeps its nine promises in ${SEEDS} lives, whatever goes wrong in them`, async () => {
    const stage = createStage()
    const broken: string[] = []
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations } = await live(seed, stage)
      for (const { promised, text } of violations) {
        broken.push(
          `npm run simulate -- --seeds 1 --from ${seed} --story: promise ${promised}: ${text}`,
        )
      }
    }
    assert.deepEqual(broken, [])
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
