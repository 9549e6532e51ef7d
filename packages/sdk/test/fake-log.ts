// The daemon's log and its readers (poll, long poll, SSE), as design and openapi.json describe them.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

export type Json = { readonly [key: string]: unknown }
type Event = { readonly index: number; readonly created_at: number; readonly data: Json }
type FeedItem = Event & { readonly position: number }
type StreamType = 'payment' | 'key_handshake' | 'authenticate_key'
type Stream = {
  readonly id: string
  readonly type: StreamType
  readonly paymentId: string | null
  readonly endsWith: (data: Json) => boolean
  readonly events: Event[]
  ended: boolean
}

export type FakeLog = {
  newStream(type: StreamType, paymentId: string | null, endsWith: Stream['endsWith']): string
  stream(id: string): Stream | undefined
  tell(streamId: string, data: Json): void
  /** Answers a reader; false when there is no such stream. */
  serve(url: URL, request: IncomingMessage, response: ServerResponse): boolean
  /** Readers connected now. */
  readers(): number
}

export function createFakeLog(): FakeLog {
  const streams = new Map<string, Stream>()
  const feed: FeedItem[] = []
  const listeners = new Set<() => void>()
  let readers = 0

  function tell(streamId: string, data: Json): void {
    const stream = streams.get(streamId)
    if (stream === undefined) throw new Error(`no stream ${streamId}`)
    const event = { index: stream.events.length, created_at: 1_700_000_000, data }
    stream.events.push(event)
    stream.ended ||= stream.endsWith(data)
    const ids = { stream_id: streamId, payment_id: stream.paymentId, request_id: stream.paymentId }
    // With gaps, as real positions have them.
    const position = feed.length * 2 + 1
    feed.push(Object.assign({ position, type: stream.type }, ids, event))
    for (const listener of listeners) listener()
  }

  function read(id: string | null, after: number) {
    const stream = id === null ? undefined : streams.get(id)
    if (stream === undefined) {
      const events = feed.filter(({ position }) => position > after)
      return { events, next: events.at(-1)?.position ?? after, ended: false }
    }
    const events = stream.events.slice(after)
    return { events, next: after + events.length, ended: stream.ended }
  }

  function poll(id: string | null, after: number, waitMs: number, response: ServerResponse): void {
    const timer = setTimeout(() => answer(true), waitMs)
    function answer(now: boolean): void {
      const { events, next } = read(id, after)
      if (!now && events.length === 0) return
      stop()
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ events, next }))
    }
    const listener = () => answer(false)
    const stop = listen(listener, response, () => clearTimeout(timer))
    listener()
  }

  function stream(id: string | null, start: number, response: ServerResponse): void {
    let after = start
    const first = read(id, after)
    if (first.ended && first.events.length === 0) {
      response.writeHead(204).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n')
    const listener = () => {
      const { events, next, ended } = read(id, after)
      after = next
      for (const event of events) {
        const cursor = 'position' in event ? event.position : event.index
        response.write(`id: ${cursor}\ndata: ${JSON.stringify(event)}\n\n`)
      }
      if (!ended) return
      stop()
      response.end()
    }
    const stop = listen(listener, response, () => {})
    listener()
  }

  function listen(listener: () => void, response: ServerResponse, onStop: () => void): () => void {
    const stop = () => {
      if (listeners.delete(listener)) readers -= 1
      onStop()
    }
    listeners.add(listener)
    readers += 1
    response.on('close', stop)
    return stop
  }

  const log: FakeLog = {
    tell,
    readers: () => readers,
    stream: (id) => streams.get(id),
    newStream(type, paymentId, endsWith) {
      const id = randomUUID()
      streams.set(id, { id, type, paymentId, endsWith, events: [], ended: false })
      return id
    },
    serve(url, request, response) {
      const id = url.pathname.split('/')[2] ?? null
      if (id !== null && !streams.has(id)) return false
      const asked = url.searchParams.get('after') ?? 0
      const after = asked === 'end' ? (feed.at(-1)?.position ?? 0) : Number(asked)
      if (request.headers.accept === 'text/event-stream') stream(id, after, response)
      else poll(id, after, Number(url.searchParams.get('wait') ?? 0) * 1000, response)
      return true
    },
  }
  return log
}
