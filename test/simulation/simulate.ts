// npm run simulate -- --seeds N [--from S] [--story]
import { parseArgs } from 'node:util'
import { live } from './life.ts'
import { createStage } from './stage.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    story: { type: 'boolean', default: false },
  },
})
const stage = createStage()
const from = Number(values.from)
const faults = new Map<string, number>()
let failed = 0
const c0 = process.cpuUsage()
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  const life = await live(seed, stage, values.story ? console.log : null)
  for (const [name, count] of [...life.faults, ...life.endings])
    faults.set(name, (faults.get(name) ?? 0) + count)
  if (life.violations.length > 0) {
    failed += 1
    console.log(`seed ${seed}:`)
    for (const { promised, text } of life.violations) console.log(`   promise ${promised}: ${text}`)
  }
}
const cpu = process.cpuUsage(c0)
console.log(
  `${failed} of ${values.seeds} failed; ${((cpu.user + cpu.system) / 1000 / Number(values.seeds)).toFixed(1)} ms CPU a life`,
)
for (const [name, count] of [...faults].sort()) console.log(`${String(count).padStart(8)} ${name}`)
