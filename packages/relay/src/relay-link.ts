// One socket's life with a relay: bounded in every direction, over once and for all when it is lost.

import type { Clock, Timer } from './clock.ts'
import { parseRelayMessage, type RelayMessage } from './relay-message.ts'
import type { OpenSocket, Socket } from './socket.ts'

export interface RelayLink {
  /** False when the frame did not go out: not open yet, or lost. */
  send(frame: string): boolean
  /** Lets go of the socket; no handler is called any more. */
  close(): void
}

export type RelayLinkHandlers = {
  readonly opened: () => void
  readonly message: (message: RelayMessage) => void
  /** At a steady pace while open: has the relay answered anything of ours since the last beat? */
  readonly beat: (answered: boolean) => void
  /** At most once, and never before openRelayLink has returned. */
  readonly lost: () => void
}

export type RelayLinkDeps = {
  readonly openSocket: OpenSocket
  readonly clock: Clock
  readonly connectTimeoutMs: number
  readonly beatEveryMs: number
}

/** Longer frames are dropped unread. */
const FRAME_CHARS_MAX = 524_288
/** A relay that sends more than this between two beats is cut off. */
const CHARS_PER_BEAT_MAX = 64 * 1_048_576
/** A relay that leaves this much of ours unread is as good as gone. */
const BUFFERED_MAX = 32 * 1_048_576

export function openRelayLink(
  url: string,
  deps: RelayLinkDeps,
  handlers: RelayLinkHandlers,
): RelayLink {
  return new Link(url, deps, handlers)
}

/** A stream of events proves that the relay talks, not that it listens. */
export function isAnswer(message: RelayMessage): boolean {
  return message.type === 'ok' || message.type === 'eose' || message.type === 'closed'
}

class Link implements RelayLink {
  private readonly deps: RelayLinkDeps
  private readonly handlers: RelayLinkHandlers
  private phase: 'opening' | 'open' | 'over' = 'opening'
  private answered = false
  private charsSinceBeat = 0
  /** First the limit on connecting, then the beat. */
  private timer: Timer
  private socket: Socket | undefined

  constructor(url: string, deps: RelayLinkDeps, handlers: RelayLinkHandlers) {
    this.deps = deps
    this.handlers = handlers
    this.timer = deps.clock.setTimer(deps.connectTimeoutMs, () => this.lose())
    try {
      this.socket = deps.openSocket(url, {
        open: () => this.opened(),
        message: (frame) => this.received(frame),
        close: () => this.lose(),
      })
    } catch {
      // The built-in WebSocket throws for an address it will never open, such as a blocked port.
      this.timer.cancel()
      this.timer = deps.clock.setTimer(0, () => this.lose())
    }
  }

  send(frame: string): boolean {
    if (this.phase !== 'open' || this.socket === undefined) return false
    if (this.socket.bufferedAmount > BUFFERED_MAX) {
      this.lose()
      return false
    }
    this.socket.send(frame)
    return true
  }

  close(): void {
    if (this.phase === 'over') return
    this.phase = 'over'
    this.timer.cancel()
    this.socket?.close()
  }

  private lose(): void {
    if (this.phase === 'over') return
    this.close()
    this.handlers.lost()
  }

  private opened(): void {
    if (this.phase !== 'opening') return
    this.phase = 'open'
    this.timer.cancel()
    this.scheduleBeat()
    this.handlers.opened()
  }

  private scheduleBeat(): void {
    this.timer = this.deps.clock.setTimer(this.deps.beatEveryMs, () => {
      const { answered } = this
      this.answered = false
      this.charsSinceBeat = 0
      this.scheduleBeat()
      this.handlers.beat(answered)
    })
  }

  private received(frame: string): void {
    if (this.phase !== 'open') return
    this.charsSinceBeat += frame.length
    if (this.charsSinceBeat > CHARS_PER_BEAT_MAX) this.lose()
    else if (frame.length <= FRAME_CHARS_MAX) this.understood(parseRelayMessage(frame))
  }

  private understood(message: RelayMessage | undefined): void {
    if (message === undefined) return
    if (isAnswer(message)) this.answered = true
    this.handlers.message(message)
  }
}
