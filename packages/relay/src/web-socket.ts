// A socket over the built-in WebSocket: browsers, Node, Deno, Bun.
// Node's has no bound on what it reads and no way to cut a peer that ignores the closing
// handshake; a program on Node that talks to relays it did not choose uses ws-client.ts.

import type { OpenSocket } from './socket.ts'

/** Frames above this many characters are dropped, and so are binary frames. */
export const WEB_SOCKET_FRAME_CHARS_MAX = 1_048_576

export const openWebSocket: OpenSocket = (url, handlers) => {
  const socket = new WebSocket(url)
  // A blob would be kept until it is read; an array buffer goes with its event.
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => handlers.open())
  socket.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string' || data.length > WEB_SOCKET_FRAME_CHARS_MAX) return
    handlers.message(data)
  })
  // "error" says nothing that "close", which always follows, does not say.
  socket.addEventListener('close', ({ code }) => handlers.close(`closed with code ${code}`))
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: () => socket.close(),
    get bufferedAmount() {
      return socket.bufferedAmount
    },
  }
}
