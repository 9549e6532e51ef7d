import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secp256k1 as secp } from 'portal-protocol'
import { createEmbeddedRelay, systemClock } from 'portal-relay'
import { eventually } from '../testing/eventually.ts'
import { openHttpWorld } from '../testing/http-world.ts'
import { sendRaw } from '../testing/raw-http.ts'

async function withRelay() {
  const relay = createEmbeddedRelay({ clock: systemClock, secp })
  const world = await openHttpWorld({ relay })
  const { port } = await world.server.listen({ host: '127.0.0.1', port: 0 })
  return { relay, world, port }
}

function opened(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.onopen = () => resolve(socket)
    socket.onerror = () => reject(new Error('the socket did not open'))
  })
}

test('/relay speaks NIP-01 over WebSocket, without a token', async (t) => {
  const { world, port } = await withRelay()
  t.after(() => world.close())
  for (const path of ['/relay', '/relay?from=qr']) {
    const socket = await opened(`ws://127.0.0.1:${port}${path}`)
    const heard = new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data)
    })
    socket.send('["REQ","s",{"kinds":[0],"limit":1}]')
    assert.equal(await heard, '["EOSE","s"]')
    socket.close()
  }
})

test('/relay gives its NIP-11 document to whoever asks for it, and to any page', async (t) => {
  const { relay, world } = await withRelay()
  t.after(() => world.close())
  const answer = await world.server.inject({
    url: '/relay',
    headers: { accept: 'application/nostr+json' },
  })
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.headers['content-type'], 'application/nostr+json')
  assert.equal(answer.headers['access-control-allow-origin'], '*')
  assert.deepEqual(answer.json(), relay.info())
  const plain = await world.server.inject('/relay')
  assert.equal(plain.statusCode, 400)
  assert.match(plain.json().detail, /connect by WebSocket/)
})

test('an offer of h2c at /relay is no WebSocket', async (t) => {
  const { world, port } = await withRelay()
  t.after(() => world.close())
  const answer = await sendRaw(
    port,
    'GET /relay HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nAccept: application/nostr+json\r\n\r\n',
    /\}$/,
  )
  assert.match(answer, /^HTTP\/1\.1 200 OK/)
})

test('a broken WebSocket offer is refused and hurts nobody', async (t) => {
  const { world, port } = await withRelay()
  t.after(() => world.close())
  for (const line of [
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 99',
  ]) {
    const answer = await sendRaw(
      port,
      `GET /relay HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${line}\r\n\r\n`,
    )
    assert.match(answer, /^HTTP\/1\.1 4\d\d /)
  }
  assert.equal((await world.call('GET', '/health')).statusCode, 200)
})

test('a frame larger than the relay takes closes that client only', async (t) => {
  const { relay, world, port } = await withRelay()
  t.after(() => world.close())
  const big = await opened(`ws://127.0.0.1:${port}/relay`)
  const other = await opened(`ws://127.0.0.1:${port}/relay`)
  const closed = new Promise<number>((resolve) => {
    big.onclose = ({ code }) => resolve(code)
  })
  big.send('x'.repeat(relay.limits.frameBytesMax + 1))
  assert.equal(await closed, 1009)
  assert.equal(other.readyState, WebSocket.OPEN)
  other.close()
})

test('closing sends relay clients away with 1001', async (t) => {
  const { relay, world, port } = await withRelay()
  t.after(() => world.close())
  const socket = await opened(`ws://127.0.0.1:${port}/relay`)
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code)
  })
  await world.server.close()
  assert.equal(await closed, 1001)
  await eventually(
    () => relay.stats(),
    (stats) => stats.connections === 0,
  )
})
