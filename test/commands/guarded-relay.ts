// A relay that lets one key in (NIP-42), and whose web server has a clock of its own.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { freePort } from '../free-port.ts'

type Message = readonly [string, ...unknown[]]

/** `admits`: the key in hex. It carries what is written to whoever is subscribed, and looks at nothing. */
export async function startGuardedRelay(options: {
  readonly admits: string
  readonly clockOffMs: number
}): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() + options.clockOffMs).toUTCString()).end()
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    let isIn = false
    const subscribed = new Set<unknown>()
    const say = (...message: Message) => socket.send(JSON.stringify(message))
    socket.on('message', (data) => {
      const [type, what]: Message = JSON.parse(String(data))
      const { id, pubkey } = Object(what)
      if (type === 'AUTH') {
        isIn = pubkey === options.admits
        say('OK', id, isIn, isIn ? '' : 'restricted: you are not a member')
      }
      if (type === 'REQ' && isIn) {
        subscribed.add(what)
        say('EOSE', what)
      } else if (type === 'REQ') say('CLOSED', what, 'auth-required: who are you?')
      if (type === 'EVENT') {
        say('OK', id, isIn, isIn ? '' : 'auth-required: who are you?')
        for (const name of isIn ? subscribed : []) say('EVENT', name, what)
      }
    })
    say('AUTH', 'challenge')
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets.clients) socket.terminate()
      server.close()
    },
  }
}
