// A thread that lives the lives it is asked for.
import { parentPort } from 'node:worker_threads'
import { live } from './life.ts'
import type { Slice } from './many-lives.ts'
import { createStage } from './stage.ts'
import { NOTHING, sum, tallyOf } from './tally.ts'

const stage = createStage()

parentPort?.on('message', async ({ from, to, instances }: Slice) => {
  let tally = NOTHING
  for (let seed = from; seed < to; seed++) {
    const before = process.threadCpuUsage()
    const life = await live(seed, stage, null, instances)
    const { user, system } = process.threadCpuUsage(before)
    tally = sum(tally, tallyOf(life, (user + system) / 1000))
  }
  parentPort?.postMessage(tally)
})
