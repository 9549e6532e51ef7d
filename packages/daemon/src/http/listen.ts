// One port with several listening sockets. Node takes one new connection from each per turn of its event
// loop (libuv since 1.45: https://github.com/libuv/libuv/pull/3696), and under load a turn is long. With one
// socket whoever connects then waits for many seconds, while those who are connected are served at once.
import { createServer, type ListenOptions, type Server } from 'node:net'
import type { App } from './app.ts'

/** Connections that clients open at once wait here until they are accepted. */
const BACKLOG = 4_096
const SOCKETS = 8

export interface Listening {
  readonly port: number
  /** Takes no new connections. Resolves when those that were taken beside the app's own are closed. */
  close(): Promise<void>
}

/** Rejects, as `app.listen` does, when the address cannot be listened on. */
export async function listen(
  app: App,
  { host, port }: { readonly host: string; readonly port: number },
  connectionsMax: number,
): Promise<Listening> {
  // Elsewhere SO_REUSEPORT is missing, or shares nothing out.
  const reusePort = process.platform === 'linux'
  const sockets = reusePort ? SOCKETS : 1
  const maxConnections = Math.ceil(connectionsMax / sockets)
  const options = { host, port, backlog: BACKLOG, reusePort }
  // Another daemon's port could be shared, too, by mistake.
  if (reusePort && port !== 0) await closed(await opened(createServer(), { host, port }))
  app.server.maxConnections = maxConnections
  await app.listen(options)
  const bound = portOf(app.server) ?? port
  const beside: Server[] = []
  while (beside.length < sockets - 1) {
    // As Node's own HTTP server listens.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      app.server.emit('connection', socket)
    })
    server.maxConnections = maxConnections
    beside.push(await opened(server, { ...options, port: bound }))
  }
  return {
    port: bound,
    async close() {
      await Promise.all(beside.map(closed))
    },
  }
}

function opened(server: Server, options: ListenOptions): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => resolve(server))
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

function portOf(server: Server): number | null {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : null
}
