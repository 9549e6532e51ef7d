import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { evenBytes, eventOf, person, secp } from '../test/people.ts'
import { layCable, openMuteServer, openRelayHouse, until } from '../test/relay-house.ts'
import { acceptWebSocket } from './accept-web-socket.ts'
import { systemClock } from './clock.ts'
import type { EmbeddedRelayDeps } from './embedded-relay.ts'
import { connectRelay } from './relay-connection.ts'
import { createEmbeddedRelay } from './relay-server.ts'
import type { OpenSocket } from './socket.ts'
import { openWebSocket } from './web-socket.ts'
import { createWsOpener } from './ws-client.ts'

const [alice, bob] = [person(1), person(2)]
const event = eventOf(alice, { tags: [['p', bob.publicKey]] })
const openers: [string, OpenSocket][] = [
  ['the built-in WebSocket', openWebSocket],
  ['the ws package', createWsOpener()],
]

function newRelay(deps: Partial<EmbeddedRelayDeps> = {}) {
  return createEmbeddedRelay({ clock: systemClock, secp, ...deps })
}

function dial(url: string, openSocket: OpenSocket) {
  return connectRelay(url, {
    openSocket,
    clock: systemClock,
    random: evenBytes,
    roundTripEveryMs: 200,
    roundTripTimeoutMs: 200,
    backoff: { minMs: 20, maxMs: 100 },
  })
}

for (const [name, openSocket] of openers) {
  test(`over ${name} a relay that is killed and restarted is found again, subscriptions and all`, async () => {
    const house = await openRelayHouse(newRelay())
    const [sender, receiver] = [dial(house.url, openSocket), dial(house.url, openSocket)]
    let heard = 0
    receiver.subscribe([{ '#p': [bob.publicKey] }], { event: () => (heard += 1) })
    await until(() => receiver.lastRoundTripAtMs !== null)
    assert.ok((await sender.publish(event, 5_000)).accepted)
    await until(() => heard === 1)
    await house.kill()
    await until(() => sender.state !== 'connected' && receiver.state !== 'connected')
    const outcome = sender.publish(event, 5_000)
    const relay = newRelay()
    const rebuilt = await openRelayHouse(relay, house.port)
    assert.ok((await outcome).accepted)
    await until(() => receiver.state === 'connected')
    assert.ok(await receiver.roundTrip(5_000))
    assert.ok((await sender.publish(event, 5_000)).accepted)
    await until(() => heard >= 2)
    sender.close()
    receiver.close()
    await until(() => relay.stats().connections === 0)
    await rebuilt.kill()
  })

  test(`over ${name} a network that is cut without a word is noticed, and found again`, async () => {
    const house = await openRelayHouse(newRelay())
    const cable = await layCable(house.port)
    const relay = dial(cable.url, openSocket)
    assert.ok(await relay.roundTrip(5_000))
    cable.cut()
    await until(() => relay.state !== 'connected')
    cable.mend()
    await until(() => relay.state === 'connected')
    assert.ok(await relay.roundTrip(5_000))
    relay.close()
    await cable.close()
    await house.kill()
  })

  test(`over ${name} an address where nobody listens is only a state`, async () => {
    const house = await openRelayHouse(newRelay())
    await house.kill()
    const relay = dial(house.url, openSocket)
    await until(() => relay.state === 'waiting')
    assert.partialDeepStrictEqual(await relay.publish(event, 50), { cause: 'timeout' })
    relay.close()
  })

  test(`over ${name} a frame of megabytes is never handed on`, async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await new Promise((resolve) => server.on('listening', resolve))
    server.on('connection', (client) => {
      client.on('error', () => {})
      client.send('x'.repeat(3_000_000))
      client.send(Buffer.from('binary'))
      client.send('end')
    })
    const { promise, resolve } = Promise.withResolvers<string>()
    const socket = openSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      open: () => {},
      message: resolve,
      close: () => resolve('cut off'),
    })
    assert.ok(['end', 'cut off'].includes(await promise))
    socket.close()
    server.close()
  })
}

test('the ws package lets go of a peer that ignores the closing handshake', async () => {
  const house = await openMuteServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  const handlers = { open: resolve, message: () => {}, close: () => {} }
  const socket = createWsOpener()(house.url, handlers)
  await promise
  assert.equal(house.connections, 1)
  socket.close()
  await until(() => house.connections === 0)
  await house.kill()
})

test('the ws package connects to no address that is not allowed, whatever name leads there', async () => {
  const house = await openRelayHouse(newRelay())
  const openSocket = createWsOpener({ isAllowedAddress: (ip) => !/^127\.|^::1$/.test(ip) })
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433']) {
    const relay = dial(`ws://${host}:${house.port}`, openSocket)
    assert.partialDeepStrictEqual(await relay.publish(event, 100), { accepted: false })
    assert.notEqual(relay.state, 'connected', host)
    relay.close()
  }
  await house.kill()
})

test('a client that reads nothing is cut off, and the memory it held is given back', async () => {
  const relay = newRelay({ verify: () => true, limits: { unreadBytesPerConnectionMax: 500_000 } })
  const house = await openRelayHouse(relay)
  const slow = new WebSocket(house.url)
  await new Promise((resolve) => slow.on('open', resolve))
  slow.send(JSON.stringify(['REQ', 'all', {}]))
  await until(() => relay.stats().subscriptions === 1)
  slow.pause()
  const sender = dial(house.url, openWebSocket)
  const big = eventOf(alice, { content: 'x'.repeat(100_000), tags: event.tags })
  while (relay.stats().connections === 2 || relay.stats().events < 10) {
    await sender.publish(big, 5_000)
  }
  assert.equal(relay.stats().connections, 1)
  await until(() => house.connections === 1)
  assert.ok((await sender.publish(big, 5_000)).accepted)
  slow.terminate()
  sender.close()
  await house.kill()
})

test('a client that pings and never reads is cut off', async () => {
  const relay = newRelay()
  const house = await openRelayHouse(relay)
  const socket = await upgrade(house.port)
  await until(() => relay.stats().connections === 1)
  socket.on('error', () => {})
  socket.pause()
  // FIN, opcode 9, masked with zeros (RFC 6455, 5.5.2).
  const ping = Buffer.concat([Buffer.from([0x89, 0x80 | 120, 0, 0, 0, 0]), Buffer.alloc(120)])
  const pings = Buffer.concat(Array(1_000).fill(ping))
  let sent = 0
  await until(() => {
    if (socket.writableLength < 1_000_000 && sent < 64_000_000) {
      socket.write(pings)
      sent += pings.length
    }
    return house.connections === 0
  })
  assert.equal(relay.stats().connections, 0)
  socket.destroy()
  await house.kill()
})

test('a frame above the bound ends the connection, and binary frames are nonsense', async () => {
  const relay = newRelay()
  const house = await openRelayHouse(relay)
  const client = new WebSocket(house.url)
  const heard: string[] = []
  client.on('message', (data) => heard.push(data.toString()))
  const closed = new Promise((resolve) => client.on('close', resolve))
  await new Promise((resolve) => client.on('open', resolve))
  client.send(Buffer.from('["REQ","x",{}]'))
  await until(() => heard.length === 1)
  assert.match(heard[0] ?? '', /^\["NOTICE","invalid/)
  client.send('x'.repeat(300_000))
  assert.equal(await closed, 1009)
  await until(() => relay.stats().connections === 0)
  await house.kill()
})

test('a client whose network was cut is forgotten when it answers no ping', async () => {
  const relay = newRelay()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (client) => acceptWebSocket(relay, client, { pingEveryMs: 50 }))
  await new Promise((resolve) => server.on('listening', resolve))
  const { port } = server.address() as AddressInfo
  const cable = await layCable(port)
  const [lost, idle] = [new WebSocket(cable.url), new WebSocket(`ws://127.0.0.1:${port}`)]
  await until(() => lost.readyState === WebSocket.OPEN && idle.readyState === WebSocket.OPEN)
  cable.cut()
  await until(() => relay.stats().connections === 1)
  assert.equal(idle.readyState, WebSocket.OPEN)
  lost.terminate()
  idle.terminate()
  await until(() => relay.stats().connections === 0)
  await cable.close()
  server.close()
})

/** A WebSocket connection as raw bytes. */
function upgrade(port: number): Promise<Socket> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    'sec-websocket-version': '13',
  }
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, headers })
    asked.on('upgrade', (_answer, socket) => resolve(socket))
    asked.end()
  })
}
