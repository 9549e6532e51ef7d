// Readers of the log: one that follows the feed, and those that follow one stream each.
import type { ApiClient, Reply } from './api-client.ts'
import type { FeedItem, Sightings, Told } from './sightings.ts'
import type { World } from './world.ts'

type Page = { readonly events: readonly Readonly<Record<string, unknown>>[]; readonly next: number }

export type ReaderDeps = {
  readonly world: World
  readonly api: ApiClient
  readonly seen: Sightings
  /** True once nobody reads any more. */
  readonly over: () => boolean
}

/** Follows the feed by poll and long poll, and checks that its cursor leaves nothing out. */
export async function followFeed({ world, api, seen, over }: ReaderDeps): Promise<void> {
  const { timeline, chance } = world
  let after = 0
  while (!over()) {
    const wait = chance.odds(0.7) ? chance.between(5, 60) : 0
    const page = pageOf(
      await api.call({ method: 'GET', url: `/events?after=${after}&wait=${wait}` }),
    )
    if (page !== null) after = takeFeed(page, after, seen, world)
    await timeline.sleep(pauseMs(world, page?.events.length === 0))
  }
}

/** Reads the whole feed once. */
export async function readFeed({ world, api, seen }: Omit<ReaderDeps, 'over'>): Promise<void> {
  let after = 0
  for (;;) {
    const page = pageOf(await api.call({ method: 'GET', url: `/events?after=${after}` }))
    if (page === null || page.events.length === 0) return
    after = takeFeed(page, after, seen, world)
  }
}

/** Follows one stream to its end, by poll, long poll or SSE. */
export async function followStream(streamId: string, deps: ReaderDeps): Promise<void> {
  const { world, api, seen, over } = deps
  const { timeline, chance } = world
  const sse = chance.odds(0.3)
  let after = 0
  while (!over()) {
    const wait = chance.odds(0.5) ? chance.between(1, 30) : 0
    const query = sse ? '' : `&wait=${wait}`
    const headers = sse ? { headers: { accept: 'text/event-stream' } } : {}
    const reply = await api.call({
      method: 'GET',
      url: `/events/${streamId}?after=${after}${query}`,
      ...headers,
    })
    const events = sse ? eventsInSse(reply) : (pageOf(reply)?.events ?? [])
    for (const event of events) {
      if (event.index !== after) {
        world.broken(7, `a reader of ${streamId} at ${after} was given index ${event.index}`)
      }
      after = Number(event.index) + 1
      seen.saw(toldOf(event, streamId), sse ? 'SSE' : 'poll')
    }
    if (events.some(({ data }) => hasEnded(data))) return
    await timeline.sleep(pauseMs(world, events.length === 0))
  }
}

/** Until it asks again; in a life of hours not so often, which makes them cheap. */
function pauseMs({ chance, long }: World, hadNothing: boolean): number {
  return long && hadNothing ? chance.between(60_000, 900_000) : chance.between(1_000, 15_000)
}

/** Reads a whole stream once. */
export async function readStream(
  streamId: string,
  { api, seen }: Omit<ReaderDeps, 'over'>,
): Promise<readonly Told[]> {
  const page = pageOf(await api.call({ method: 'GET', url: `/events/${streamId}?after=0` }))
  const events = (page?.events ?? []).map((event) => toldOf(event, streamId))
  for (const event of events) seen.saw(event, 'read again')
  return events
}

function takeFeed(page: Page, after: number, seen: Sightings, world: World): number {
  let last = after
  for (const event of page.events) {
    const item = feedItemOf(event)
    if (item.position <= last) world.broken(7, `the feed went from ${last} to ${item.position}`)
    last = item.position
    seen.sawInFeed(item, 'feed')
  }
  // Whoever moved past a position must have been given all that ever stands before it.
  for (const position of seen.feed.keys()) {
    if (
      position > after &&
      position <= page.next &&
      !page.events.some((event) => event.position === position)
    ) {
      world.broken(7, `the feed skipped position ${position} between ${after} and ${page.next}`)
    }
  }
  return page.next
}

function pageOf(reply: Reply): Page | null {
  if (typeof reply === 'string' || reply.status !== 200) return null
  return reply.body as Page
}

function eventsInSse(reply: Reply): Page['events'] {
  if (typeof reply === 'string' || reply.status !== 200) return []
  return [...String(reply.body).matchAll(/^data: (.*)$/gm)].map(([, data]) =>
    JSON.parse(data ?? ''),
  )
}

function hasEnded(data: unknown): boolean {
  const { status } = data as Record<string, unknown>
  return ['paid', 'user_rejected', 'timeout', 'error', 'approved', 'declined', 'closed'].includes(
    String(status),
  )
}

function toldOf(event: Readonly<Record<string, unknown>>, streamId: string): Told {
  return {
    streamId,
    index: Number(event.index),
    createdAt: Number(event.created_at),
    data: event.data as Told['data'],
  }
}

function feedItemOf(event: Readonly<Record<string, unknown>>): FeedItem {
  return {
    ...toldOf(event, String(event.stream_id)),
    position: Number(event.position),
    type: String(event.type),
    paymentId: event.payment_id === null ? null : String(event.payment_id),
    requestId: event.request_id === null ? null : String(event.request_id),
  }
}
