// Holds the standing network. Started by `up.ts`, to which it reports until all is ready; if that
// command goes before then, so does this.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { tryLockFile } from '../file-lock.ts'
import { type LightningNetwork, startLightningNetwork } from './network.ts'
import { placeOf, tellStandingNetwork } from './standing-network.ts'
import { waitFor } from './wait-for.ts'

export type HolderReport =
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly reason: string }

const lockWithinMs = 2_000

const place = placeOf(process.argv.slice(2))
const giveUp = () => process.exit(1)
process.once('disconnect', giveUp)

// One who only looks whether it is taken may be in the way for an instant.
const lock = await waitFor('the lock', lockWithinMs, async () => tryLockFile(place.lock)).catch(
  () => undefined,
)
if (lock === undefined) {
  tell({ type: 'failed', reason: 'another command started the network in the meantime' })
} else {
  tellStandingNetwork(place, { holderPid: process.pid, nodes: null })
  try {
    hold(
      await startLightningNetwork({
        directory: join(place.directory, 'network'),
        report: (line) => tell({ type: 'line', line }),
      }),
    )
    tell({ type: 'ready' })
  } catch (error) {
    tell({ type: 'failed', reason: error instanceof Error ? error.message : JSON.stringify(error) })
  }
}
process.off('disconnect', giveUp)
process.disconnect?.()

function hold(network: LightningNetwork): void {
  const { merchant, user, router } = network
  tellStandingNetwork(place, {
    holderPid: process.pid,
    nodes: [merchant, user, router].map(({ name, connectionString }) => ({
      name,
      connectionString,
    })),
  })
  const stop = () => {
    rmSync(place.state, { force: true })
    void network.stop().then(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, stop)
}

function tell(report: HolderReport): void {
  process.send?.(report)
}
