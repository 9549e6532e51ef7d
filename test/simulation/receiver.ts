// A merchant's webhook receiver: takes what is posted to it, checks who signed it, and has bad days.
import { createHmac } from 'node:crypto'
import { type HttpSender, SendError } from '../../packages/daemon/src/engine/webhook-ports.ts'
import type { Mortal } from './mortal.ts'
import type { FeedItem } from './sightings.ts'
import type { World } from './world.ts'

export type Received = {
  readonly id: string
  readonly body: string
  readonly item: FeedItem
  readonly atMs: number
  /** Whether it was answered 2xx. */
  accepted: boolean
}

export interface Receiver {
  /** Set once the endpoint exists. */
  secret: string | null
  /** When the endpoint was acknowledged: what happens later is posted. Null: there is none. */
  sinceMs: number | null
  /** What it does with what comes, while it has a bad day. */
  trouble: 'fails' | 'redirects' | 'hangs' | 'is gone' | 'answers too late' | null
  readonly received: readonly Received[]
  /** The way to it out of one daemon. */
  senderOf(mortal: Mortal): HttpSender
}

export const RECEIVER_URL = 'https://shop.sim/hook'

export function createReceiver(world: World): Receiver {
  const { timeline, chance } = world
  const received: Received[] = []
  const receiver: Receiver = {
    secret: null,
    sinceMs: null,
    trouble: null,
    received,
    senderOf: (mortal) => ({
      async post({ url, headers, body }, signal) {
        if (url !== RECEIVER_URL) throw new SendError('unreachable', `nobody is at ${url}`)
        await timeline.sleep(chance.between(1, 60))
        await mortal.awake()
        if (signal.aborted) throw new SendError('timeout', 'too late')
        const { trouble } = receiver
        if (trouble !== null) world.fault(`a webhook receiver ${trouble}`)
        if (trouble === 'is gone') throw new SendError('unreachable', 'connection refused')
        const taken = take(headers, body)
        if (trouble === 'hangs') await timeline.sleep(3_600_000)
        await timeline.sleep(trouble === 'answers too late' ? 20_000 : chance.between(1, 60))
        if (trouble === null) taken.accepted = true
        await mortal.awake()
        if (trouble === 'fails') return { status: 500, retryAfter: null, body: 'oops' }
        if (trouble === 'redirects') return { status: 302, retryAfter: null, body: '' }
        const answered = mortal.effect('a webhook answered', () => ({
          status: 200,
          retryAfter: null,
          body: '',
        }))
        return answered ?? { status: 500, retryAfter: null, body: '' }
      },
      close: async () => {},
    }),
  }

  function take(headers: Readonly<Record<string, string>>, body: string): Received {
    const id = String(headers['webhook-id'])
    const signed = createHmac(
      'sha256',
      Buffer.from(receiver.secret?.replace('whsec_', '') ?? '', 'base64'),
    )
      .update(`${id}.${headers['webhook-timestamp']}.${body}`)
      .digest('base64')
    if (
      receiver.secret !== null &&
      !headers['webhook-signature']?.split(' ').includes(`v1,${signed}`)
    ) {
      world.broken('webhooks', `the signature of ${id} is wrong`)
    }
    const { data } = JSON.parse(body) as { data: Readonly<Record<string, unknown>> }
    const item = {
      ...data,
      streamId: data.stream_id,
      createdAt: data.created_at,
    } as unknown as FeedItem
    const taken: Received = { id, body, item, atMs: timeline.nowMs, accepted: false }
    received.push(taken)
    world.say('receiver', `is posted ${id.slice(-8)} [${item.index}] ${JSON.stringify(item.data)}`)
    return taken
  }

  return receiver
}
