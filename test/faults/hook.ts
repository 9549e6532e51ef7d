// A webhook receiver of the merchant's that lives on while the daemon dies. It is slow now and then, and
// errs now and then, once for an event: refuses it, or hangs up. What it holds against the daemon is what
// docs/webhooks.md promises.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { verifyWebhook } from 'portal-sdk'
import type { Chance } from './chance.ts'
import type { FeedItem, Merchant } from './merchant.ts'
import { pause, until } from './until.ts'

/** One event in so many meets a receiver that errs. */
const ERRS_EVERY = 20
/** So that several are on their way, and end out of turn, whenever the daemon is killed. */
const SLOW_MAX_MS = 1_000
/** Some tries 5 s after the one before, and those that waited behind them. */
const DELIVERED_MS = 120_000

export interface Hook extends AsyncDisposable {
  /** Every event of the feed has come, in order, and is what the feed says. */
  assertAll(feed: readonly FeedItem[]): Promise<void>
  /** Messages that came; of these, so many had come before and so many were not taken. */
  counts(): { readonly came: number; readonly again: number; readonly erred: number }
}

type Got = { readonly id: string; readonly item: FeedItem; taken: boolean }

/** Makes an endpoint of the daemon's and listens there. */
export async function openHook(merchant: Merchant, chance: Chance): Promise<Hook> {
  const streams = new Map<string, Got[]>()
  const wrong: string[] = []
  const count = { came: 0, again: 0, erred: 0 }
  let secret = ''

  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const got = await note(text, request.headers)
    if (got === null) return response.writeHead(400).end()
    await pause(chance.between(0, SLOW_MAX_MS))
    if (got.errs !== null) {
      count.erred += 1
      if (got.errs === 'refuses') response.writeHead(500).end()
      else request.socket.destroy()
      return
    }
    got.message.taken = true
    response.writeHead(204).end()
  })
  // Connections of a daemon that was killed.
  server.on('clientError', (_error, socket) => socket.destroy())

  async function note(body: string, headers: IncomingHttpHeaders) {
    try {
      const { data } = (await verifyWebhook(body, headers, secret)) as unknown as { data: FeedItem }
      count.came += 1
      return noteItem(String(headers['webhook-id']), data)
    } catch (error) {
      // A body cut by the kill of its sender never gets here: this one was whole.
      wrong.push(String(error))
      return null
    }
  }

  function noteItem(id: string, item: FeedItem) {
    const known = streams.get(item.stream_id) ?? []
    streams.set(item.stream_id, known)
    const last = known.at(-1)
    if (last?.item.index === item.index) {
      count.again += 1
      assert.deepEqual({ id, item }, { id: last.id, item: last.item }, 'another message')
      return { message: last, errs: null }
    }
    const where = `event ${item.index} of ${item.stream_id}`
    assert.equal(item.index, known.length, `${where} is out of order`)
    assert(last?.taken !== false, `${where} came before the one before it was taken`)
    const message = { id, item, taken: false }
    known.push(message)
    const errs = chance.between(1, ERRS_EVERY) > 1 ? null : chance.oneOf(['refuses', 'hangs up'])
    return { message, errs }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const made = await merchant.insist('POST', '/webhooks', { url: `http://127.0.0.1:${port}/` })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  secret = made.body.secret

  return {
    async assertAll(feed) {
      const isThere = ({ stream_id: stream, index }: FeedItem) =>
        streams.get(stream)?.[index]?.taken === true
      await until(
        'every event is delivered',
        () => wrong.length > 0 || feed.every(isThere),
        DELIVERED_MS,
      )
      assert.deepEqual(wrong, [])
      const got = [...streams.values()].flat()
      assert.equal(got.length, feed.length)
      assert.equal(
        new Set(got.map(({ id }) => id)).size,
        feed.length,
        'ids are not of one event each',
      )
      for (const item of feed)
        assert.deepEqual(streams.get(item.stream_id)?.[item.index]?.item, item)
    },
    counts: () => count,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
