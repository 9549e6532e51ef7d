// Readers of the log over HTTP: one stream or the feed of all, by poll, long poll or SSE.
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Engine } from '../engine/engine.ts'
import { feedSource, streamSource } from '../engine/log-cursor.ts'
import type { LogReader } from '../engine/log-reader.ts'
import { Refusal } from '../engine/refusal.ts'
import { feedItem } from '../log/feed-item.ts'
import type { LogEvent, Stream, StreamId, StreamType } from '../log/stream.ts'
import { answerOrEvents, GUARDED, noBody, refusals } from './answers.ts'
import type { App } from './app.ts'
import { holderOf, isStillGood, needScope } from './auth.ts'
import { EventPage, FeedPage, FeedQuery, StreamQuery } from './event-schemas.ts'
import { poll } from './poll.ts'
import { decimal } from './query.ts'
import { eventFrame, type SseDeps, serveEvents } from './sse.ts'
import { mayDo, type Scope, type TokenHolder, type TokenVerifier } from './tokens.ts'

const LAST_EVENT_ID = 'Last-Event-ID'

const headers = Type.Object({
  [LAST_EVENT_ID]: Type.Optional(
    Type.String({ description: 'SSE only: the last id that was read; beats `after`, exclusive.' }),
  ),
})

const NOTHING_LEFT = { 204: noBody('SSE only: the stream has ended and all of it was read.') }

type EventDeps = SseDeps & { readonly engine: Engine; readonly tokens: TokenVerifier }

export function eventRoutes(app: App, deps: EventDeps): void {
  app.get(
    '/events/:stream_id',
    {
      config: { access: 'any_token' },
      schema: {
        operationId: 'streamEvents',
        tags: ['Events'],
        summary: 'Events of one stream',
        description:
          'What happened to one payment, handshake or authentication. With `wait` the answer ' +
          'is held until there is an event (a poll of an ended stream waits too). With ' +
          '`Accept: text/event-stream` it stays open, sends each event as it happens and ' +
          'closes after the last one. After the store was restored from a backup, `after` beyond ' +
          'the end is refused as `conflict`: events that you were told are lost. Needs the scope `payments:read`, or `auth` for ' +
          'handshakes and authentications.',
        params: Type.Object({ stream_id: Type.String({ description: 'The stream.' }) }),
        querystring: StreamQuery,
        headers,
        response: {
          200: answerOrEvents(EventPage, 'The events with index `after` and later.'),
          ...NOTHING_LEFT,
          ...refusals(...GUARDED, 'not_found', 'conflict'),
        },
      },
    },
    async (request, reply) => {
      const stream = await knownStream(request.params.stream_id, deps.engine.log)
      needScope(request.holder, [scopeOf(stream.type)])
      const source = streamSource(deps.engine.log, stream.id)
      const { wait = 0 } = request.query
      const last = wantsEvents(request) ? lastEventId(request) : null
      const after = last === null ? (request.query.after ?? 0) : last + 1
      await refuseLostIndex(stream, after, deps.engine.log)
      if (wantsEvents(request)) {
        const order = {
          source,
          from: after,
          ended: stream.ended,
          isLast: (event: LogEvent) => event.stream.ended,
          isAllowed: () => isStillGood(request, deps.tokens),
          frame: (event: LogEvent) => eventFrame(event.index, streamEvent(event)),
        }
        return serveEvents(reply, order, deps)
      }
      const options = { waitMs: wait * 1000, visible: () => true, out: reply.raw }
      const page = await poll(source, after, options, deps)
      if (wait > 0) holderOf(request.headers.authorization, deps.tokens)
      return { events: page.events.map(streamEvent), next: page.next }
    },
  )

  app.get(
    '/events',
    {
      config: { access: ['payments:read', 'auth'] },
      schema: {
        operationId: 'feedEvents',
        tags: ['Events'],
        summary: 'The feed of all streams',
        description:
          'Everything that happens, in one order, to catch up with one loop: keep `next`, ask ' +
          'again with it. A token sees payments with the scope `payments:read`, handshakes ' +
          'and authentications with `auth`. After the store was restored from a backup, an `after` ' +
          'among or behind the events it has lost is refused as `conflict`, whenever it comes, and ' +
          'so is one beyond the end of a log that never lost any; `detail` says where to read on.',
        querystring: FeedQuery,
        headers,
        response: {
          200: answerOrEvents(FeedPage, 'The events beyond `after`.'),
          ...refusals(...GUARDED, 'conflict'),
        },
      },
    },
    async (request, reply) => {
      const source = feedSource(deps.engine.log)
      const { wait = 0 } = request.query
      const last = wantsEvents(request) ? lastEventId(request) : null
      const asked = last ?? request.query.after ?? 0
      if (asked === 'end' && wantsEvents(request)) throw endOfStream()
      const after = asked === 'end' ? await deps.engine.log.end() : asked
      const { logId, lostSince, wasRestored } = await deps.engine.log.at(after)
      if (lostSince !== null) throw wasRestored ? lost(lostSince) : beyond(lostSince)
      const visible = (event: LogEvent) => sees(request.holder, event.stream.type)
      if (wantsEvents(request)) {
        const frame = (event: LogEvent) =>
          visible(event) ? eventFrame(event.position, feedItem(event)) : null
        const isAllowed = () => isStillGood(request, deps.tokens)
        const order = { source, from: after, ended: false, isLast: () => false, isAllowed, frame }
        return serveEvents(reply, order, deps)
      }
      const page = await poll(source, after, { waitMs: wait * 1000, visible, out: reply.raw }, deps)
      if (wait > 0) holderOf(request.headers.authorization, deps.tokens)
      return { events: page.events.map(feedItem), next: page.next, log_id: logId }
    },
  )
}

/** An id as the daemon makes them; anything else names no stream. Throws Refusal not_found. */
export function readStreamId(text: string): StreamId {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text as StreamId
  throw new Refusal('not_found', 'there is no stream with this stream_id')
}

// On a store that was restored, who has read beyond the end was told events that are no longer there.
async function refuseLostIndex(stream: Stream, after: number, log: LogReader): Promise<void> {
  if (after === 0 || (await log.events(stream.id, after - 1, 1)).length > 0) return
  if ((await log.at(0)).wasRestored) throw lost(0)
}

function lost(readOn: number): Refusal {
  const detail =
    'the store was restored from a backup and lacks events that you were told: read on with ' +
    `after=${readOn}, and expect further events of payments you know`
  return new Refusal('conflict', detail, { field: 'after' })
}

// One that is cut before its first event would begin at a later end, and skip what happened meanwhile.
function endOfStream(): Refusal {
  const detail = '"after" may be "end" in a poll only: stream from the `next` that it answers'
  return new Refusal('invalid_request', detail, { field: 'after' })
}

// The log of another store, or no cursor at all: waiting there would skip what comes.
function beyond(readOn: number): Refusal {
  const detail =
    '"after" lies beyond the end of this log: is it the log you have read ("log_id")? Read on with ' +
    `after=${readOn}`
  return new Refusal('conflict', detail, { field: 'after' })
}

async function knownStream(text: string, log: LogReader): Promise<Stream> {
  const stream = await log.stream(readStreamId(text))
  if (stream === null) throw new Refusal('not_found', 'there is no stream with this stream_id')
  return stream
}

function scopeOf(type: StreamType): Scope {
  return type === 'payment' ? 'payments:read' : 'auth'
}

function sees(holder: TokenHolder | null, type: StreamType): boolean {
  return holder !== null && mayDo(holder, [scopeOf(type)])
}

function wantsEvents(request: FastifyRequest): boolean {
  return /\btext\/event-stream\b/i.test(request.headers.accept ?? '')
}

function lastEventId(request: FastifyRequest): number | null {
  const text = request.headers['last-event-id']
  if (text === undefined || text === '') return null
  const id = typeof text === 'string' ? decimal(text) : null
  if (id !== null) return id
  throw new Refusal('invalid_request', `"${LAST_EVENT_ID}" must be decimal digits`, {
    field: LAST_EVENT_ID,
  })
}

function streamEvent(event: LogEvent) {
  return { index: event.index, created_at: Math.floor(event.createdAtMs / 1000), data: event.data }
}
