// Server-sent events (WHATWG HTML §9.2): unnamed events, a comment as heartbeat. Nothing is
// buffered for
// a slow reader: it is waited for, then cut, and comes back with its Last-Event-ID.
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { RandomBytes } from 'portal-protocol'
import { type Bell, createBell } from '../engine/bell.ts'
import { type LogCursor, openLogCursor, type Source } from '../engine/log-cursor.ts'
import type { Logger } from '../engine/logger.ts'
import type { Clock } from '../engine/ports.ts'
import type { LogEvent } from '../log/stream.ts'
import type { Readers } from './readers.ts'

/** Few, because what a slow reader has not taken is held in memory. */
const PAGE_MAX = 100
const HEARTBEAT_MS = 15_000
const SLOW_READER_MS = 20_000
const RETRY_MS = 1_000
const RETRY_AFTER_STOP_MS = 500
const RETRY_SPREAD_MS = 1_000

export type EventsOrder = {
  readonly source: Source
  readonly from: number
  /** Whether the stream had ended before the first read. */
  readonly ended: boolean
  /** Whether nothing but late money can follow this event. */
  readonly isLast: (event: LogEvent) => boolean
  /** Whether the reader may still read: asked before anything is sent. */
  readonly isAllowed: () => boolean
  /** The text of one event; null: not for this reader. */
  readonly frame: (event: LogEvent) => string | null
}

export type SseDeps = {
  readonly clock: Clock
  readonly random: RandomBytes
  readonly readers: Readers
  readonly log: Logger
}

/**
 * Answers with events as they come; ends after the last one and all that was logged after it. A reader
 * who has them all already gets 204, which tells an EventSource not to come back.
 */
export async function serveEvents(
  reply: FastifyReply,
  order: EventsOrder,
  deps: SseDeps,
): Promise<FastifyReply> {
  const bell = createBell()
  const connection = { gone: false, stopping: false }
  const leave = deps.readers.enter(() => {
    connection.stopping = true
    bell.ring()
  })
  reply.raw.once('close', () => {
    connection.gone = true
    bell.ring()
  })
  const cursor = openLogCursor(order.source, order.from, bell.ring, PAGE_MAX)
  try {
    const first = await cursor.read()
    if (first.length === 0 && order.ended) return reply.code(204).send()
    begin(reply)
    await follow(reply.raw, { ...order, first, cursor, bell, connection }, deps)
    return reply
  } finally {
    cursor.close()
    leave()
  }
}

/** One event as text: `id` is what a reader sends back as Last-Event-ID. */
export function eventFrame(id: number, data: object): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}

function begin(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
  reply.hijack()
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    // nginx buffers a proxied answer unless told not to.
    'x-accel-buffering': 'no',
  })
  // Without it the headers wait for the first event, and a silent stream never opens.
  reply.raw.flushHeaders()
  reply.raw.write(`retry: ${RETRY_MS}\n\n`)
}

type Following = EventsOrder & {
  readonly first: readonly LogEvent[]
  readonly cursor: LogCursor
  readonly bell: Bell
  readonly connection: { readonly gone: boolean; readonly stopping: boolean }
}

async function follow(out: ServerResponse, what: Following, deps: SseDeps): Promise<void> {
  const stopHeart = startHeart(out, deps.clock, () => {
    if (!what.isAllowed()) what.bell.ring()
  })
  try {
    let ended = what.ended
    let isComplete = false
    let events = what.first
    while (!what.connection.gone) {
      // It comes back, and is told why it may not.
      if (!what.isAllowed()) return void out.end()
      for (const event of events) {
        const frame = what.frame(event)
        if (frame !== null) out.write(frame)
        ended ||= what.isLast(event)
      }
      if (!(await drained(out, deps.clock))) break
      events = await what.cursor.read()
      if (events.length > 0) continue
      // Of the last events, which other daemons may have committed, an earlier one can be told first, as
      // of a stream that has ended. What the store does not show after that was not logged.
      if (ended && isComplete) return void out.end()
      if (ended) {
        isComplete = true
        what.cursor.recheck()
        continue
      }
      if (what.connection.stopping) {
        return void out.end(`retry: ${comeBackMs(deps.random)}\n: the daemon is stopping\n\n`)
      }
      await what.bell.heard()
      events = await what.cursor.read()
    }
  } catch (error) {
    // The headers are out: all that can be done is to cut, so that the reader comes back.
    deps.log.error('events_unread', { error: String(error) })
  } finally {
    stopHeart()
  }
  out.destroy()
}

/** All readers are sent away in one moment; they must not all come back in one. */
function comeBackMs(random: RandomBytes): number {
  const [byte = 0] = random(1)
  return RETRY_AFTER_STOP_MS + Math.floor((byte / 256) * RETRY_SPREAD_MS)
}

/** False when the reader did not take what was written within its time. */
async function drained(out: ServerResponse, clock: Clock): Promise<boolean> {
  if (!out.writableNeedDrain) return true
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const taken = () => resolve(true)
  const gone = () => resolve(false)
  const timer = clock.setTimer(SLOW_READER_MS, gone)
  out.once('drain', taken).once('close', gone)
  const answer = await promise
  timer.cancel()
  out.off('drain', taken).off('close', gone)
  return answer
}

function startHeart(out: ServerResponse, clock: Clock, beaten: () => void): () => void {
  let timer = clock.setTimer(HEARTBEAT_MS, beat)
  function beat(): void {
    beaten()
    if (!out.writableNeedDrain) out.write(':\n\n')
    timer = clock.setTimer(HEARTBEAT_MS, beat)
  }
  return () => timer.cancel()
}
