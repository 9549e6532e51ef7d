// What receivers of webhooks are promised: every event from the moment the endpoint was acknowledged, at
// least once, each stream in its order, and the same words however often.
import type { Cast } from './cast.ts'
import { type Findings, visibleAtMs } from './findings.ts'
import type { FeedItem } from './sightings.ts'

/** What should have been posted and answered 2xx by now, and was not. */
export function undelivered({
  seen,
  receiver,
}: Pick<Cast, 'seen' | 'receiver'>): readonly FeedItem[] {
  const { sinceMs, received } = receiver
  if (sinceMs === null) return []
  return [...seen.feed.values()].filter(
    (item) =>
      visibleAtMs(seen, item) > sinceMs &&
      !received.some(({ accepted, item: posted }) => accepted && posted.position === item.position),
  )
}

export function checkWebhooks(findings: Findings): void {
  const { world, seen, receiver } = findings
  for (const { streamId, index } of undelivered(findings)) {
    world.broken('webhooks', `${streamId.slice(-6)}[${index}] was never delivered`)
  }
  const bodies = new Map<string, string>()
  const next = new Map<string, number>()
  for (const { id, body, item, accepted } of receiver.received) {
    const known = bodies.get(id)
    if (known !== undefined && known !== body)
      world.broken('webhooks', `${id} was posted with two bodies`)
    bodies.set(id, body)
    const told = seen.feed.get(item.position)
    if (JSON.stringify(told?.data) !== JSON.stringify(item.data) || told?.index !== item.index) {
      world.broken(
        'webhooks',
        `${id} says something else than position ${item.position} of the feed`,
      )
    }
    const expected = next.get(item.streamId) ?? item.index
    if (item.index > expected) {
      world.broken(
        'webhooks',
        `${item.streamId.slice(-6)}[${item.index}] was posted before [${expected}] was through`,
      )
    }
    if (accepted) next.set(item.streamId, Math.max(expected, item.index + 1))
    else next.set(item.streamId, expected)
  }
}
