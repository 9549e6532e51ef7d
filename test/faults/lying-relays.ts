// One server, five relays that are of no use to anybody, each at its own path.
import type { AddressInfo } from 'node:net'
import WebSocket, { WebSocketServer } from 'ws'

export const LIES = ['refuses', 'asks-auth', 'mute', 'nonsense', 'vanishes'] as const
type Lie = (typeof LIES)[number]

const LONG = 'x'.repeat(1_000_000)
const NONSENSE = [
  '',
  'null',
  '[]',
  '{"a":1}',
  '["EVENT"]',
  '["OK",1,2]',
  '["EVENT","s",{}]',
  '\u0000',
]

export interface LyingRelays extends AsyncDisposable {
  readonly urls: readonly string[]
  /** Messages that came to this one. */
  heard(lie: Lie): number
}

export async function startLyingRelays(): Promise<LyingRelays> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const heard = new Map<Lie, number>()
  server.on('connection', (socket, request) => {
    const lie = LIES.find((known) => request.url === `/${known}`)
    socket.on('error', () => {})
    socket.on('message', (data) => {
      if (lie === undefined) return
      heard.set(lie, (heard.get(lie) ?? 0) + 1)
      answer(lie, JSON.parse(String(data)), (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame)
      })
      if (lie === 'vanishes') socket.terminate()
    })
  })
  const { port } = server.address() as AddressInfo
  return {
    urls: LIES.map((lie) => `ws://127.0.0.1:${port}/${lie}`),
    heard: (lie) => heard.get(lie) ?? 0,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}

type Message = readonly [string, string | { readonly id: string }]

function answer(lie: Lie, [type, subject]: Message, send: (frame: string) => void): void {
  const id = typeof subject === 'string' ? subject : subject.id
  switch (lie) {
    case 'refuses':
      if (type === 'EVENT') send(JSON.stringify(['OK', id, false, `blocked: ${LONG}`]))
      if (type === 'REQ') send(JSON.stringify(['EOSE', id]))
      return
    case 'asks-auth':
      send(JSON.stringify(['AUTH', `challenge ${Math.random()}`]))
      if (type === 'EVENT') send(JSON.stringify(['OK', id, false, 'auth-required: who are you?']))
      if (type === 'REQ') send(JSON.stringify(['CLOSED', id, `auth-required: ${LONG}`]))
      return
    case 'nonsense':
      for (const frame of NONSENSE) send(frame)
      send(JSON.stringify(['NOTICE', LONG]))
      return
    case 'mute':
    case 'vanishes':
  }
}
