// npm run simulate -- [--seeds N] [--from S] [--instances N] [--story]: lives of the whole daemon in virtual time, among
// faults. The first that fail are told, and come with the command that tells them again; with --story all are.
import { commandLine, countOf } from '../command-line.ts'
import { live } from './life.ts'
import { manyLives } from './many-lives.ts'
import { createStage } from './stage.ts'
import { storiesOf } from './story.ts'
import { failures, NOTHING, pageOf, sum, type Tally, tallyOf } from './tally.ts'

const values = commandLine({
  seeds: { type: 'string', default: '1000' },
  from: { type: 'string', default: '1' },
  instances: { type: 'string', default: '1' },
  story: { type: 'boolean', default: false },
})
const from = countOf('from', values.from)
const seeds = countOf('seeds', values.seeds, 1)
const instances = countOf('instances', values.instances, 1)
const PROGRESS_EVERY_MS = 10_000

const tally = values.story
  ? await told()
  : await manyLives({ from, seeds, instances, progress: progress() })
for (const line of failures(tally, instances)) console.log(line)
if (!values.story) for (const line of await storiesOf(tally, instances)) console.log(line)
console.log(pageOf(tally))
process.exitCode = tally.failed.length > 0 ? 1 : 0

async function told(): Promise<Tally> {
  const stage = createStage()
  let sofar = NOTHING
  for (let seed = from; seed < from + seeds; seed++) {
    sofar = sum(sofar, tallyOf(await live(seed, stage, console.log, instances), 0))
  }
  return sofar
}

function progress(): (sofar: Tally) => void {
  let saidAtMs = Date.now()
  return ({ lives, failed }) => {
    if (Date.now() - saidAtMs < PROGRESS_EVERY_MS) return
    saidAtMs = Date.now()
    console.error(`${lives} of ${seeds} lived, ${failed.length} failed`)
  }
}
