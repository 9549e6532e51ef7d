// One port with several listening sockets. Node takes one new connection from each per turn of its event
// loop (libuv since 1.45: https://github.com/libuv/libuv/pull/3696), and under load a turn is long. With one
// socket whoever connects then waits for many seconds, while those who are connected are served at once.
import { createServer, type ListenOptions, type Server } from 'node:net'

/** Connections that clients open at once wait here until they are accepted. */
const BACKLOG = 4_096
const SOCKETS = 8

type Address = { readonly host: string; readonly port: number }

/** What answers, such as a fastify app. */
export type Listener = {
  readonly server: Server
  listen(options: Address & { backlog: number; reusePort: boolean }): Promise<unknown>
}

export interface Listening {
  readonly port: number
  /** Takes no new connections but by `server`, which the caller closes. Resolves when all others are closed. */
  close(): Promise<void>
}

/** Rejects when the address cannot be listened on. */
export async function listen(
  listener: Listener,
  { host, port }: Address,
  connectionsMax: number,
): Promise<Listening> {
  // Elsewhere SO_REUSEPORT is missing, or shares nothing out.
  const reusePort = process.platform === 'linux'
  const sockets = reusePort ? SOCKETS : 1
  const maxConnections = Math.ceil(connectionsMax / sockets)
  const options = { host, port, backlog: BACKLOG, reusePort }
  // Another daemon's port could be shared, too, by mistake.
  if (reusePort && port !== 0) await closed(await opened(createServer(), { host, port }))
  const { server } = listener
  server.maxConnections = maxConnections
  await listener.listen(options)
  const bound = portOf(server) ?? port
  const beside: Server[] = []
  while (beside.length < sockets - 1) {
    // As Node's own HTTP server listens.
    const another = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      server.emit('connection', socket)
    })
    another.maxConnections = maxConnections
    beside.push(await opened(another, { ...options, port: bound }))
  }
  return {
    port: bound,
    async close() {
      await Promise.all(beside.map(closed))
    },
  }
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = await opened(createServer(), { host: '127.0.0.1', port: 0 })
  const port = portOf(server)
  await closed(server)
  if (port === null) throw new Error('no port of 127.0.0.1 is free')
  return port
}

function opened(server: Server, options: ListenOptions): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Also later: a connection that could not be accepted, for want of file handles, is its caller's loss.
    server.on('error', reject)
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
