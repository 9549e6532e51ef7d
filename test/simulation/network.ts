// Sockets between the parties of a life: frames arrive in order and some milliseconds later, until the
// connection is cut, or frozen so that neither side is told.
import type { OpenSocket, RelayPeer, ServerSocket } from 'portal-relay'
import type { World } from './world.ts'

export type Attach = (socket: ServerSocket) => RelayPeer

export interface Network {
  /** A server at this address; it may be replaced, and null takes it away. */
  serve(url: string, attach: Attach | null): void
  readonly openSocket: OpenSocket
  /** How often connections to it were frozen. */
  freezes(url: string): number
  /** Ends every connection to this address: both sides are told, or neither. */
  disturb(url: string, how: 'cut' | 'freeze'): void
}

type Connection = {
  readonly url: string
  frozen: boolean
  over: boolean
  readonly end: () => void
}

export function createNetwork(world: World): Network {
  const { timeline, chance } = world
  const servers = new Map<string, Attach>()
  const connections = new Set<Connection>()
  const freezes = new Map<string, number>()

  /** Runs things one after another, each a latency after it was given. */
  function wire(connection: Connection): (run: () => void) => void {
    const latencyMs = chance.between(1, 40)
    let lastAtMs = 0
    return (run) => {
      lastAtMs = Math.max(lastAtMs, timeline.nowMs + latencyMs + chance.between(0, 5))
      timeline.after(lastAtMs - timeline.nowMs, () => {
        if (!connection.frozen) run()
      })
    }
  }

  return {
    serve(url, attach) {
      if (attach === null) servers.delete(url)
      else servers.set(url, attach)
    },
    openSocket(url, handlers) {
      let peer: RelayPeer | null = null
      const connection: Connection = {
        url,
        frozen: false,
        over: false,
        end() {
          if (connection.over) return
          connection.over = true
          connections.delete(connection)
          const gone = peer
          toServer(() => gone?.closed())
          toClient(() => handlers.close('cut'))
        },
      }
      const toServer = wire(connection)
      const toClient = wire(connection)
      connections.add(connection)
      toServer(() => {
        const attach = servers.get(url)
        if (connection.over) return
        if (attach === undefined) return connection.end()
        peer = attach({
          send: (text) => {
            if (!connection.over) toClient(() => handlers.message(text))
          },
          close: () => connection.end(),
          bufferedAmount: 0,
        })
        toClient(() => handlers.open())
      })
      return {
        send: (text) => {
          if (!connection.over) toServer(() => peer?.message(text))
        },
        close: () => connection.end(),
        bufferedAmount: 0,
      }
    },
    freezes: (url) => freezes.get(url) ?? 0,
    disturb(url, how) {
      if (how === 'freeze') freezes.set(url, (freezes.get(url) ?? 0) + 1)
      for (const connection of [...connections]) {
        if (connection.url !== url) continue
        if (how === 'cut') connection.end()
        else connection.frozen = true
      }
    },
  }
}
