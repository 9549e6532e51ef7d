// Looking into the delivery log, and sending again what it tells of.
import type { Clock } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import type { Delivery, DeliveryState, EndpointId, WebhookStore } from '../engine/webhook-ports.ts'
import type { Redelivery } from '../engine/webhooks.ts'
import { readEventId } from '../log/event-id.ts'

const REDELIVER_AT_ONCE = 200

/** Newest event first. Throws Refusal invalid_request. */
export async function findDeliveries(
  id: EndpointId,
  filter: { readonly state?: DeliveryState; readonly eventId?: string },
  cursor: string | null,
  limit: number,
  store: WebhookStore,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly next: string | null }> {
  const before = cursor === null ? null : readCursor(cursor)
  if (filter.eventId !== undefined) {
    const { stream, index } = parsed(filter.eventId)
    const found = await store.delivery(id, stream, index)
    const isWanted = found !== null && (filter.state ?? found.state) === found.state
    return { deliveries: isWanted ? [found] : [], next: null }
  }
  const page = await store.deliveries(id, filter.state ?? null, before, limit + 1)
  const deliveries = page.slice(0, limit)
  const last = deliveries.at(-1)
  const next = page.length > limit && last !== undefined ? String(last.event.position) : null
  return { deliveries, next }
}

/** How many events are queued again. Throws Refusal: not_found, invalid_request. */
export async function redeliver(
  id: EndpointId,
  what: Redelivery,
  { store, clock }: { readonly store: WebhookStore; readonly clock: Clock },
): Promise<number> {
  if ('eventId' in what) {
    const { stream, index } = parsed(what.eventId)
    if (await store.redeliver(id, stream, index, clock.nowMs())) return 1
    throw new Refusal('not_found', 'there is no event with this event_id', { field: 'event_id' })
  }
  const { fromMs, toMs } = what
  let count = 0
  // A page at a time, so that nothing else waits for long.
  for (let after: number | null = 0; after !== null; ) {
    const range = { fromMs, toMs, after }
    const page = await store.redeliverRange(id, range, REDELIVER_AT_ONCE, clock.nowMs())
    count += page.count
    after = page.next
  }
  return count
}

function parsed(eventId: string) {
  const found = readEventId(eventId)
  if (found !== null) return found
  const detail = '"event_id" must be the webhook-id of a message: evt_…'
  throw new Refusal('invalid_request', detail, { field: 'event_id' })
}

function readCursor(text: string): number {
  if (/^\d{1,16}$/.test(text)) return Number(text)
  const detail = '"cursor" must be a next_cursor of an earlier answer, unchanged'
  throw new Refusal('invalid_request', detail, { field: 'cursor' })
}
