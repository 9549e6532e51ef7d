// Lives from seed to seed until a promise is broken; says on one line of JSON what was found.
import { parseArgs } from 'node:util'
import { live } from './life.ts'
import { createStage } from './stage.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    instances: { type: 'string', default: '1' },
  },
})
const stage = createStage()
const from = Number(values.from)
let found: object | null = null
for (let seed = from; seed < from + Number(values.seeds) && found === null; seed++) {
  const { violations } = await live(seed, stage, null, Number(values.instances))
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
