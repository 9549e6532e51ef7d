// Lives from seed to seed until a promise is broken; says on one line of JSON what was found.
import { commandLine, countOf } from '../command-line.ts'
import { live } from './life.ts'
import { createStage } from './stage.ts'

const values = commandLine({
  seeds: { type: 'string', default: '300' },
  from: { type: 'string', default: '1' },
  instances: { type: 'string', default: '1' },
})
const stage = createStage()
const from = countOf('from', values.from)
const to = from + countOf('seeds', values.seeds, 1)
const instances = countOf('instances', values.instances, 1)
let found: object | null = null
for (let seed = from; seed < to && found === null; seed++) {
  const { violations } = await live(seed, stage, null, instances)
  const [first] = violations
  if (first === undefined) continue
  found = {
    seed,
    promised: [...new Set(violations.map(({ promised }) => promised))],
    text: first.text,
  }
}
console.log(JSON.stringify(found))
process.exit(0)
