// Sockets for a program on Node that talks to relays which strangers chose. Unlike the built-in
// WebSocket it never reads a frame above its bound into memory, lets go of a peer that ignores the
// closing handshake, and can look at the address before it connects.

import { lookup as lookupAddresses } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { WebSocket } from 'ws'
import type { OpenSocket } from './socket.ts'

export type WsClientOptions = {
  /** Longer frames end the connection; 1 MiB unless given. */
  readonly frameBytesMax?: number
  /** Judges the address that is really connected to, whatever name led there; all unless given. */
  readonly isAllowedAddress?: (ip: string) => boolean
}

/** Returns an OpenSocket over the `ws` package. */
export function createWsOpener(options: WsClientOptions = {}): OpenSocket {
  const { frameBytesMax = FRAME_BYTES_MAX, isAllowedAddress = () => true } = options
  const lookup = checkedLookup(isAllowedAddress)
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

function checkedLookup(isAllowedAddress: (ip: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookupAddresses(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = error ? [] : addresses.filter(({ address }) => isAllowedAddress(address))
      const [first] = allowed
      if (first === undefined) callback(error ?? forbidden(hostname), '', 0)
      else if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

function forbidden(host: string): Error {
  return new Error(`relay address ${host} is not allowed here`)
}
