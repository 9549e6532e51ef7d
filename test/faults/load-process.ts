// Load from outside, in a process of its own so that the daemon's figures are the daemon's: on loopback
// only, and for at most as long as it is told. `load-process.ts KIND JSON`; it prints one line a second.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { KIND, type PublicKey } from 'portal-protocol'
import WebSocket from 'ws'
import { newIdentity } from './plain-user.ts'

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

const [, , kind, text = ''] = process.argv
const order = JSON.parse(text)
if (kind === 'flood') await flood(order)
else if (kind === 'readers') await readers(order)
else throw new Error(`no such load: ${kind}`)

/** Well-formed events for the daemon with false signatures, at a steady rate. */
async function flood(given: Flood): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 4 }, () => open(given.relay)))
  const author = newIdentity().publicKey
  const content = newIdentity().encrypt('{"request_id":"x","status":"approved"}', given.merchant)
  const tags = [['p', given.merchant]]
  let sent = 0
  const send = (pubkey: string) => {
    const [id, sig] = [randomBytes(32).toString('hex'), randomBytes(64).toString('hex')]
    const created_at = Math.floor(Date.now() / 1000)
    const event = { id, pubkey, created_at, kind: KIND.paymentResponse, tags, content, sig }
    const socket = sockets[sent++ % sockets.length]
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(['EVENT', event]))
  }
  const startedAtMs = performance.now()
  const owed = { strangers: 0, forgeries: 0 }
  console.log('ready')
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedS = (performance.now() - startedAtMs) / 1000
      for (; owed.strangers < elapsedS * given.strangersPerSecond; owed.strangers++) {
        send(owed.strangers % 2 === 0 ? author : randomBytes(32).toString('hex'))
      }
      for (; owed.forgeries < elapsedS * given.forgeriesPerSecond; owed.forgeries++) {
        send(given.authors[owed.forgeries % given.authors.length] ?? author)
      }
      if (elapsedS > given.seconds) {
        clearInterval(timer)
        resolve()
      }
    }, 20)
  })
  console.log(`sent ${sent}`)
  for (const socket of sockets) socket.terminate()
  process.exit(0)
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

function open(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
    socket.on('message', () => {})
  })
}
