// A TCP port that leads to a PostgreSQL server, to another one when told so, and whose connections can be
// cut: what a virtual address or a name does when a database fails over. It can also lose what servers
// tell by NOTIFY, without a word, as PostgreSQL itself does when a connection is lost.
import { connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'

export interface Forwarder extends AsyncDisposable {
  readonly port: number
  /** New connections lead there; those that are open stay as they are. */
  leadTo(port: number): void
  /** Ends every open connection. */
  cut(): void
  /** Whether notifications are lost. */
  loseNotifications(lost: boolean): void
  /** How many were. */
  readonly lost: number
}

export async function startForwarder(to: number): Promise<Forwarder> {
  let target = to
  let losing = false
  let lost = 0
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
    inner.pipe(outer)
    const passes = (type: number) => {
      const isLost = losing && type === NOTIFICATION
      if (isLost) lost += 1
      return !isLost
    }
    outer.pipe(createMessageFilter(passes)).pipe(inner)
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
    loseNotifications(isLosing) {
      losing = isLosing
    },
    get lost() {
      return lost
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** NotificationResponse: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const NOTIFICATION = 'A'.charCodeAt(0)
/** A byte for the type, and four for the length, which counts itself. */
const HEAD = 5

/** Passes on whole messages of a server, by their type. */
function createMessageFilter(passes: (type: number) => boolean): Transform {
  let rest: Buffer = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let at = 0
      const kept: Buffer[] = []
      while (rest.length - at >= HEAD) {
        const end = at + 1 + rest.readUInt32BE(at + 1)
        if (rest.length < end) break
        if (passes(rest[at] ?? 0)) kept.push(rest.subarray(at, end))
        at = end
      }
      rest = rest.subarray(at)
      done(null, kept.length === 0 ? undefined : Buffer.concat(kept))
    },
  })
}
