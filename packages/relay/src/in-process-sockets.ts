// The client's and the relay's end of a socket that never leaves the process.

import type { Clock } from './clock.ts'
import { createCourier } from './courier.ts'
import type { RelayPeer, ServerSocket } from './embedded-relay.ts'
import type { OpenSocket } from './socket.ts'

/** Sockets to whatever `admit` attaches them to. Everything on them arrives in order, and later. */
export function inProcessSockets(
  clock: Clock,
  admit: (socket: ServerSocket) => RelayPeer,
): OpenSocket {
  const post = createCourier(clock)
  return (_url, handlers) => {
    let isOpen = true
    const whileOpen = (run: () => void) =>
      post(() => {
        if (isOpen) run()
      })
    const peer = admit({
      send: (text) => whileOpen(() => handlers.message(text)),
      close: (_code, reason = 'closed by the relay') => {
        whileOpen(() => {
          isOpen = false
          handlers.close(reason)
        })
      },
      bufferedAmount: 0,
    })
    whileOpen(() => handlers.open())
    return {
      send: (text) => whileOpen(() => peer.message(text)),
      close: () => {
        isOpen = false
        peer.closed()
      },
      bufferedAmount: 0,
    }
  }
}
