// The whole daemon in virtual time among faults, from seeds: the nine promises, checked from outside.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { live } from './life.ts'
import { manyLives } from './many-lives.ts'
import { createStage } from './stage.ts'
import { storiesOf } from './story.ts'
import { failures, type Tally } from './tally.ts'

const SEEDS = Number(process.env.PORTAL_SIMULATE_SEEDS ?? 2_000)
const SEEDS_OF_SEVERAL = 300

describe('the daemon, simulated', { timeout: 900_000 }, () => {
  it(`keeps its nine promises in ${SEEDS} lives, whatever goes wrong in them`, async () => {
    const tally = await manyLives({ from: 1, seeds: SEEDS, instances: 1 })
    assert.equal(tally.lives, SEEDS)
    await assertNoneFailed(tally, 1)
  })

  it(`keeps them in ${SEEDS_OF_SEVERAL} lives of three daemons on one store`, async () => {
    const tally = await manyLives({ from: 1, seeds: SEEDS_OF_SEVERAL, instances: 3 })
    assert.equal(tally.lives, SEEDS_OF_SEVERAL)
    await assertNoneFailed(tally, 3)
  })

  it('lives the same life again from the same seed', async () => {
    const stage = createStage()
    for (const [seed, instances] of [[7], [77], [777], [7, 3], [77, 3]] as const) {
      const first = await live(seed, stage, null, instances)
      const second = await live(seed, stage, null, instances)
      assert.equal(second.hash, first.hash, `seed ${seed}, ${instances ?? 1} daemons`)
    }
  })
})

/** A failed life is told in full: it may be the only trace of what went wrong. */
async function assertNoneFailed(tally: Tally, instances: number): Promise<void> {
  for (const line of await storiesOf(tally, instances)) console.log(line)
  assert.deepEqual(failures(tally, instances), [])
}
