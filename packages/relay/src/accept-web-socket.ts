// A network client of the embedded relay, over a WebSocket of the `ws` package. Types only: whoever
// has the socket has the package.

import type { WebSocket } from 'ws'
import { type Clock, systemClock, type Timer } from './clock.ts'
import type { EmbeddedRelay } from './embedded-relay.ts'

/**
 * Attaches a connected WebSocket to the relay. A client that answers no ping is cut within two
 * `pingEveryMs` (30 s unless given), so that neither a cut network nor a stalled reader stays.
 */
export function acceptWebSocket(
  relay: EmbeddedRelay,
  socket: WebSocket,
  options: { readonly clock?: Clock; readonly pingEveryMs?: number } = {},
): void {
  const { clock = systemClock, pingEveryMs = PING_EVERY_MS } = options
  let alive = true
  let timer: Timer

  const peer = relay.attach({
    send: (text) => socket.send(text),
    close: (code, reason) => {
      // A closing handshake would queue behind what the client does not read.
      if (socket.bufferedAmount > 0) socket.terminate()
      else socket.close(code, reason)
    },
    get bufferedAmount() {
      return socket.bufferedAmount
    },
  })

  function beat(): void {
    timer = clock.setTimer(pingEveryMs, beat)
    if (alive) socket.ping()
    else socket.terminate()
    alive = false
  }

  timer = clock.setTimer(pingEveryMs, beat)
  socket.on('message', (data, isBinary) => {
    alive = true
    // Nostr has no binary frames; the relay answers them as it answers any nonsense.
    peer.message(isBinary ? '' : data.toString())
  })
  socket.on('pong', () => {
    alive = true
  })
  // An error is followed by "close"; without a listener it would end the process.
  socket.on('error', () => {})
  socket.on('close', () => {
    timer.cancel()
    peer.closed()
  })
}

const PING_EVERY_MS = 30_000
