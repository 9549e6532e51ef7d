// What receivers of webhooks are promised: every event from the moment the endpoint was acknowledged, at
// least once, each stream in its order, signed, and the same words however often.
import { createHmac } from 'node:crypto'
import { type Findings, visibleAtMs } from './findings.ts'
import type { Received } from './receiver.ts'
import type { FeedItem } from './sightings.ts'
import { isWanted, type Owned, type Secret } from './webhook-owner.ts'

/** Until a change is known to whichever daemon posts. */
const KNOWN_SOON_MS = 5_000
const HEEDED_MS = 1_000
/** The longest delay that a bad day of minutes leads to, and a moment. */
const DELIVERED_MS = 2_400_000
/** Tries that a clock set forward brought on early leave longer ones to wait for. */
const DELIVERED_AHEAD_MS = 43_200_000

type Posted = Received & { readonly eventId: string; readonly item: FeedItem | undefined }

/** What should have been posted and answered 2xx by now, and was not. */
export function undelivered({ seen, owned }: Pick<Findings, 'seen' | 'owned'>): readonly string[] {
  if (owned.length === 0) return []
  return owned.flatMap((one) => {
    const accepted = new Map<string, number>()
    for (const { acceptedAtMs, ...post } of one.endpoint.received) {
      if (acceptedAtMs !== null) accepted.set(eventIdOf(post), acceptedAtMs)
    }
    const missing = promisedTo(one, seen).flatMap(({ streamId, index }) =>
      accepted.has(`evt_${streamId}_${index}`) ? [] : `${streamId.slice(-6)}[${index}]`,
    )
    const again = one.again.flatMap(({ eventId, askedAtMs }) =>
      (accepted.get(eventId) ?? 0) >= askedAtMs ? [] : `${eventId.slice(-8)}, asked for again,`,
    )
    return [...missing, ...again].map((what) => `${what} to ${one.endpoint.url}`)
  })
}

export function checkWebhooks(findings: Findings): void {
  const { world, owned } = findings
  for (const what of undelivered(findings)) world.broken('webhooks', `${what} was never delivered`)
  for (const one of owned) {
    const posts = postsOf(one, findings)
    checkWords(findings, one, posts)
    checkOrder(findings, one, posts)
    checkTime(findings, one, posts)
    for (const post of posts) checkSignature(findings, one, post)
    checkHeeded(findings, one)
  }
}

function postsOf({ endpoint }: Owned, { seen }: Findings): readonly Posted[] {
  const items = new Map(
    [...seen.feed.values()].map((item) => [`evt_${item.streamId}_${item.index}`, item]),
  )
  return endpoint.received.map((post) => {
    const eventId = eventIdOf(post)
    return { ...post, eventId, item: items.get(eventId) }
  })
}

/** The older format has no header for it. */
function eventIdOf({ headers, body }: Pick<Received, 'headers' | 'body'>): string {
  const known = headers['webhook-id']
  if (known !== undefined) return known
  const { stream_id, index } = JSON.parse(body) as { stream_id: string; index: number }
  return `evt_${stream_id}_${index}`
}

function promisedTo({ endpoint, sinceMs }: Owned, seen: Findings['seen']): readonly FeedItem[] {
  return [...seen.feed.values()].filter(
    (item) => visibleAtMs(seen, item) > sinceMs && isWanted(item, endpoint.events),
  )
}

function checkWords({ world }: Findings, one: Owned, posts: readonly Posted[]): void {
  const bodies = new Map<string, string>()
  for (const { eventId, item, body } of posts) {
    if ((bodies.get(eventId) ?? body) !== body)
      world.broken('webhooks', `${eventId} was posted with two bodies`)
    bodies.set(eventId, body)
    const says =
      item !== undefined && (one.endpoint.format === '0.4' ? saysOlder : says10)(body, item)
    if (!says) world.broken('webhooks', `${eventId} says something else than the feed: ${body}`)
  }
}

function says10(body: string, item: FeedItem): boolean {
  const { type, data } = JSON.parse(body) as { type: string; data: Record<string, unknown> }
  return (
    type === `${item.type}.${String(item.data.status ?? 'scanned')}` &&
    data.position === item.position &&
    data.stream_id === item.streamId &&
    data.index === item.index &&
    JSON.stringify(data.data) === JSON.stringify(item.data)
  )
}

// The fields that every version of it told.
function saysOlder(body: string, { type, data }: FeedItem): boolean {
  const told = JSON.parse(body) as Record<string, unknown>
  switch (type) {
    case 'payment': {
      const { status, preimage, reason } = told.status as Record<string, unknown>
      // It had no word for money that is held.
      const known = data.status === 'held' ? 'user_approved' : data.status
      const isSame = status === known && told.type === 'payment_status_update'
      if (status === 'paid') return isSame && preimage === data.preimage
      return isSame && (reason === undefined || reason === (data.reason ?? null))
    }
    case 'key_handshake':
      return told.main_key === data.main_key && (told.type === 'error') === 'status' in data
    default: {
      if (data.status === 'timeout') return told.type === 'error'
      const { status } = told.status as Record<string, unknown>
      return told.type === 'authenticate_key' && status === data.status
    }
  }
}

// What came before it in its stream was taken before it was posted.
function checkOrder({ world, seen }: Findings, one: Owned, posts: readonly Posted[]): void {
  const promised = promisedTo(one, seen)
  for (const { item, atMs } of posts) {
    if (item === undefined) continue
    for (const before of promised) {
      if (before.streamId !== item.streamId || before.index >= item.index) continue
      const isThrough = posts.some(
        ({ item: other, acceptedAtMs }) =>
          other === before && acceptedAtMs !== null && acceptedAtMs <= atMs,
      )
      if (isThrough) continue
      const name = item.streamId.slice(-6)
      world.broken('webhooks', `${name}[${item.index}] came before [${before.index}] was through`)
    }
  }
}

function checkTime(findings: Findings, one: Owned, posts: readonly Posted[]): void {
  const { world, seen, outages, wall, calmAtMs } = findings
  const behindMs = one.endpoint.namedADate ? wall.setBackMs : 0
  const withinMs = behindMs + (wall.setForwardMs === 0 ? DELIVERED_MS : DELIVERED_AHEAD_MS)
  for (const item of promisedTo(one, seen)) {
    const sinceMs = Math.max(visibleAtMs(seen, item), calmAtMs)
    const byMs = outages.deadlineMs(sinceMs, withinMs, ['daemon', 'store'])
    const isInTime = posts.some(
      (post) => post.item === item && (post.acceptedAtMs ?? Infinity) <= byMs,
    )
    if (!isInTime) world.broken('webhooks', `${item.streamId.slice(-6)}[${item.index}] came late`)
  }
}

// The newest secret that was known in good time signs; before it, any that may still.
function checkSignature({ world, outages, wall }: Findings, one: Owned, post: Posted): void {
  const { secrets, unknownSinceMs } = one
  const signs = (secret: Secret | undefined) =>
    secret !== undefined && isSigned(post, one.endpoint.format, secret.value)
  const wrong = (what: string) => world.broken('webhooks', `${what} does not sign ${post.eventId}`)
  if (unknownSinceMs !== null && post.atMs >= unknownSinceMs) return
  const soonMs = (atMs: number) => outages.deadlineMs(atMs, KNOWN_SOON_MS, ['store'])
  const i = secrets.findLastIndex(({ askedAtMs }) => askedAtMs <= post.atMs)
  const current = secrets[i]
  if (current === undefined) return void (signs(secrets[0]) || wrong('the first secret'))
  if (post.atMs <= soonMs(current.knownAtMs)) {
    const isAny = signs(current) || secrets.slice(0, i).some(signs)
    if (!isAny && !current.afterUnknown) wrong('any secret')
    return
  }
  if (!signs(current)) wrong('the current secret')
  const isTrueTime = wall.setBackMs === 0 && wall.latestMs(post.atMs) <= post.atMs
  const lasts = isTrueTime && post.atMs < current.askedAtMs + current.overlapS * 1000
  if (
    lasts &&
    !current.afterUnknown &&
    one.endpoint.format === 'standard' &&
    !signs(secrets[i - 1])
  )
    wrong('the secret before')
}

function isSigned({ headers, body }: Posted, format: string, secret: string): boolean {
  if (format === '0.4') {
    const hex = createHmac('sha256', secret).update(body).digest('hex')
    return headers['x-portal-signature'] === hex
  }
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const signature = createHmac('sha256', key).update(text).digest('base64')
  return headers['webhook-signature']?.split(' ').includes(`v1,${signature}`) ?? false
}

// After a 410 nothing comes until it is enabled, and after a Retry-After nothing before that by the daemon's
// clock; what was on its way by then may still come.
function checkHeeded({ world, outages, wall }: Findings, { endpoint, askedAtMs }: Owned): void {
  for (const { atMs, retryAfterS } of endpoint.refused) {
    // An answer that it died of before writing it down is asked for again.
    const fromMs = outages.deadlineMs(atMs, HEEDED_MS, ['daemon', 'store'])
    const changedMs = askedAtMs.find((asked) => asked >= atMs) ?? Number.POSITIVE_INFINITY
    const patienceMs = retryAfterS === null ? Infinity : retryAfterS * 1000 - wall.setForwardMs
    const untilMs = Math.min(changedMs, atMs + patienceMs)
    const came = endpoint.received.filter((post) => post.atMs > fromMs && post.atMs < untilMs)
    if (came.length === 0) continue
    const what = retryAfterS === null ? '410' : `Retry-After: ${retryAfterS}`
    world.broken('webhooks', `${came.length} messages came to ${endpoint.url} after ${what}`)
  }
}
