// An embedded relay behind a real HTTP server on a free port, and a cable to it that can be cut.

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import type { EmbeddedRelay } from '../src/embedded-relay.ts'
import { createRelayUpgrade } from '../src/ws-server.ts'

export interface RelayHouse {
  readonly port: number
  readonly url: string
  /** TCP connections that are open. */
  readonly connections: number
  /** As a killed process would: all sockets gone at once, no goodbye. */
  kill(): Promise<void>
}

export async function openRelayHouse(relay: EmbeddedRelay, port = 0): Promise<RelayHouse> {
  const server = createServer()
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', createRelayUpgrade(relay))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: found } = server.address() as AddressInfo
  return {
    port: found,
    url: `ws://127.0.0.1:${found}`,
    get connections() {
      return sockets.size
    },
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.resetAndDestroy()
      }),
  }
}

/** A server that says yes to every WebSocket and then neither answers nor closes anything. */
export async function openMuteServer(): Promise<RelayHouse> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const key = /^sec-websocket-key: *(\S+)/im.exec(data.toString('latin1'))?.[1]
      if (key === undefined) return
      const accept = createHash('sha1')
        .update(key + RFC_6455_GUID)
        .digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `ws://127.0.0.1:${port}`,
    get connections() {
      return sockets.size
    },
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const RFC_6455_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export interface Cable {
  readonly url: string
  /** From now on nothing passes, and nobody is told. */
  cut(): void
  /** New connections pass; those that were cut stay dead. */
  mend(): void
  close(): Promise<void>
}

export async function layCable(toPort: number): Promise<Cable> {
  let isCut = false
  const pairs = new Set<Socket>()
  const server = createTcpServer((near) => {
    const far = connect(toPort, '127.0.0.1')
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      pairs.add(from)
      from.on('data', (data) => isAlive && !isCut && to.write(data))
      from.on('error', () => {})
      from.on('close', () => {
        pairs.delete(from)
        if (!isCut) to.destroy()
      })
    }
    const isAlive = !isCut
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    cut: () => {
      isCut = true
      for (const socket of pairs) socket.removeAllListeners('data').resume()
    },
    mend: () => {
      isCut = false
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of pairs) socket.destroy()
      }),
  }
}

/** Resolves when the condition holds, looking at every turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve))
}
