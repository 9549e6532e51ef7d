// The merchant's side of webhooks: asks for them, changes their secrets, has events sent again, and switches on
// again what answered 410.
import type { Reply } from './api-client.ts'
import type { Request } from './door.ts'
import type { MerchantDeps } from './merchant.ts'
import type { Endpoint, Receiver } from './receiver.ts'

/** A secret as the merchant was given it. */
export type Secret = {
  readonly value: string
  /** From before it was asked for until it was known that it signs (true time). */
  readonly askedAtMs: number
  readonly knownAtMs: number
  /** Whether an earlier one, asked for by a request whose answer was lost, may have signed in between. */
  readonly afterUnknown: boolean
  readonly overlapS: number
}

export type Owned = {
  readonly endpoint: Endpoint
  readonly id: string
  /** When it was acknowledged: what happens later is posted. */
  readonly sinceMs: number
  /** In the order in which they came. */
  readonly secrets: Secret[]
  /** Rotations that were asked for and have no answer yet, since then. */
  unknownSinceMs: number | null
  /** Events that the daemon said are on their way again, and when it was asked. */
  readonly again: { readonly eventId: string; readonly askedAtMs: number }[]
  /** When it was asked to change anything about it. */
  readonly askedAtMs: number[]
}

const TRIES = 30
const SOME_S = 3_600

export type OwnerDeps = MerchantDeps & {
  readonly receiver: Receiver
  readonly owned: Owned[]
  /** The life does not end before this has. */
  readonly run: (activity: Promise<void>) => void
}

/** Has events posted to all of them from now on, and sees to them. */
export async function askForWebhooks(deps: OwnerDeps): Promise<void> {
  const { world, receiver, owned, run } = deps
  for (const endpoint of receiver.endpoints) {
    const one = await asked(endpoint, deps)
    if (one === null) return
    owned.push(one)
    void enableAgain(one, deps)
    if (world.chance.odds(0.4)) run(rotateNowAndThen(one, deps))
    if (world.chance.odds(0.4)) run(haveSentAgain(one, deps))
  }
}

async function asked(endpoint: Endpoint, deps: OwnerDeps): Promise<Owned | null> {
  const { world } = deps
  const { url, format, events } = endpoint
  const body = { url, format, ...(events === null ? {} : { events }) }
  const headers = { 'idempotency-key': url }
  const askedAtMs = world.timeline.nowMs
  const reply = await insisted({ method: 'POST', url: '/webhooks', body, headers }, deps)
  if (reply?.status !== 201) return null
  const { endpoint_id, secret } = reply.body as { endpoint_id: string; secret: string }
  const nowMs = world.timeline.nowMs
  const first = { value: secret, askedAtMs, knownAtMs: nowMs, afterUnknown: false, overlapS: 0 }
  return {
    endpoint,
    id: endpoint_id,
    sinceMs: nowMs,
    secrets: [first],
    unknownSinceMs: null,
    again: [],
    askedAtMs: [],
  }
}

async function enableAgain(one: Owned, deps: OwnerDeps): Promise<void> {
  const { world, over } = deps
  const { chance, timeline } = world
  let done = 0
  while (!over()) {
    await timeline.sleep(chance.between(5_000, 40_000))
    const gone = one.endpoint.refused.filter(({ retryAfterS }) => retryAfterS === null)
    if (gone.length <= done) continue
    const seen = gone.length
    const request = { method: 'POST', url: `/webhooks/${one.id}/enable` } as const
    const reply = await insisted(request, deps, () => one.askedAtMs.push(timeline.nowMs))
    if (reply?.status === 200) done = seen
  }
}

async function rotateNowAndThen(one: Owned, deps: OwnerDeps): Promise<void> {
  const { chance, timeline } = deps.world
  for (let times = chance.between(1, 3); times > 0; times--) {
    await timeline.sleep(chance.between(1_000, 20_000))
    await rotate(one, deps)
  }
}

async function rotate(one: Owned, { world, api, over }: OwnerDeps): Promise<void> {
  const { chance, timeline } = world
  let afterUnknown = one.unknownSinceMs !== null
  // One that was given up after its answer was lost may sign until this one is known.
  one.unknownSinceMs ??= timeline.nowMs
  const askedAtMs = one.unknownSinceMs
  for (let tries = 0; tries < TRIES && !over(); tries++) {
    // With too many secrets at once only one that ends all others is taken.
    const overlapS = tries === 0 ? chance.pick([0, SOME_S]) : 0
    one.askedAtMs.push(timeline.nowMs)
    const body = { overlap_s: overlapS }
    const reply = await api.call({ method: 'POST', url: `/webhooks/${one.id}/rotate`, body })
    if (typeof reply !== 'string' && reply.status === 200) {
      const { secret } = reply.body as { secret: string }
      const knownAtMs = timeline.nowMs
      one.secrets.push({ value: secret, askedAtMs, knownAtMs, afterUnknown, overlapS })
      one.unknownSinceMs = null
      world.fault('a webhook secret is rotated')
      return
    }
    if (reply === 'lost' || reply === 'cut') afterUnknown = true
    await timeline.sleep(chance.between(200, 2_000))
  }
}

async function haveSentAgain(one: Owned, deps: OwnerDeps): Promise<void> {
  const { world, api, seen, over } = deps
  const { chance, timeline } = world
  for (let times = chance.between(1, 3); times > 0; times--) {
    await timeline.sleep(chance.between(5_000, 30_000))
    const wanted = [...seen.feed.values()].filter((item) => isWanted(item, one.endpoint.events))
    if (wanted.length === 0 || over()) continue
    const item = chance.pick(wanted as [(typeof wanted)[number]])
    const eventId = `evt_${item.streamId}_${item.index}`
    const askedAtMs = timeline.nowMs
    one.askedAtMs.push(askedAtMs)
    const body = { event_id: eventId }
    const reply = await api.call({ method: 'POST', url: `/webhooks/${one.id}/redeliver`, body })
    if (typeof reply === 'string' || reply.status >= 300) continue
    world.fault('a webhook is asked to be sent again')
    one.again.push({ eventId, askedAtMs })
  }
}

/** Again and again, until it is answered other than by trouble. */
async function insisted(
  request: Request,
  { world, api, over }: OwnerDeps,
  onTry: () => void = () => {},
): Promise<Exclude<Reply, string> | null> {
  for (let tries = 0; tries < TRIES && !over(); tries++) {
    onTry()
    const reply = await api.call(request)
    world.say('merchant', `${request.url}: ${typeof reply === 'string' ? reply : reply.status}`)
    if (typeof reply !== 'string' && reply.status < 500) return reply
    await world.timeline.sleep(world.chance.between(500, 3_000))
  }
  return null
}

/** Whether an endpoint with this choice of events is told this one. */
export function isWanted(
  { type, data }: { readonly type: string; readonly data: Readonly<Record<string, unknown>> },
  events: Endpoint['events'],
): boolean {
  return events === null || events.includes(`${type}.${String(data.status ?? 'scanned')}`)
}
