// Sockets for a program on Node that talks to relays which strangers chose. Unlike the built-in
// WebSocket it never reads a frame above its bound into memory, lets go of a peer that ignores the
// closing handshake, and can look at the address before it connects.

import { isIP } from 'node:net'
import { WebSocket } from 'ws'
import { checkedLookup, lookUpByNameServers, lookUpBySystem } from './checked-lookup.ts'
import type { OpenSocket } from './socket.ts'

export type WsClientOptions = {
  /** Longer frames end the connection; 1 MiB unless given. */
  readonly frameBytesMax?: number
  /**
   * For relays that strangers name: judges the address that is really connected to, whatever name
   * led there; names are then looked up at the name servers alone.
   */
  readonly isAllowedAddress?: (ip: string) => boolean
}

/** Returns an OpenSocket over the `ws` package. */
export function createWsOpener(options: WsClientOptions = {}): OpenSocket {
  const { frameBytesMax = FRAME_BYTES_MAX, isAllowedAddress = () => true } = options
  const lookUp = options.isAllowedAddress === undefined ? lookUpBySystem() : lookUpByNameServers()
  const lookup = checkedLookup(isAllowedAddress, forbidden, lookUp)
  return (url, handlers) => {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && !isAllowedAddress(host)) throw forbidden(host)
    const socket = new WebSocket(url, {
      maxPayload: frameBytesMax,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      lookup,
    })
    socket.on('open', () => handlers.open())
    socket.on('message', (data, isBinary) => {
      if (!isBinary) handlers.message(data.toString())
    })
    // "close" follows; without a listener an error would end the process.
    socket.on('error', () => {})
    socket.on('close', (code) => handlers.close(`closed with code ${code}`))
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text)
      },
      close: () => {
        // The close frame may go out; nobody waits for the answer.
        if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount === 0) socket.close()
        socket.terminate()
      },
      get bufferedAmount() {
        return socket.bufferedAmount
      },
    }
  }
}

const FRAME_BYTES_MAX = 1_048_576
const HANDSHAKE_TIMEOUT_MS = 15_000

function forbidden(host: string): Error {
  return new Error(`relay address ${host} is not allowed here`)
}
