// `npm run bench`: every figure beside its floor, measured in the same run. Takes a few minutes;
// `-- --quick` is a smoke test of under a minute, `-- --full` the sizes that the aims name.
//   --only cpu,latency,webhooks,throughput,open,start,store,cluster,database,resident,lightning    --table FILE    --profile DIR
// `cluster` and `database` need PostgreSQL and `lightning` real nodes; either is left out, with a word, where there are none.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { commandLine, namesOf } from '../test/command-line.ts'
import { lightningUnavailable } from '../test/lightning/build.ts'
import { findBinaries } from '../test/postgres/binaries.ts'
import { MissingPostgresError, type Postgres, startPostgres } from '../test/postgres/server.ts'
import { measureCluster } from './cluster.ts'
import { type Figure, isMet, row, TABLE_HEAD } from './figures.ts'
import { measureFullDatabase, measureFullStore } from './full-store.ts'
import { measureLatency } from './latency.ts'
import { measureLightning } from './lightning.ts'
import { measureOpenPayments, measureResidentMemory } from './memory.ts'
import { measureProcessorTime } from './processor-time.ts'
import { FULL, ORDINARY, QUICK } from './sizes.ts'
import { measureStartUp } from './start-up.ts'
import { measureThroughput } from './throughput.ts'
import { measureWebhooks } from './webhooks.ts'
import { startWorld } from './world.ts'

const values = commandLine({
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  only: { type: 'string' },
  table: { type: 'string' },
  profile: { type: 'string' },
})
const size = values.quick ? QUICK : values.full ? FULL : ORDINARY
const sections: Readonly<Record<string, () => Promise<Figure[]>>> = {
  cpu: () => measureProcessorTime(world, { ...size.cpu, profileDir: values.profile }),
  latency: () => measureLatency(world, size.latency),
  webhooks: () => measureWebhooks(world, size.webhooks),
  throughput: () => measureThroughput(world, size.throughput),
  open: () => measureOpenPayments(world, size.open),
  start: () => measureStartUp(world, size.start),
  store: () => measureFullStore(world, size.fullStore),
  cluster: withPostgres((postgres) => measureCluster(world, postgres, size.cluster)),
  database: withPostgres((postgres) => measureFullDatabase(world, postgres, size.fullStore)),
  resident: () => measureResidentMemory(world, size.resident),
  lightning: measureRealNodes,
}
const { only = Object.keys(sections).join() } = values
const chosen = namesOf('only', only, Object.keys(sections))
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true })

const world = await startWorld(size.users)
const figures: Figure[] = []
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores shared by`)
console.log(
  `relay, Lightning, wallets, load and the daemon, each a process; Node ${process.version}\n`,
)
console.log(TABLE_HEAD)
try {
  for (const [name, measure] of Object.entries(sections)) {
    if (!chosen.includes(name)) continue
    for (const figure of await measure()) {
      figures.push(figure)
      console.log(row(figure))
    }
  }
} finally {
  await world.close()
}
if (values.table !== undefined) {
  writeFileSync(values.table, `${[TABLE_HEAD, ...figures.map(row)].join('\n')}\n`)
}
const missed = figures.filter((figure) => !isMet(figure)).length
console.log(`\n${figures.length} figures, ${missed} beyond their aim`)

function withPostgres(measure: (postgres: Postgres) => Promise<Figure[]>) {
  return async () => {
    if (findBinaries() === null) {
      console.error(`SKIPPED, figures on PostgreSQL: ${new MissingPostgresError().message}`)
      return []
    }
    const postgres = await startPostgres()
    try {
      return await measure(postgres)
    } finally {
      await postgres.close()
    }
  }
}

async function measureRealNodes(): Promise<Figure[]> {
  if (size.lightning === null) return []
  const unavailable = await lightningUnavailable()
  if (unavailable === undefined) return measureLightning(size.lightning)
  console.error(`SKIPPED, figures of real nodes: ${unavailable}`)
  return []
}
