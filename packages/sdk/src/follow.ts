// Following one of the daemon's logs: every item once and in order, for as long as anyone listens,
// through cut connections, restarts of the daemon, and proxies that let no stream through.
import { backoffMs } from './backoff.ts'
import { createDeadline } from './deadline.ts'
import { ConnectionError, isPortalError, RateLimitError, ServerError } from './errors.ts'
import type { Http } from './http.ts'
import { createSseParser } from './sse.ts'
import { sleep } from './world.ts'

/** The daemon begins every stream at once; later than this, something holds it back. */
const FIRST_BYTE_MS = 5_000
/** Three of the daemon's heartbeats. */
const SILENCE_MS = 45_000
/** A connection that lived this long worked; its end is no sign of trouble. */
const HEALTHY_MS = 5_000
/** Streams in a row that ended at once and told nothing, before polling is used instead. */
const SHORT_STREAMS_MAX = 3
/** How long polling is used before a stream is tried again. */
const POLLING_MS = 300_000
/** Well under the usual limits of proxies. */
const POLL_WAIT_S = 15
const POLL_MAX_MS = 20_000
/** Faster than this, an empty answer did not wait as asked. */
const POLL_MIN_MS = 1_000
const RETRY_FIRST_MS = 200
const RETRY_MAX_MS = 5_000
/** Failures in a row after which an outage is reported, once. */
const FAILURES_REPORTED = 5

/** A log to follow: a stream by index, or the feed by position. */
export type Log<Item> = {
  readonly path: string
  /** The first `after` to ask for. */
  readonly after: number
  read(json: unknown): Item
  /**
   * The `after` that follows this item; null if it was told before. Throws when one was left out.
   */
  next(item: Item, after: number): number | null
}

export type Follower = {
  /**
   * Yields each item once, in order, and never ends by itself. Throws the signal's reason once
   * aborted, and errors that asking again cannot mend: AuthError, NotFoundError,
   * InvalidRequestError, ConflictError (the store was restored and lacks what was told).
   */
  follow<Item>(log: Log<Item>, signal: AbortSignal | undefined): AsyncGenerator<Item, void>
}

/**
 * One per client, because what one stream finds out about the way to the daemon holds for all.
 *
 * @param onOutage called once in each outage that lasts; following goes on all the same
 */
export function createFollower(http: Http, onOutage: (error: unknown) => void): Follower {
  const { world } = http
  let pollUntilMs = 0
  let shortStreams = 0

  /** Takes note of how a stream ended: whether polling is to be used for a while. */
  function judgeStream(stream: StreamState, told: number, livedMs: number): void {
    if (told > 0 || livedMs >= HEALTHY_MS) shortStreams = 0
    else if (stream.opened) shortStreams += 1
    const blocked = stream.opened && !stream.heard
    if (!blocked && shortStreams < SHORT_STREAMS_MAX) return
    shortStreams = 0
    pollUntilMs = world.nowMs() + POLLING_MS
  }

  async function* follow<Item>(
    log: Log<Item>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Item, void> {
    let after = log.after
    let failures = 0
    for (;;) {
      if (signal?.aborted) throw signal.reason
      const startMs = world.nowMs()
      const polling = startMs < pollUntilMs
      const stream: StreamState = { opened: false, heard: false }
      const source = polling
        ? poll(http, log, after, signal)
        : listen(http, log, after, signal, stream)
      let told = 0
      let trouble: unknown = null
      try {
        for await (const json of source) {
          const item = log.read(json)
          const next = log.next(item, after)
          if (next === null) continue
          after = next
          told += 1
          yield item
        }
      } catch (error) {
        if (signal?.aborted) throw signal.reason
        if (!mayPass(error)) throw error
        trouble = error
      }
      const livedMs = world.nowMs() - startMs
      if (!polling) judgeStream(stream, told, livedMs)
      const worked =
        told > 0 || (trouble === null && livedMs >= (polling ? POLL_MIN_MS : HEALTHY_MS))
      failures = worked ? 0 : failures + 1
      if (failures === FAILURES_REPORTED) onOutage(trouble ?? cutShort(log.path))
      if (worked && polling) continue
      await sleep(world, pauseMs(trouble, failures, world.random()), signal)
    }
  }

  return { follow }
}

/** What became of one attempt to stream. */
type StreamState = {
  /** The daemon, or something in between, said 200. */
  opened: boolean
  /** At least one byte of the stream came through. */
  heard: boolean
}

async function* listen<Item>(
  http: Http,
  log: Log<Item>,
  after: number,
  signal: AbortSignal | undefined,
  state: StreamState,
): AsyncGenerator<unknown, void> {
  const deadline = createDeadline(http.world, FIRST_BYTE_MS, signal)
  try {
    const request = { method: 'GET', path: log.path, query: { after } } as const
    const response = await http.open(request, 'text/event-stream', deadline.signal)
    // 204: the log has ended, nothing follows.
    if (response.status === 204) return
    state.opened = true
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true
    // Some runtimes' fetch has no streaming bodies.
    const reader = isStream ? response.body?.getReader() : undefined
    if (reader === undefined) return
    const decoder = new TextDecoder()
    const parse = createSseParser()
    for (;;) {
      deadline.extend(state.heard ? SILENCE_MS : FIRST_BYTE_MS)
      const { done, value } = await reader.read()
      deadline.pause()
      if (done) return
      state.heard = true
      for (const message of parse(decoder.decode(value, { stream: true }))) {
        yield JSON.parse(message.data)
      }
    }
  } catch (error) {
    state.opened ||= deadline.signal.aborted
    throw error
  } finally {
    deadline.close()
  }
}

async function* poll<Item>(
  http: Http,
  log: Log<Item>,
  after: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void> {
  const query = { after, wait: POLL_WAIT_S }
  const options = { signal, tries: 1, timeoutMs: POLL_MAX_MS }
  const answer = await http.call({ method: 'GET', path: log.path, query }, options)
  const events: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'events') : null
  if (!Array.isArray(events)) {
    throw new ConnectionError('invalid_answer', `GET ${log.path} answered no list of events`)
  }
  yield* events
}

/** Whether trying again may help: all but what the daemon refuses for good. */
function mayPass(error: unknown): boolean {
  if (!isPortalError(error)) return true
  return (
    error instanceof ConnectionError ||
    error instanceof RateLimitError ||
    error instanceof ServerError
  )
}

function pauseMs(trouble: unknown, failures: number, random: number): number {
  const ownMs = backoffMs(failures, random, RETRY_FIRST_MS, RETRY_MAX_MS)
  const askedS = trouble instanceof RateLimitError ? trouble.retryAfterS : null
  return Math.max(ownMs, (askedS ?? 0) * 1000)
}

function cutShort(path: string): ConnectionError {
  return new ConnectionError(
    'connection_failed',
    `GET ${path} ends again and again, telling nothing`,
  )
}
