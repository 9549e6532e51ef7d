// The merchant's side of a TCP connection: requests take a moment, answers may be lost on the way, and
// an impatient caller hangs up, which the daemon is told of.
import type { Answer, Door, Request } from './door.ts'
import type { World } from './world.ts'

export type Reply = Answer | 'lost'

export interface ApiClient {
  /** `lost`: the caller hung up before the answer came; the daemon carries on with what it must. */
  call(request: Request): Promise<Reply>
  /** How many wait for an answer. */
  readonly waiting: number
}

/** How long a caller waits for an answer, beyond what it asked to be kept waiting. */
const PATIENCE_MS = 30_000
/** How often a caller hangs up, and how often one does who is kept waiting for events. */
const HANGS_UP = 0.04
const READER_HANGS_UP = 0.15

export function createApiClient(doors: readonly Door[], world: World): ApiClient {
  const { timeline, chance } = world
  let waiting = 0

  async function answered(request: Request, door: Door, hangUp: AbortController): Promise<Reply> {
    const sentAtMs = timeline.nowMs
    const answer = door.call(request, hangUp.signal)
    const waitMs = waitOf(request)
    if (!world.calm && chance.odds(waitMs > 0 ? READER_HANGS_UP : HANGS_UP)) {
      // An answer that was given by then is lost on the way.
      const longMs = Math.min(Math.max(waitMs, 2_000), 40_000)
      await timeline.sleep(chance.between(0, chance.odds(0.5) ? 40 : longMs))
      world.fault(waitMs > 0 ? 'a reader hangs up' : 'a caller hangs up')
      return 'lost'
    }
    const given = await Promise.race([answer, timeline.sleep(PATIENCE_MS + waitMs)])
    if (given === undefined) {
      if (door.pausedSince(sentAtMs)) return 'lost'
      world.broken(
        9,
        `${request.method} ${request.url} was not answered in ${timeline.nowMs - sentAtMs} ms`,
      )
      return 'lost'
    }
    check(request, given, world)
    return given
  }

  return {
    async call(request) {
      await timeline.sleep(chance.between(0, 3))
      // Whoever is in front of several daemons does not know how they are.
      const door = doors.length === 1 ? doors[0] : chance.pick(doors as [Door])
      if (door === undefined) return 'refused'
      const hangUp = new AbortController()
      waiting += 1
      const reply = await answered(request, door, hangUp)
      waiting -= 1
      if (reply === 'lost') hangUp.abort()
      return reply
    },
    get waiting() {
      return waiting
    },
  }
}

function check({ method, url }: Request, answer: Answer, world: World): void {
  if (typeof answer === 'string') return
  if (answer.status < 500 || isUnavailable(answer)) return
  world.broken(9, `${method} ${url} was answered ${answer.status} ${JSON.stringify(answer.body)}`)
}

function isUnavailable({ status, body }: Exclude<Answer, string>): boolean {
  return (
    status === 503 &&
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    body.code === 'unavailable'
  )
}

function waitOf({ url, headers }: Request): number {
  // A reader by SSE stays until the stream ends.
  if (headers?.accept === 'text/event-stream') return Number.POSITIVE_INFINITY
  return Number(/[?&]wait=([0-9]+)/.exec(url)?.[1] ?? 0) * 1000
}
