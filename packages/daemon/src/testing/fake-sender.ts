// Receivers of webhooks for tests, by address: they answer as a test says, and remember what they got.
import type { Clock } from '../engine/ports.ts'
import {
  type HttpAnswer,
  type HttpPost,
  type HttpSender,
  SendError,
} from '../engine/webhook-ports.ts'

export type Got = {
  readonly id: string
  readonly type: string
  readonly data: { readonly stream_id: string; readonly index: number; readonly position: number }
  readonly headers: HttpPost['headers']
  readonly body: string
  readonly atMs: number
  /** What it was answered; null while it hangs. */
  status: number | null
}

export interface Receiver {
  /** Every message, in the order they came. */
  readonly got: Got[]
  /** Of those answered with 2xx: `stream/index`, in the order they came. */
  accepted(): string[]
  /** What to do with the next message; `hang`: never answer. */
  behave: (got: Got) => number | Partial<HttpAnswer> | 'hang' | SendError
  /** How long an answer takes. */
  delayMs: number
  inFlight: number
  inFlightMax: number
}

export interface FakeSender extends HttpSender {
  at(url: string): Receiver
  /** The process dies: what was sent and not answered yet is not heard of any more. */
  die(): void
}

export function createFakeSender(clock: Clock): FakeSender {
  const receivers = new Map<string, Receiver>()
  let alive = {}

  function at(url: string): Receiver {
    const known = receivers.get(url)
    if (known !== undefined) return known
    const got: Got[] = []
    const receiver: Receiver = {
      got,
      accepted: () =>
        got
          .filter(({ status }) => status !== null && status < 300)
          .map(({ data }) => `${data.stream_id}/${data.index}`),
      behave: () => 200,
      delayMs: 1,
      inFlight: 0,
      inFlightMax: 0,
    }
    receivers.set(url, receiver)
    return receiver
  }

  return {
    at,
    die() {
      alive = {}
      for (const receiver of receivers.values()) receiver.inFlight = 0
    },
    post(post, signal) {
      const life = alive
      const receiver = at(post.url)
      const got = received(post, clock.nowMs())
      receiver.got.push(got)
      receiver.inFlight += 1
      receiver.inFlightMax = Math.max(receiver.inFlightMax, receiver.inFlight)
      return new Promise((resolve, reject) => {
        const over = () => {
          if (life === alive) receiver.inFlight -= 1
        }
        const answer = receiver.behave(got)
        if (answer === 'hang') {
          signal.addEventListener('abort', over, { once: true })
          return
        }
        clock.setTimer(receiver.delayMs, () => {
          over()
          const isError = answer instanceof SendError
          if (!isError) got.status = typeof answer === 'number' ? answer : (answer.status ?? 200)
          if (life !== alive) return
          if (isError) reject(answer)
          else resolve({ retryAfter: null, body: '', ...told(answer) })
        })
      })
    },
    close: async () => {},
  }
}

function told(answer: number | Partial<HttpAnswer>): Partial<HttpAnswer> & { status: number } {
  return typeof answer === 'number' ? { status: answer } : { status: 200, ...answer }
}

function received({ headers, body }: HttpPost, atMs: number): Got {
  const { type, data } = JSON.parse(body)
  const id = headers['webhook-id'] ?? ''
  return { id, type, data, headers, body, atMs, status: null }
}
