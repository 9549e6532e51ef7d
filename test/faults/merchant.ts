// The merchant's side as an auditor: it goes on through every crash, remembers all that was acknowledged
// and everything it was shown, and complains when any of it changes.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { pause } from './until.ts'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire is asserted on, not trusted
  readonly body: any
}

export type Event = { readonly index: number; readonly created_at: number; readonly data: Told }
export type Told = {
  readonly status: string
  readonly code?: string
  readonly reason?: string
  readonly preimage?: string | null
  readonly late?: boolean
}

/** An event as the feed has it. */
export type FeedItem = Event & {
  readonly position: number
  readonly type: string
  readonly stream_id: string
  readonly payment_id: string | null
  readonly request_id: string | null
}

export type Order = {
  readonly main_key: string
  readonly amount: number
  readonly currency: string
  readonly [field: string]: unknown
}

export type Taken = {
  readonly key: string
  readonly order: Order
  readonly paymentId: string
  readonly streamId: string
  /** Null when it was answered before there was one. */
  readonly invoice: string | null
  /** Unix seconds. */
  readonly expiresAt: number
}

export interface Merchant {
  readonly taken: readonly Taken[]
  /** One request, as it comes: rejects when the connection breaks. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** The same until it is answered: a broken connection and a 503 are tried again. */
  insist(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Asks for a payment with an Idempotency-Key until it is taken. */
  order(order: Order, key?: string): Promise<Taken>
  /** Every event of the stream so far, held against all that was seen of it before. */
  events(streamId: string): Promise<readonly Event[]>
  /** All events of all streams so far. */
  feed(): Promise<readonly FeedItem[]>
  /** Follows the stream to its terminal event. */
  ended(streamId: string): Promise<Told>
  /** What was ever seen, against the feed, the look-ups and the keys of now; `others`: payments not its own. */
  audit(others?: number): Promise<void>
  close(): void
}

const TERMINAL = ['paid', 'user_rejected', 'timeout', 'error']
const AGAIN_MS = 100
const PATIENCE_MS = 180_000

export function openMerchant(url: string, token: string): Merchant {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  const taken: Taken[] = []
  const seen = new Map<string, Event[]>()
  let isClosed = false

  function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return send(
      agent,
      `${url}${path}`,
      method,
      { authorization: `Bearer ${token}`, ...headers },
      body,
    )
  }

  const insist: Merchant['insist'] = async (method, path, body, headers) => {
    const untilMs = performance.now() + PATIENCE_MS
    for (;;) {
      const answer = await ask(method, path, body, headers).catch(String)
      if (typeof answer === 'object' && answer.status !== 503) return answer
      if (isClosed || performance.now() > untilMs) {
        const last = typeof answer === 'string' ? answer : JSON.stringify(answer.body)
        throw new Error(`${method} ${path}: no answer for ${PATIENCE_MS} ms; at last ${last}`)
      }
      await pause(AGAIN_MS)
    }
  }

  async function events(streamId: string, wait = 0): Promise<readonly Event[]> {
    const known = seen.get(streamId) ?? []
    seen.set(streamId, known)
    // All of it, so that what was seen before is seen again.
    const after = wait > 0 ? known.length : 0
    const path = `/events/${streamId}?after=${after}`
    const told = wait > 0 ? await ask('GET', `${path}&wait=${wait}`).catch(() => null) : null
    // Nobody is told that there is nothing by a daemon killed while it waits: asked without waiting,
    // it must answer.
    const answer = told?.status === 200 ? told : await insist('GET', path)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    const shown: readonly Event[] = answer.body.events
    shown.forEach((event, i) => {
      assert.equal(event.index, after + i, `indexes of ${streamId} are not dense`)
      const before = known[event.index]
      if (before === undefined) known[event.index] = event
      else assert.deepEqual(event, before, `event ${event.index} of ${streamId} changed`)
    })
    assert(after + shown.length >= known.length, `events of ${streamId} were lost`)
    return known
  }

  return {
    taken,
    ask,
    insist,
    events,
    feed: () => readFeed(insist),
    async order(order, key = randomUUID()) {
      const answer = await insist('POST', '/payments/single', order, { 'idempotency-key': key })
      assert.equal(answer.status, 201, JSON.stringify(answer.body))
      const { payment_id: paymentId, stream_id: streamId, expires_at: expiresAt } = answer.body
      const entry = { key, order, paymentId, streamId, invoice: answer.body.invoice, expiresAt }
      const before = taken.find((other) => other.key === key)
      if (before !== undefined) assertSame(answer, before)
      else taken.push(entry)
      return entry
    },
    async ended(streamId) {
      for (;;) {
        const end = (await events(streamId, 10)).find(({ data }) => TERMINAL.includes(data.status))
        if (end !== undefined) return end.data
      }
    },
    async audit(others = 0) {
      for (const before of taken) {
        const key = { 'idempotency-key': before.key }
        assertSame(await insist('POST', '/payments/single', before.order, key), before)
      }
      for (const streamId of [...seen.keys()]) await events(streamId)
      auditFeed(await readFeed(insist), seen)
      const ids = await allPayments(insist)
      assert.equal(new Set(ids).size, ids.length)
      assert.equal(ids.length, taken.length + others)
      for (const { paymentId } of taken) assert(ids.includes(paymentId), `${paymentId} is lost`)
    },
    close() {
      isClosed = true
      agent.destroy()
    },
  }
}

/** What the key answers is the payment that it made, and its invoice. */
function assertSame({ status, body }: Answer, before: Taken): void {
  assert.equal(status, 201)
  assert.equal(body.payment_id, before.paymentId, 'the key answers another payment')
  assert.equal(body.stream_id, before.streamId)
  assert.equal(body.expires_at, before.expiresAt)
  if (before.invoice !== null)
    assert.equal(body.invoice, before.invoice, 'the key answers another invoice')
}

/** The feed from its beginning, in increasing positions. */
async function readFeed(insist: Merchant['insist']): Promise<readonly FeedItem[]> {
  const all: FeedItem[] = []
  for (;;) {
    const after = all.at(-1)?.position ?? 0
    const { body } = await insist('GET', `/events?after=${after}`)
    const events: readonly FeedItem[] = body.events
    if (events.length === 0) return all
    for (const item of events) {
      assert(item.position > (all.at(-1)?.position ?? 0), 'positions increase')
      all.push(item)
    }
    assert.equal(body.next, all.at(-1)?.position)
  }
}

/** The feed holds exactly the events of the streams. */
function auditFeed(feed: readonly FeedItem[], seen: ReadonlyMap<string, readonly Event[]>): void {
  const told = new Map<string, Event[]>()
  for (const { stream_id: streamId, index, created_at, data } of feed) {
    told.set(streamId, [...(told.get(streamId) ?? []), { index, created_at, data }])
  }
  for (const [streamId, events] of seen) assert.deepEqual(told.get(streamId) ?? [], events)
}

async function allPayments(insist: Merchant['insist']): Promise<readonly string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`
    const { body } = await insist('GET', `/payments?limit=100${query}`)
    for (const { payment_id: id } of body.payments) ids.push(id)
    cursor = body.next_cursor
  } while (cursor !== null)
  return ids
}

function send(
  agent: Agent,
  url: string,
  method: string,
  headers: Record<string, string>,
  body: unknown,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const outgoing = request(
      url,
      { agent, method, headers: { ...headers, ...json } },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('error', reject)
        incoming.on('end', () => {
          // An answer cut short by a crash is no answer.
          if (!incoming.complete) return reject(new Error('the answer was cut'))
          const { statusCode: status = 0, headers: received } = incoming
          const isJson = /json/.test(String(received['content-type']))
          resolve({ status, headers: received, body: isJson ? JSON.parse(text) : text })
        })
      },
    )
    outgoing.setTimeout(75_000, () => outgoing.destroy(new Error('no answer for 75 s')))
    outgoing.on('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
