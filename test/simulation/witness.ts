// A witness at each daemon, who reads as SSE readers do: what stands, then what comes, and soon.
import type { LogReader } from '../../packages/daemon/src/engine/log-reader.ts'
import type { LogEvent } from '../../packages/daemon/src/log/stream.ts'
import type { Mortal } from './mortal.ts'
import type { Outages } from './outages.ts'
import type { FeedItem, Sightings } from './sightings.ts'
import type { World } from './world.ts'

const ALL = 100_000
/** How long after anybody could read an event a reader at any daemon has it. */
const SOON_MS = 3_000

export function watchLog(
  log: LogReader,
  mortal: Mortal,
  { world, seen, outages }: { world: World; seen: Sightings; outages: Outages },
): void {
  const { timeline } = world
  log.subscribe(null, (event) => {
    seen.sawInFeed(itemOf(event), 'as it happened')
    const sinceMs = seen.visibleAtMs.get(`${event.stream.id} ${event.index}`) ?? timeline.nowMs
    const lateMs = timeline.nowMs - outages.deadlineMs(sinceMs, SOON_MS, ['store'])
    if (lateMs <= 0 || mortal.pausedSince(sinceMs)) return
    const name = `${event.stream.id.slice(-4)}[${event.index}]`
    world.broken('liveness', `a reader at ${mortal.name} was told ${name} ${lateMs} ms too late`)
  })
  log.feed(0, ALL).then(
    (events) => {
      for (const event of events) seen.sawInFeed(itemOf(event), 'at start')
    },
    () => {},
  )
}

function itemOf({ position, stream, index, createdAtMs, data }: LogEvent): FeedItem {
  return {
    position,
    type: stream.type,
    streamId: stream.id,
    paymentId: stream.paymentId,
    requestId: stream.requestId,
    index,
    createdAt: Math.floor(createdAtMs / 1000),
    data: data as FeedItem['data'],
  }
}
