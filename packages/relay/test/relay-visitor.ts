// A client of the embedded relay whose socket is the test.

import type { EmbeddedRelay } from '../src/embedded-relay.ts'

export interface RelayVisitor {
  /** Sends one message, or a frame as it is when given a string. */
  say(message: readonly unknown[] | string): void
  /** What the relay has sent, parsed. */
  readonly heard: unknown[][]
  /** Takes out what was heard so far. */
  take(): unknown[][]
  /** Bytes it leaves unread. */
  unread: number
  readonly closedWith: string | undefined
  leave(): void
}

export function visit(relay: EmbeddedRelay): RelayVisitor {
  const heard: unknown[][] = []
  let closedWith: string | undefined
  const visitor: RelayVisitor = {
    heard,
    unread: 0,
    get closedWith() {
      return closedWith
    },
    say: (message) => peer.message(typeof message === 'string' ? message : JSON.stringify(message)),
    take: () => heard.splice(0),
    leave: () => peer.closed(),
  }
  const peer = relay.attach({
    send: (text) => heard.push(JSON.parse(text)),
    close: (code, reason) => {
      closedWith = `${code} ${reason}`
    },
    get bufferedAmount() {
      return visitor.unread
    },
  })
  return visitor
}
