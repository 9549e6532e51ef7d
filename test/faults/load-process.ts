// Load from outside, in a process of its own so that the daemon's figures are the daemon's: on loopback
// only, and for at most as long as it is told. `load-process.ts KIND JSON`; it prints one line a second.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { eventHash, KIND, type PublicKey, toHex } from 'portal-protocol'
import WebSocket from 'ws'
import { newIdentity } from './plain-user.ts'
import { until } from './until.ts'

type Flood = {
  readonly relay: string
  readonly merchant: PublicKey
  /** Authors of open requests, to be forged. */
  readonly authors: readonly PublicKey[]
  readonly strangersPerSecond: number
  readonly forgeriesPerSecond: number
  readonly seconds: number
}

type Readers = {
  readonly port: number
  readonly token: string
  readonly paths: readonly string[]
  readonly count: number
}

const STRANGERS = 50
const FORGERIES = 100
/** An answer, a handshake, a proof of a subkey: the last two are taken of anybody at some times. */
const STRANGE_KINDS = [KIND.paymentResponse, KIND.keyHandshake, KIND.subkeyProof]

const [, , kind, text = ''] = process.argv
const order = JSON.parse(text)
if (kind === 'flood') await flood(order)
else if (kind === 'readers') await readers(order)
else throw new Error(`no such load: ${kind}`)

/** Well-formed events for the daemon with false signatures, at a steady rate. */
async function flood(given: Flood): Promise<void> {
  const answered = { count: 0, lastAtMs: 0 }
  const heard = (text: string) => {
    if (!text.startsWith('["OK"')) return
    answered.count += 1
    answered.lastAtMs = performance.now()
  }
  // So many that none is above what the relay allows a connection.
  const sockets = await Promise.all(Array.from({ length: 16 }, () => open(given.relay, heard)))
  const people = Array.from({ length: STRANGERS }, () => newIdentity().publicKey)
  const byStrangers = people.flatMap((author) =>
    STRANGE_KINDS.map((strange) => falseEvent(author, strange, given.merchant)),
  )
  const forgeries = Array.from({ length: FORGERIES }, (_, i) =>
    falseEvent(given.authors[i % given.authors.length], KIND.paymentResponse, given.merchant),
  )
  const startedAtMs = performance.now()
  const sent = { strangers: 0, forgeries: 0 }
  const send = (frame: string | undefined, nth: number) => {
    if (frame !== undefined) sockets[nth % sockets.length]?.send(frame)
  }
  console.log('ready')
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedS = (performance.now() - startedAtMs) / 1000
      for (; sent.strangers < elapsedS * given.strangersPerSecond; sent.strangers++) {
        send(byStrangers[sent.strangers % byStrangers.length], sent.strangers)
      }
      for (; sent.forgeries < elapsedS * given.forgeriesPerSecond; sent.forgeries++) {
        send(forgeries[sent.forgeries % forgeries.length], sent.forgeries)
      }
      if (elapsedS > given.seconds) {
        clearInterval(timer)
        resolve()
      }
    }, 20)
  })
  // What the relay says of each tells that it came.
  const isOver = () => answered.count === sent.strangers + sent.forgeries
  await until('every event is answered', isOver).catch(() => {})
  const tookS = (answered.lastAtMs - startedAtMs) / 1000
  console.log(`a-second ${Math.round(answered.count / tookS)}`)
  for (const socket of sockets) socket.terminate()
  process.exit(0)
}

/** A frame with an event whose id is right, so that only its signature tells that it is false. */
function falseEvent(author: PublicKey | undefined, kind: number, merchant: PublicKey): string {
  const { publicKey, encrypt } = newIdentity()
  const pubkey = author ?? publicKey
  const content = encrypt('{"request_id":"x","status":"approved"}', merchant)
  const created_at = Math.floor(Date.now() / 1000)
  const unsigned = { created_at, kind, tags: [['p', merchant]], content }
  const id = toHex(eventHash(unsigned, pubkey))
  const sig = randomBytes(64).toString('hex')
  return JSON.stringify(['EVENT', { id, pubkey, ...unsigned, sig }])
}

/** SSE readers that ask and then never read a byte (every other one) or read and do nothing. */
async function readers({ port, token, paths, count }: Readers): Promise<void> {
  const open: Socket[] = []
  let answered = 0
  for (let i = 0; i < count; i++) {
    const path = paths[i % paths.length]
    const socket = connect(port, '127.0.0.1')
    open.push(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`,
        )
        socket.once('data', (head) => {
          if (String(head).startsWith('HTTP/1.1 200')) answered += 1
          if (i % 2 === 0) socket.pause()
          else socket.resume()
          resolve()
        })
      })
    })
    socket.on('error', () => {})
  }
  console.log(`ready ${answered}`)
  process.on('SIGTERM', () => process.exit(0))
}

function open(url: string, heard: (text: string) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
    socket.on('message', (data) => heard(String(data)))
  })
}
