// The embedded relay's door for an HTTP server: turns upgrade requests into clients. Node only.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { acceptWebSocket } from './accept-web-socket.ts'
import type { EmbeddedRelay } from './embedded-relay.ts'

/** Returns a handler for `upgrade` events of an HTTP server; the caller has checked the path. */
export function createRelayUpgrade(
  relay: EmbeddedRelay,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: relay.limits.frameBytesMax,
    perMessageDeflate: false,
    clientTracking: false,
  })
  return (request, socket, head) => {
    server.handleUpgrade(request, socket, head, (client) => acceptWebSocket(relay, client))
  }
}
