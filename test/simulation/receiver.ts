// A merchant's webhook receiver: some addresses, each takes what is posted to it and has bad days of its own.
import { type HttpSender, SendError } from '../../packages/daemon/src/engine/webhook-ports.ts'
import type { Mortal } from './mortal.ts'
import type { World } from './world.ts'

export type Received = {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly atMs: number
  /** When it was answered 2xx; null: it was not. */
  acceptedAtMs: number | null
}

/** What an address does with what comes, on a bad day. */
export type Trouble =
  | 'fails'
  | 'redirects'
  | 'hangs'
  | 'is gone'
  | 'answers too late'
  | 'limits the rate'
  | 'asks for patience'
  | 'wants no more'
  | 'breaks off'
  | 'takes it and breaks off'

/** What was answered that says how long to wait; null: until it is enabled again. */
export type Refused = { readonly atMs: number; readonly retryAfterS: number | null }

export interface Endpoint {
  readonly url: string
  readonly format: 'standard' | '0.4'
  /** Only these; null: all. */
  readonly events: readonly string[] | null
  trouble: { readonly what: Trouble; readonly often: number } | null
  readonly received: readonly Received[]
  readonly refused: readonly Refused[]
  /** It named a date to come back at, by a clock that the daemon's may be behind. */
  namedADate: boolean
}

export interface Receiver {
  /** Those that the merchant will ask to be told at. */
  readonly endpoints: Endpoint[]
  /** The way to them out of one daemon. */
  senderOf(mortal: Mortal): HttpSender
}

type Known = Endpoint & { readonly received: Received[]; readonly refused: Refused[] }
type HttpAnswer = Awaited<ReturnType<HttpSender['post']>>

export function createReceiver(world: World): Receiver {
  const { timeline, chance } = world
  const endpoints: Known[] = []

  async function post(
    { url, headers, body }: Parameters<HttpSender['post']>[0],
    signal: AbortSignal,
    mortal: Mortal,
  ): Promise<HttpAnswer> {
    const endpoint = endpoints.find((one) => one.url === url)
    if (endpoint === undefined) throw new SendError('unreachable', `nobody is at ${url}`)
    await timeline.sleep(chance.between(1, 60))
    await mortal.awake()
    if (signal.aborted) throw new SendError('timeout', 'too late')
    const { trouble } = endpoint
    const what = trouble !== null && chance.odds(trouble.often) ? trouble.what : null
    if (what !== null) world.fault(`a webhook receiver ${what}`)
    if (what === 'is gone') throw new SendError('unreachable', 'connection refused')
    const taken: Received = { headers, body, atMs: timeline.nowMs, acceptedAtMs: null }
    endpoint.received.push(taken)
    world.say('receiver', `${url.slice(-6)} is posted ${body.slice(-90)}`)
    if (what === 'hangs') await timeline.sleep(3_600_000)
    await timeline.sleep(what === 'answers too late' ? 20_000 : chance.between(1, 60))
    if (what === null || what === 'takes it and breaks off') taken.acceptedAtMs = timeline.nowMs
    await mortal.awake()
    const answer = answerOf(what, endpoint)
    return mortal.effect('a webhook answered', () => answer) ?? { ...OK, status: 500 }
  }

  function answerOf(what: Trouble | null, endpoint: Known): HttpAnswer {
    const { refused } = endpoint
    const atMs = timeline.nowMs
    switch (what) {
      case null:
        return OK
      case 'redirects':
        return { ...OK, status: chance.pick([301, 302, 307, 308]) }
      case 'wants no more':
        refused.push({ atMs, retryAfterS: null })
        return { ...OK, status: 410 }
      case 'limits the rate': {
        const retryAfterS = chance.pick([1, 30, 600])
        refused.push({ atMs, retryAfterS })
        return { ...OK, status: 429, retryAfter: String(retryAfterS) }
      }
      case 'asks for patience':
        endpoint.namedADate = true
        return { ...OK, status: 503, retryAfter: new Date(atMs + 60_000).toUTCString() }
      case 'breaks off':
      case 'takes it and breaks off':
        throw new SendError('unreachable', 'socket hang up')
      default:
        return { ...OK, status: chance.pick([500, 502, 404]), body: 'oops' }
    }
  }

  return {
    endpoints,
    senderOf: (mortal) => ({
      post: (request, signal) => post(request, signal, mortal),
      close: async () => {},
    }),
  }
}

const OK: HttpAnswer = { status: 200, retryAfter: null, body: '' }

const SOME_EVENTS = ['payment.paid', 'payment.timeout', 'payment.user_rejected']

/** Addresses as a merchant has them: one, or one for each of its programs. */
export function openEndpoints({ endpoints }: Receiver, { chance }: World): void {
  for (let i = chance.between(1, 3); i > 0; i--) {
    endpoints.push({
      url: `https://shop.sim/hook-${i}`,
      format: chance.odds(0.7) ? 'standard' : '0.4',
      events: chance.odds(0.8) ? null : SOME_EVENTS,
      trouble: null,
      received: [],
      refused: [],
      namedADate: false,
    })
  }
}

const TROUBLES = [
  'fails',
  'redirects',
  'hangs',
  'is gone',
  'answers too late',
  'limits the rate',
  'asks for patience',
  'wants no more',
  'breaks off',
  'takes it and breaks off',
] as const

/** Bad days of some addresses, all of them over `untilMs` from now. */
export function planTroubles({ endpoints }: Receiver, world: World, untilMs: number): void {
  const { chance, timeline } = world
  for (const endpoint of endpoints) {
    if (chance.odds(0.25)) continue
    const trouble = { what: chance.pick(TROUBLES), often: chance.pick([1, 1, 0.5]) }
    const fromMs = chance.between(0, Math.min(30_000, untilMs))
    const longMs = chance.odds(0.7) ? chance.between(1_000, 30_000) : untilMs
    timeline.after(fromMs, () => {
      endpoint.trouble = trouble
    })
    timeline.after(Math.min(untilMs, fromMs + longMs), () => {
      endpoint.trouble = null
    })
  }
}
