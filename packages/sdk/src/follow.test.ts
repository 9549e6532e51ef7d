import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createVirtualWorld } from '../test/virtual-world.ts'
import { AuthError } from './errors.ts'
import { createFollower, type Log } from './follow.ts'
import { createHttp } from './http.ts'
import { feedLog, streamLog } from './logs.ts'

type Item = { readonly index: number; readonly data: string }
type Answer = (after: number, sse: boolean, signal: AbortSignal) => Response | Promise<Response>

const LOG: readonly Item[] = ['a', 'b', 'c', 'd', 'e', 'f'].map((data, index) => ({ index, data }))

/** A stream of these texts that then ends, breaks, or stays open. */
function sse(texts: readonly string[], then: 'end' | 'break' | 'hang', signal: AbortSignal) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder()
      for (const text of texts) controller.enqueue(encoder.encode(text))
      signal.addEventListener('abort', () => controller.error(new Error('aborted')))
    },
    pull(controller) {
      if (then === 'end') controller.close()
      if (then === 'break') controller.error(new TypeError('terminated'))
      return new Promise(() => {})
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

const message = (item: Item) => `id: ${item.index}\ndata: ${JSON.stringify(item)}\n\n`
const page = (events: readonly Item[]) => Response.json({ events, next: 0 })

function setUp(answer: Answer) {
  const asked: { readonly after: number; readonly sse: boolean; readonly atMs: number }[] = []
  const outages: unknown[] = []
  const world = createVirtualWorld(async (url, init) => {
    const isSse = new Headers(init.headers).get('accept') === 'text/event-stream'
    const after = Number(new URL(url).searchParams.get('after'))
    asked.push({ after, sse: isSse, atMs: world.nowMs() })
    return await answer(after, isSse, init.signal ?? new AbortController().signal)
  })
  const http = createHttp({ baseUrl: 'http://daemon', authToken: 't', timeoutMs: 1_000 }, world)
  const follower = createFollower(http, (error) => outages.push(error))
  return { follower, asked, outages, world }
}

async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  for await (const item of items) if (taken.push(item) === count) break
  return taken
}

const stream = (): Log<Item> => streamLog<string>('s') as Log<Item>
const words = (items: readonly Item[]) => items.map(({ data }) => data).join('')

test('a stream that stays open tells every item once and in order', async () => {
  const { follower, asked } = setUp((_after, _sse, signal) => sse(LOG.map(message), 'hang', signal))
  assert.equal(words(await take(follower.follow(stream(), undefined), 6)), 'abcdef')
  assert.equal(asked.length, 1)
})

const FAULTS = ['cut', 'end', 'refuse', 'repeat', '503', 'garbage', 'poll', 'skip'] as const
const fault = fc.constantFrom(...FAULTS)

test('whatever is cut, repeated or refused, every item comes once and in order', async () => {
  const property = fc.asyncProperty(fc.array(fault, { maxLength: 12 }), async (faults) => {
    let attempt = 0
    const { follower } = setUp((after, isSse, signal): Response => {
      const kind = faults[attempt] ?? 'none'
      attempt += 1
      const rest = LOG.slice(after)
      if (!isSse) return page(kind === 'repeat' ? LOG : rest)
      switch (kind) {
        case 'none':
          return sse([': hello\n\n', ...rest.map(message)], 'hang', signal)
        case 'cut':
          return sse(
            [': hello\n\n', ...rest.slice(0, 1).map(message), 'data: {"ind'],
            'break',
            signal,
          )
        case 'end':
          return sse(rest.slice(0, 2).map(message), 'end', signal)
        case 'repeat':
          return sse(LOG.slice(0, after + 1).map(message), 'end', signal)
        case 'skip':
          return sse(rest.slice(1).map(message), 'end', signal)
        case 'garbage':
          return sse(['data: {}\n\n'], 'end', signal)
        case 'poll':
          return new Response('buffered', { headers: { 'content-type': 'text/plain' } })
        case '503':
          return new Response('', { status: 503 })
        case 'refuse':
          throw new TypeError('fetch failed')
      }
    })
    assert.equal(words(await take(follower.follow(stream(), undefined), 6)), 'abcdef')
  })
  await fc.assert(property, { numRuns: 300 })
})

test('a reconnect asks for what comes after the last item', async () => {
  let first = true
  const { follower, asked } = setUp((after, _sse, signal) => {
    const texts = LOG.slice(after, first ? 3 : undefined).map(message)
    const then = first ? 'break' : 'hang'
    first = false
    return sse(texts, then, signal)
  })
  assert.equal(words(await take(follower.follow(stream(), undefined), 6)), 'abcdef')
  assert.deepEqual(
    asked.map(({ after }) => after),
    [0, 3],
  )
})

test('a stream that is silent from the start is polled after 5 s, and so are all for 5 minutes', async () => {
  const { follower, asked, world } = setUp((after, isSse, signal) =>
    isSse ? sse([], 'hang', signal) : page(LOG.slice(after)),
  )
  assert.equal(words(await take(follower.follow(stream(), undefined), 6)), 'abcdef')
  assert.deepEqual(
    asked.map(({ sse: isSse }) => isSse),
    [true, false],
  )
  assert.ok(world.nowMs() < 5_500)
  await take(follower.follow(stream(), undefined), 6)
  assert.equal(asked.at(-1)?.sse, false)
  await new Promise<void>((resolve) => world.timer(300_000, resolve))
  await take(follower.follow(stream(), undefined), 6)
  assert.equal(asked.filter(({ sse: isSse }) => isSse).length, 2)
})

test('a fetch without streaming bodies is polled at once', async () => {
  const { follower, world } = setUp((after, isSse) => {
    if (!isSse) return page(LOG.slice(after))
    const response = new Response('', { headers: { 'content-type': 'text/event-stream' } })
    return Object.defineProperty(response, 'body', { value: undefined })
  })
  assert.equal(words(await take(follower.follow(stream(), undefined), 6)), 'abcdef')
  assert.ok(world.nowMs() < 1_000)
})

test('streams that are cut as soon as they are open are given up for polling', async () => {
  const { follower, asked } = setUp((after, isSse, signal) =>
    isSse ? sse([': hello\n\n'], 'break', signal) : page(LOG.slice(after)),
  )
  assert.equal(words(await take(follower.follow(stream(), undefined), 6)), 'abcdef')
  assert.deepEqual(
    asked.map(({ sse: isSse }) => isSse),
    [true, true, true, false],
  )
})

test('a stream that falls silent later is opened anew', async () => {
  let opened = 0
  const { follower, world } = setUp((after, _sse, signal) => {
    opened += 1
    return sse(LOG.slice(after, opened === 1 ? 2 : 6).map(message), 'hang', signal)
  })
  assert.equal(words(await take(follower.follow(stream(), undefined), 6)), 'abcdef')
  assert.ok(world.nowMs() >= 45_000 && world.nowMs() < 46_000)
})

test('a daemon that stays away is tried for ever, at most every 5 s, and the outage told once', async () => {
  const { follower, asked, outages } = setUp((after, _sse, signal) => {
    if (asked.length < 100) throw new TypeError('fetch failed')
    return sse(LOG.slice(after).map(message), 'hang', signal)
  })
  assert.equal(words(await take(follower.follow(stream(), undefined), 6)), 'abcdef')
  assert.equal(outages.length, 1)
  const waits = asked.slice(1).map(({ atMs }, i) => atMs - (asked[i]?.atMs ?? 0))
  assert.ok(waits.every((ms) => ms > 0 && ms <= 5_000))
})

test('a poll that does not wait as asked is not repeated without a pause', async () => {
  const { follower, asked, world } = setUp((after, isSse) => {
    if (isSse) return new Response('no streams here')
    return page(asked.length < 50 ? [] : LOG.slice(after))
  })
  await take(follower.follow(stream(), undefined), 6)
  assert.ok(world.nowMs() > 40 * 2_500)
})

test('what the daemon refuses for good ends it', async () => {
  const { follower, asked } = setUp(() => new Response('', { status: 401 }))
  await assert.rejects(take(follower.follow(stream(), undefined), 1), AuthError)
  assert.equal(asked.length, 1)
})

test('an aborted signal ends it with its reason, wherever it stands', async () => {
  const places: readonly Answer[] = [
    (_after, _sse, signal) => sse([': hello\n\n'], 'hang', signal),
    (_after, _sse, signal) => sse(LOG.slice(0, 1).map(message), 'hang', signal),
    () => {
      throw new TypeError('fetch failed')
    },
  ]
  for (const place of places) {
    const reason = new Error('enough')
    const controller = new AbortController()
    const { follower } = setUp((...request) => {
      setImmediate(() => controller.abort(reason))
      return place(...request)
    })
    const items = take(follower.follow(stream(), controller.signal), 6)
    await assert.rejects(items, (error) => error === reason)
  }
})

test('whoever stops listening closes the connection', async () => {
  let closed = false
  const { follower } = setUp((_after, _sse, signal) => {
    signal.addEventListener('abort', () => {
      closed = true
    })
    return sse(LOG.map(message), 'hang', signal)
  })
  await take(follower.follow(stream(), undefined), 1)
  assert.ok(closed)
})

test('the feed goes on after the last position, whose numbers may have gaps', async () => {
  const positions = [3, 4, 9]
  const { follower, asked } = setUp((after, _sse, signal) => {
    const rest = positions.filter((position) => position > after).slice(0, 2)
    const texts = rest.map((position) => `data: ${JSON.stringify({ position })}\n\n`)
    return sse(['data: {"position":1}\n\n', ...texts], 'end', signal)
  })
  const items = await take(follower.follow(feedLog(1), undefined), 3)
  assert.deepEqual(
    items.map(({ position }) => position),
    positions,
  )
  assert.deepEqual(
    asked.map(({ after }) => after),
    [1, 4],
  )
})
