// A TCP port that leads to another one until it is cut: then nothing passes, no connection ends, and
// neither side is told. Both sides live on, where a process that is stopped (`freeze`) is itself what
// hangs. The kernel goes on to acknowledge what is written, up to its buffers: packets that are lost take
// root and a network of its own, and all that a program could see of them, it sees here: silence.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Cable extends AsyncDisposable {
  readonly port: number
  cut(): void
  /** What was written meanwhile comes through. */
  mend(): void
}

export async function layCable(to: number): Promise<Cable> {
  const open = new Set<Socket>()
  let isCut = false
  const lead = (from: Socket, other: Socket) => {
    open.add(from)
    from.on('data', (chunk) => other.write(chunk))
    // Not told while it is cut either: a socket that is paused does not see it.
    from.on('end', () => other.end())
    from.on('error', () => other.destroy())
    from.on('close', () => {
      open.delete(from)
      other.destroy()
    })
    if (isCut) from.pause()
  }
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true })
    lead(inner, outer)
    lead(outer, inner)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut() {
      isCut = true
      for (const socket of open) socket.pause()
    },
    mend() {
      isCut = false
      for (const socket of open) socket.resume()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
