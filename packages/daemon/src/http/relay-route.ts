// The embedded relay's door: WebSocket upgrades on /relay, and its NIP-11 document.
import type { IncomingMessage, Server } from 'node:http'
import { acceptWebSocket, type EmbeddedRelay } from 'portal-relay'
import { WebSocketServer } from 'ws'
import type { Clock } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import { document, refusals } from './answers.ts'
import type { App } from './app.ts'

export type RelayStats = ReturnType<EmbeddedRelay['stats']>

export const RELAY_PATH = '/relay'
const NOSTR_JSON = 'application/nostr+json'
const GOING_AWAY = 1001
const FAREWELL_MS = 1_000

/** GET without upgrade: NIP-11 for those who ask for it, 404 where there is no relay. */
export function relayRoutes(app: App, relay: EmbeddedRelay | null): void {
  app.get(
    RELAY_PATH,
    {
      config: { access: 'open' },
      schema: {
        operationId: 'relay',
        tags: ['Relay'],
        summary: 'The embedded Nostr relay (NIP-01)',
        description:
          'Connect by WebSocket. With `Accept: application/nostr+json` it answers its NIP-11 ' +
          'document.',
        security: [],
        response: {
          200: document(NOSTR_JSON, 'The NIP-11 document.'),
          ...refusals('invalid_request', 'not_found'),
        },
      },
    },
    async (request, reply) => {
      if (relay === null)
        throw new Refusal('not_found', 'this daemon runs without an embedded relay')
      // NIP-11: any page may read it.
      reply.header('access-control-allow-origin', '*')
      if ((request.headers.accept ?? '').includes(NOSTR_JSON)) {
        return reply.type(NOSTR_JSON).send(Buffer.from(JSON.stringify(relay.info())))
      }
      throw new Refusal(
        'invalid_request',
        `this is a Nostr relay: connect by WebSocket, or ask with "Accept: ${NOSTR_JSON}"`,
      )
    },
  )
}

/**
 * Whether this request becomes a WebSocket. Any other offer (`h2c`, or a WebSocket elsewhere) is
 * ignored and the request answered as plain HTTP/1.1 (RFC 9110 §7.8 lets a server do so).
 */
export function isRelayUpgrade(request: IncomingMessage, relay: EmbeddedRelay | null): boolean {
  const path = (request.url ?? '').split('?', 1)[0]
  return (
    relay !== null && path === RELAY_PATH && request.headers.upgrade?.toLowerCase() === 'websocket'
  )
}

/** Turns upgrades into clients of the relay. Returns how to send them all away. */
export function acceptRelayClients(
  server: Server,
  relay: EmbeddedRelay,
  clock: Clock,
): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: relay.limits.frameBytesMax,
    perMessageDeflate: false,
  })
  let closing = false
  server.on('upgrade', (request, socket, head) => {
    // Without a listener an error of the socket would end the process.
    socket.on('error', () => socket.destroy())
    if (closing)
      return void socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (client) =>
      acceptWebSocket(relay, client, { clock }),
    )
  })
  return {
    close() {
      closing = true
      for (const client of sockets.clients) client.close(GOING_AWAY, 'the daemon is stopping')
      clock.setTimer(FAREWELL_MS, () => {
        for (const client of sockets.clients) client.terminate()
      })
    },
  }
}
