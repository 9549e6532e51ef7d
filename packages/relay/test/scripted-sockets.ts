// Sockets whose other end is the test.

import type { OpenSocket, SocketHandlers } from '../src/socket.ts'

export interface ScriptedSocket {
  readonly url: string
  readonly handlers: SocketHandlers
  /** What was sent, parsed. */
  readonly sent: unknown[][]
  readonly isClosed: boolean
  unread: number
  say(...message: unknown[]): void
}

export interface ScriptedSockets {
  readonly openSocket: OpenSocket
  readonly opened: ScriptedSocket[]
  /** The one opened last. */
  readonly last: ScriptedSocket
}

export function createScriptedSockets(): ScriptedSockets {
  const opened: ScriptedSocket[] = []
  return {
    opened,
    get last() {
      const socket = opened.at(-1)
      if (socket === undefined) throw new Error('no socket was opened yet')
      return socket
    },
    openSocket(url, handlers) {
      let isClosed = false
      const socket: ScriptedSocket = {
        url,
        handlers,
        sent: [],
        unread: 0,
        get isClosed() {
          return isClosed
        },
        say: (...message) => handlers.message(JSON.stringify(message)),
      }
      opened.push(socket)
      return {
        send: (text) => socket.sent.push(JSON.parse(text)),
        close: () => {
          isClosed = true
        },
        get bufferedAmount() {
          return socket.unread
        },
      }
    },
  }
}
