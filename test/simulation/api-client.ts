// The merchant's side of a TCP connection: requests take a moment, answers may be lost on the way, and
// an impatient caller hangs up.
import type { Answer, Door, Request } from './door.ts'
import type { World } from './world.ts'

export type Reply = Answer | 'lost'

export interface ApiClient {
  /** `lost`: the caller went away before the answer came; the daemon carries on. */
  call(request: Request): Promise<Reply>
}

/** How long a caller waits for an answer, beyond what it asked to be kept waiting. */
const PATIENCE_MS = 30_000

export function createApiClient(doors: readonly Door[], world: World): ApiClient {
  const { timeline, chance } = world
  return {
    async call(request) {
      await timeline.sleep(chance.between(0, 3))
      const sentAtMs = timeline.nowMs
      // Whoever is in front of several daemons does not know how they are.
      const door = doors.length === 1 ? doors[0] : chance.pick(doors as [Door])
      if (door === undefined) return 'refused'
      const answered = door.call(request)
      if (!world.calm && chance.odds(0.04)) {
        world.fault('a caller hangs up')
        await timeline.sleep(chance.between(0, 2_000))
        return 'lost'
      }
      const given = await Promise.race([answered, timeline.sleep(PATIENCE_MS + waitOf(request))])
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
