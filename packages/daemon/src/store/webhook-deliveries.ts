// Webhook deliveries: what became of each event at each endpoint. Of the waiting deliveries of one
// stream only the earliest has a due time, whoever writes; so order is kept and nothing is stuck.
import type {
  Attempted,
  Delivery,
  DeliveryState,
  EndpointId,
  WebhookStore,
} from '../engine/webhook-ports.ts'
import { isChosen } from '../log/event-type.ts'
import type { LogEvent } from '../log/stream.ts'
import * as ask from './delivery-queries.ts'
import { mustHold } from './leases.ts'
import { logEventOf } from './log-row.ts'
import type { Session } from './query.ts'
import { EVENTS_OF_STREAM } from './read-log.ts'
import type { WebhookDeliveryRow } from './schema.ts'
import {
  disableEndpoint,
  ENDPOINT,
  followClock,
  moveCursor,
  pauseEndpoint,
} from './webhook-endpoints.ts'
import { deliveryOf, deliveryRow, endpointOf, waitingRow } from './webhook-row.ts'

type Run = <T>(run: (tx: Session) => Promise<T>) => Promise<T>

type DeliveryMethods = Pick<
  WebhookStore,
  | 'dueDeliveries'
  | 'nextDueAtMs'
  | 'recordAttempt'
  | 'followClock'
  | 'queueBehind'
  | 'lastRecorded'
  | 'isRecorded'
  | 'delivery'
  | 'deliveries'
  | 'redeliver'
  | 'redeliverRange'
>

export function webhookDeliveries(on: Session, write: Run): DeliveryMethods {
  return {
    dueDeliveries: async (id, nowMs, limit) =>
      (await on.all(ask.DUE, { id, nowMs, limit })).map(deliveryOf),
    nextDueAtMs: async (id, afterMs) =>
      (await on.first(ask.NEXT_DUE, { id, afterMs }))?.due_at_ms ?? null,
    recordAttempt: (attempted, fence) =>
      write(async (tx) => {
        await mustHold(tx, fence)
        return record(tx, attempted)
      }),
    followClock: (id, nowMs, fence) =>
      write(async (tx) => {
        await mustHold(tx, fence)
        await tx.write(ask.UNTRIED_DUE, { id, nowMs })
        await tx.write(ask.FOLLOW_CLOCK, { id, nowMs })
        await followClock(tx, id, nowMs)
      }),
    async queueBehind(id, events, cursor, atMs, fence) {
      const [first] = events
      if (first === undefined) return false
      const stream = { id, streamId: first.stream.id }
      // Most streams wait for nothing, which costs a read and no transaction.
      if ((await on.first(ask.FIRST_WAITING, stream)) === undefined) return false
      return write(async (tx) => {
        await mustHold(tx, fence)
        if ((await tx.first(ask.FIRST_WAITING, stream)) === undefined) return false
        for (const { position, stream } of events) {
          await tx.write(ask.ADD, waitingRow(id, { position, streamId: stream.id }, atMs))
        }
        await moveCursor(tx, id, cursor)
        return true
      })
    },
    lastRecorded: async (id) => (await on.first(ask.LAST_RECORDED, { id }))?.position ?? 0,
    isRecorded: async (id, position) =>
      (await on.first(ask.RECORDED, { id, position })) !== undefined,
    async delivery(id, stream, index) {
      const row = await on.first(ask.DELIVERY, { id, stream, index })
      return row === undefined ? null : deliveryOf(row)
    },
    deliveries: (id, state, before, limit) => listDeliveries(on, id, state, before, limit),
    redeliver: (id, stream, index, atMs) =>
      write(async (tx) => {
        const row = await tx.first(EVENTS_OF_STREAM, { id: stream, from: index, limit: 1 })
        const event = row === undefined ? undefined : logEventOf(row)
        if (event?.index !== index) return false
        if (await isToCome(tx, id, event)) return true
        await again(tx, id, { position: event.position, streamId: stream }, atMs)
        await release(tx, id, stream, atMs)
        return true
      }),
    redeliverRange: (id, { fromMs, toMs, after }, limit, atMs) =>
      write(async (tx) => {
        const found = await tx.all(ask.IN_RANGE, { id, fromMs, toMs, after, limit })
        for (const { position, stream_id } of found) {
          await again(tx, id, { position, streamId: stream_id }, atMs)
        }
        const streams = new Set(found.map(({ stream_id }) => stream_id))
        for (const stream of streams) await release(tx, id, stream, atMs)
        const last = found.at(-1)
        return {
          count: found.length,
          next: last === undefined || found.length < limit ? null : last.position,
        }
      }),
  }
}

async function record(
  on: Session,
  { delivery, cursor, disable, pause, atMs }: Attempted,
): Promise<{ blocked: boolean }> {
  const { endpointId: id, event } = delivery
  if ((await on.first(ask.ENDPOINT_THERE, { id })) === undefined) return { blocked: false }
  await on.write(ask.PUT, deliveryRow(delivery))
  await moveCursor(on, id, cursor)
  if (disable) await disableEndpoint(on, id, atMs)
  if (pause !== null) await pauseEndpoint(on, id, pause)
  return { blocked: await release(on, id, event.stream.id, atMs) }
}

// It is sent after those before it; at once, it would overtake them.
async function isToCome(on: Session, id: EndpointId, event: LogEvent): Promise<boolean> {
  const { position, stream, data } = event
  const [endpoint, recorded] = await Promise.all([
    on.first(ENDPOINT, { id }),
    on.first(ask.RECORDED, { id, position }),
  ])
  if (endpoint === undefined || recorded !== undefined) return false
  const { cursor, events } = endpointOf(endpoint)
  return position > cursor && isChosen(stream.type, data, events)
}

async function again(
  on: Session,
  id: EndpointId,
  event: { readonly position: number; readonly streamId: string },
  atMs: number,
): Promise<void> {
  const row: WebhookDeliveryRow = waitingRow(id, event, atMs)
  await on.write(ask.PUT_AGAIN, row)
}

// The earliest waiting delivery of the stream becomes due, if it is not, and no other is. True if
// there is one.
async function release(
  on: Session,
  id: EndpointId,
  streamId: string,
  atMs: number,
): Promise<boolean> {
  const head = await on.first(ask.FIRST_WAITING, { id, streamId })
  if (head === undefined) return false
  await on.write(ask.HOLD, { id, streamId, position: head.position })
  if (head.due_at_ms === null) await on.write(ask.MAKE_DUE, { id, position: head.position, atMs })
  return true
}

async function listDeliveries(
  on: Session,
  id: EndpointId,
  state: DeliveryState | null,
  before: number | null,
  limit: number,
): Promise<readonly Delivery[]> {
  let query = ask
    .joined(on.db)
    .where('endpoint_id', '=', id)
    .orderBy('webhook_deliveries.position', 'desc')
    .limit(limit)
  if (state !== null) query = query.where('state', '=', state)
  if (before !== null) query = query.where('webhook_deliveries.position', '<', before)
  return (await query.execute()).map(deliveryOf)
}
