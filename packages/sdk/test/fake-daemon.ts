// A Portal daemon as far as its HTTP API goes, whose log the test writes: for tests of the client alone.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFakeLog, type FakeLog, type Json } from './fake-log.ts'

export const TOKEN = 'my-secret-token'

type Arrival = {
  /** As in `POST /payments/single`. */
  readonly line: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export type FakeDaemon = {
  readonly baseUrl: string
  readonly log: FakeLog
  /** Every request that arrived, oldest first. */
  readonly arrivals: Arrival[]
  /** Sees every request before the daemon does; true: it answered. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Called once for each stream that a POST made. */
  onCreated: (streamId: string, body: Json) => void
  payments(): readonly Json[]
  /** Breaks every connection and leaves the port, until `up`. */
  down(): Promise<void>
  up(): Promise<void>
}

type Reply = { readonly status: number; readonly body?: Json }

export async function startFakeDaemon(): Promise<FakeDaemon> {
  const log = createFakeLog()
  const books = createBooks(log)
  let server: Server = createServer()
  let port = 0

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake')
    let text = ''
    for await (const chunk of request) text += chunk
    const body: Json = text === '' ? {} : JSON.parse(text)
    const line = `${request.method} ${url.pathname}`
    daemon.arrivals.push({ line, url, headers: request.headers, body })
    if (daemon.intercept(request, response)) return
    const free = url.pathname === '/health' || url.pathname === '/ready'
    if (!free && request.headers.authorization !== `Bearer ${TOKEN}`) {
      return reply(response, problem(401, 'unauthorized'))
    }
    if (url.pathname.startsWith('/events')) {
      if (!log.serve(url, request, response)) reply(response, problem(404, 'not_found'))
      return
    }
    const key = request.headers['idempotency-key']?.toString()
    reply(response, books.answer(line, url, body, key))
  }

  async function up(): Promise<void> {
    server = createServer((request, response) => {
      handle(request, response).catch(() => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }

  async function down(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  await up()
  const daemon: FakeDaemon = {
    baseUrl: `http://127.0.0.1:${port}`,
    log,
    arrivals: [],
    intercept: () => false,
    onCreated: () => {},
    payments: books.payments,
    down,
    up,
  }
  books.onCreated((streamId, body) => daemon.onCreated(streamId, body))
  return daemon
}

function reply(response: ServerResponse, { status, body }: Reply): void {
  const type = status < 400 || status === 503 ? 'application/json' : 'application/problem+json'
  response.writeHead(status, body === undefined ? {} : { 'content-type': type })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

function problem(status: number, code: string, field?: string): Reply {
  const detail = `the fake daemon says ${code}`
  return { status, body: { type: 'about:blank', title: code, status, code, detail, field } }
}

const PAYMENT_ENDS = new Set<unknown>(['paid', 'user_rejected', 'timeout', 'error'])

/** Everything but events: payments, handshakes, authentications, idempotency keys. */
function createBooks(log: FakeLog) {
  const payments = new Map<string, Json>()
  const byKey = new Map<string, { readonly text: string; readonly answer: Json }>()
  let onCreated = (_streamId: string, _body: Json) => {}

  function current(payment: Json): Json {
    const last = log.stream(String(payment.stream_id))?.events.at(-1)?.data
    return { ...payment, status: last?.status ?? 'pending', preimage: last?.preimage ?? null }
  }

  function make(path: string, body: Json): Json {
    if (path === '/authenticate-key') {
      return { stream_id: log.newStream('authenticate_key', null, () => true) }
    }
    if (path === '/key-handshake') {
      const single = typeof body.static_token !== 'string'
      const endsWith = (data: Json) => single || data.status === 'closed'
      return { stream_id: log.newStream('key_handshake', null, endsWith), url: 'portal://fake' }
    }
    const payment_id = randomUUID()
    const stream_id = log.newStream('payment', payment_id, (data) => PAYMENT_ENDS.has(data.status))
    const invoice = { invoice: 'lnbcrt1fake', payment_hash: '00'.repeat(32) }
    const made = { payment_id, stream_id, ...invoice, expires_at: 2_000_000_000 }
    payments.set(payment_id, { delivery: { relays: [], answered_at: null }, ...body, ...made })
    return made
  }

  function create(path: string, body: Json, key: string | undefined): Reply {
    const text = path + JSON.stringify(body)
    const known = key === undefined ? undefined : byKey.get(key)
    if (known !== undefined && known.text !== text) return problem(422, 'idempotency_mismatch')
    if (known !== undefined) return { status: 201, body: known.answer }
    if (body.amount === 0) return problem(400, 'invalid_request', 'amount')
    if (body.invoice === 'lnbc100n1…') return problem(400, 'invalid_request', 'invoice')
    const answer = make(path, body)
    if (key !== undefined) byKey.set(key, { text, answer })
    setImmediate(() => onCreated(String(answer.stream_id), body))
    return { status: 201, body: answer }
  }

  function cancel(payment: Json | undefined): Reply {
    if (payment === undefined) return problem(404, 'not_found')
    const streamId = String(payment.stream_id)
    if (log.stream(streamId)?.ended) return problem(409, 'payment_ended')
    log.tell(streamId, { status: 'error', code: 'cancelled', reason: 'by the merchant' })
    return { status: 200, body: { ...current(payment), invoice_cancelled: true } }
  }

  function capture(payment: Json | undefined): Reply {
    if (payment === undefined) return problem(404, 'not_found')
    const { status } = current(payment)
    if (status === 'held') {
      log.tell(String(payment.stream_id), { status: 'paid', preimage: '11'.repeat(32) })
    } else if (status !== 'paid') {
      return problem(409, PAYMENT_ENDS.has(status) ? 'payment_ended' : 'conflict')
    }
    return { status: 200, body: current(payment) }
  }

  function resolveLate(payment: Json | undefined, { note }: Json): Reply {
    if (payment === undefined) return problem(404, 'not_found')
    const resolved = { ...payment, late_note: note }
    payments.set(String(payment.payment_id), resolved)
    return { status: 200, body: current(resolved) }
  }

  function list(query: URLSearchParams): Reply {
    const status = query.get('status')
    const all = [...payments.values()].reverse().map(current)
    const chosen = all.filter((payment) => status === null || payment.status === status)
    const start = Number(query.get('cursor') ?? 0)
    const end = start + Number(query.get('limit') ?? 50)
    const next_cursor = end < chosen.length ? String(end) : null
    return { status: 200, body: { payments: chosen.slice(start, end), next_cursor } }
  }

  function close(streamId: string): Reply {
    if (log.stream(streamId)?.ended !== false) return problem(404, 'not_found')
    log.tell(streamId, { status: 'closed' })
    return { status: 204 }
  }

  function answer(line: string, url: URL, body: Json, key: string | undefined): Reply {
    const [, , id = '', action] = url.pathname.split('/')
    const payment = payments.get(decodeURIComponent(id))
    if (line === 'GET /health') return { status: 200, body: { status: 'ok' } }
    if (line === 'GET /ready') {
      return {
        status: 503,
        body: { ready: false, store: true, lightning: false, relays: [], warm: true },
      }
    }
    if (line === 'GET /info') return { status: 200, body: { npub: 'npub1fake' } }
    if (line === 'GET /payments') return list(url.searchParams)
    if (line.startsWith('DELETE /key-handshake/')) return close(id)
    if (action === 'cancel') return cancel(payment)
    if (action === 'capture') return capture(payment)
    if (action === 'resolve-late') return resolveLate(payment, body)
    if (line.startsWith('POST ')) return create(url.pathname, body, key)
    return payment === undefined
      ? problem(404, 'not_found')
      : { status: 200, body: current(payment) }
  }

  return {
    answer,
    payments: () => [...payments.values()].map(current),
    onCreated(listener: (streamId: string, body: Json) => void) {
      onCreated = listener
    },
  }
}
