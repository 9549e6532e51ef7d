// The floor: a merchant that does a payment's work and nothing else. The same messages through the same
// relay to the same wallets and the same Lightning, the same signatures, checks of signatures, encryption,
// durable commits and HTTP answers, on bare node:http, node:sqlite and ws. It validates nothing, repeats
// nothing, forgets nothing, and believes everybody: nobody could run it, and nothing could cost less.
import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ListenOptions } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  createIdentity,
  type EventTemplate,
  encodeNwcRequest,
  encodePaymentRequest,
  generateSecretKey,
  type Identity,
  KIND,
  MILLISATS_WIRE,
  type NostrEvent,
  type PublicKey,
  parseNwcConnection,
  parsePreimage,
  proves,
  secp256k1 as secp,
  verifyEvent,
} from 'portal-protocol'
import { WebSocket } from 'ws'
import type { Durable } from '../packages/daemon/src/engine/ports.ts'
import { listen } from '../packages/daemon/src/http/listen.ts'
import type { MerchantApi } from './daemon-process.ts'
import { serve, usage } from './process.ts'

type Order = { main_key: PublicKey; amount: number; description: string; request_id: string }
type Status = { status: string; preimage?: string }
type Payment = { id: string; order: Order; hash: string; reader?: ServerResponse; told: string }

const random = (length: number) => randomBytes(length)
const secret = generateSecretKey(random, secp)
let me = createIdentity(secret, { secp, random })
const nwc = parseNwcConnection(process.env.BENCH_NWC ?? '', secp)
const client = createIdentity(nwc.secret, { secp, random })
const byStream = new Map<string, Payment>()
const byRequest = new Map<string, Payment>()
const byHash = new Map<string, Payment>()
const answers = new Map<string, (event: NostrEvent) => void>()
const taken = new Map<string, () => void>()

// ── Commits, grouped as the daemon groups them, and like its own they wait for the disk where somebody is told

const db = new DatabaseSync(join(process.env.BENCH_DIR ?? '', 'bare.db'))
db.exec('pragma journal_mode = wal')
db.exec('create table payments (id text primary key, body text, invoice text, state text)')
db.exec('create table events (position integer primary key, id text, data text)')
const insert = db.prepare('insert into payments values (?, ?, null, ?)')
const invoiced = db.prepare('update payments set invoice = ?, state = ? where id = ?')
const changed = db.prepare('update payments set state = ? where id = ?')
const append = db.prepare('insert into events (id, data) values (?, ?)')
let batch: { write: () => void; durable: Durable; done: () => void }[] = []

function commit(durable: Durable, write: () => void): Promise<void> {
  if (batch.length === 0) {
    setImmediate(() => {
      const now = batch
      batch = []
      const isUrgent = now.some(({ durable }) => durable === 'at_once')
      db.exec(`pragma synchronous = ${isUrgent ? 'full' : 'normal'}`)
      db.exec('begin immediate')
      for (const { write } of now) write()
      db.exec('commit')
      for (const { done } of now) done()
    })
  }
  return new Promise((done) => batch.push({ write, durable, done }))
}

// ── Nostr

const socket = new WebSocket(process.env.BENCH_RELAY ?? '', { perMessageDeflate: false })
await new Promise((resolve) => socket.once('open', resolve))
socket.send(JSON.stringify(['REQ', 'a', { kinds: [28001], '#p': [me.publicKey] }]))
const fromWallet = { kinds: [23195, 23197], authors: [nwc.walletKey], '#p': [client.publicKey] }
socket.send(JSON.stringify(['REQ', 'b', fromWallet]))
socket.on('message', (data) => {
  const [type, first, event] = JSON.parse(String(data))
  if (type === 'OK') {
    taken.get(first)?.()
    taken.delete(first)
  } else if (type === 'EVENT' && verifyEvent(event, secp)) heard(event)
})

function heard(event: NostrEvent): void {
  if (event.kind === KIND.paymentResponse) {
    const { request_id, status } = JSON.parse(me.decrypt(event.content, event.pubkey))
    const payment = byRequest.get(request_id)
    if (payment !== undefined && status === 'approved') tell(payment, { status: 'user_approved' })
    return
  }
  if (event.kind === KIND.nwcResponse) {
    answers.get(event.tags.find(([name]) => name === 'e')?.[1] ?? '')?.(event)
    return
  }
  const { notification } = JSON.parse(client.decrypt(event.content, event.pubkey))
  const payment = byHash.get(notification.payment_hash)
  const preimage = parsePreimage(notification.preimage)
  if (
    payment !== undefined &&
    preimage !== undefined &&
    proves(preimage, notification.payment_hash)
  )
    tell(payment, { status: 'paid', preimage })
}

function send(identity: Identity, kind: number, to: PublicKey, text: string): NostrEvent {
  const tags: EventTemplate['tags'] =
    kind === KIND.nwcRequest
      ? [
          ['p', to],
          ['encryption', 'nip44_v2'],
        ]
      : [['p', to]]
  const created_at = Math.floor(Date.now() / 1000)
  const event = identity.sign({ kind, created_at, tags, content: identity.encrypt(text, to) })
  socket.send(JSON.stringify(['EVENT', event]))
  return event
}

// ── One payment

async function begin(order: Order): Promise<Payment & { invoice: string }> {
  const payment: Payment = { id: randomUUID(), order, hash: '', told: '' }
  byStream.set(payment.id, payment)
  byRequest.set(order.request_id, payment)
  await commit('with_next', () => insert.run(payment.id, JSON.stringify(order), 'requested'))
  const params = { amount: order.amount, description: order.description, expiry: 300 }
  const text = encodeNwcRequest({ method: 'make_invoice', params })
  const request = send(client, KIND.nwcRequest, nwc.walletKey, text)
  const answer = await new Promise<NostrEvent>((resolve) => answers.set(request.id, resolve))
  answers.delete(request.id)
  const { result } = JSON.parse(client.decrypt(answer.content, nwc.walletKey))
  payment.hash = result.payment_hash
  byHash.set(payment.hash, payment)
  await commit('at_once', () => invoiced.run(result.invoice, 'invoiced', payment.id))
  return { ...payment, invoice: result.invoice }
}

async function ask({ id, order }: Payment, invoice: string): Promise<void> {
  const text = encodePaymentRequest({
    requestId: order.request_id,
    amount: BigInt(order.amount),
    currency: MILLISATS_WIRE,
    invoice,
    expiresAt: Math.floor(Date.now() / 1000) + 300,
    description: order.description,
    subscriptionId: null,
    authToken: null,
    currentExchangeRate: null,
  })
  const event = send(me, KIND.paymentRequest, order.main_key, text)
  await new Promise<void>((resolve) => taken.set(event.id, resolve))
  await commit('with_next', () => changed.run('asked', id))
}

async function tell(payment: Payment, status: Status): Promise<void> {
  const data = JSON.stringify(status)
  await commit('at_once', () => {
    changed.run(status.status, payment.id)
    append.run(payment.id, data)
  })
  const frame = `id: 0\ndata: {"data":${data}}\n\n`
  if (payment.reader === undefined) payment.told += frame
  else payment.reader.write(frame)
  if (status.status === 'paid') payment.reader?.end()
}

// ── HTTP

const server = createServer((request, response) => {
  if (request.method === 'POST') void post(request, response)
  else read(byStream.get(request.url?.split('/').at(-1) ?? ''), response)
})

server.keepAliveTimeout = 75_000

async function post(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request) body += chunk
  const made = await begin(JSON.parse(body))
  const { id: stream_id, hash: payment_hash, invoice } = made
  response.writeHead(201, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ stream_id, payment_id: stream_id, payment_hash, invoice }))
  const payment = byStream.get(stream_id)
  if (payment !== undefined) await ask(payment, invoice)
}

function read(payment: Payment | undefined, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  if (payment === undefined) return void response.end()
  response.write(payment.told)
  if (payment.told.includes('"paid"')) return void response.end()
  payment.reader = response
}

// By as many sockets as the daemon.
const listener = {
  server,
  listen: (options: ListenOptions) =>
    new Promise<void>((resolve) => void server.listen(options, resolve)),
}
await listen(listener, { port: Number(process.env.PORTAL_PORT), host: '127.0.0.1' }, 100_000)

const api: MerchantApi = {
  usage: (collect) => usage(collect),
  forgetUsers() {
    me = createIdentity(secret, { secp, random })
  },
}
serve(api, () => {
  socket.terminate()
  server.closeAllConnections()
  server.close()
  db.close()
})
