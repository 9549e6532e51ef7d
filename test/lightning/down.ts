// `npm run lightning:down`: ends what `npm run lightning:up` started.
import { isFileLocked } from '../file-lock.ts'
import { placeOf, standingNetwork } from './standing-network.ts'
import { waitFor } from './wait-for.ts'

const stopTimeoutMs = 30_000

const place = placeOf(process.argv.slice(2))
const network = await standingNetwork(place)
if (network === undefined) {
  console.log('lightning: no network is up')
} else {
  process.kill(network.holderPid, 'SIGTERM')
  try {
    await gone()
  } catch {
    // Killing the holder is enough: its keeper kills the rest.
    process.kill(network.holderPid, 'SIGKILL')
    await gone()
  }
  console.log('lightning: the network is down')
}

function gone(): Promise<true> {
  return waitFor('the network to end', stopTimeoutMs, async () =>
    isFileLocked(place.lock) ? undefined : true,
  )
}
