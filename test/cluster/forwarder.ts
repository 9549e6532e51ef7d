// A TCP port that leads to another one, which can be changed, and whose connections can be cut: for what
// a virtual address or a name does when a database fails over.
import { connect, createServer, type Socket } from 'node:net'

export interface Forwarder extends AsyncDisposable {
  readonly port: number
  /** New connections lead there; those that are open stay as they are. */
  leadTo(port: number): void
  /** Ends every open connection. */
  cut(): void
}

export async function startForwarder(to: number): Promise<Forwarder> {
  let target = to
  const open = new Set<Socket>()
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((inner) => {
    const outer = connect(target, '127.0.0.1')
    keep(inner)
    keep(outer)
    inner.on('close', () => outer.destroy())
    outer.on('close', () => inner.destroy())
    inner.pipe(outer).pipe(inner)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    leadTo(port) {
      target = port
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
