// How long each step takes when nothing else is going on: one payment after another, in turn with the
// bare merchant's and with bare round trips of two parties through the same relay.
import { randomBytes } from 'node:crypto'
import {
  createIdentity,
  generateSecretKey,
  KIND,
  type PublicKey,
  secp256k1 as secp,
  verifyEvent,
} from 'portal-protocol'
import { systemClock as clock, createRelayPool, openWebSocket } from 'portal-relay'
import { type Figure, median, ms, quantile } from './figures.ts'
import { type Paid, pay, read, type Target } from './load.ts'
import { nowMs } from './process.ts'
import type { World } from './world.ts'

const WARM_UP = 20

export async function measureLatency(
  world: World,
  size: { readonly payments: number },
): Promise<Figure[]> {
  const daemon = await world.startDaemon()
  const bare = await world.startBare()
  const roundTrip = createRoundTrip(world.relayUrl, (await world.wallets.ask('echo')) as PublicKey)
  const paid: Paid[] = []
  const floors: Paid[] = []
  const roundTripMs: number[] = []
  for (let i = 0; i < size.payments + WARM_UP; i++) {
    const user = world.users[i % world.users.length] ?? ''
    const payment = await checked(pay(daemon, user))
    const floor = await checked(pay(bare, user))
    const tripMs = await roundTrip.once()
    if (i < WARM_UP) continue
    paid.push(payment)
    floors.push(floor)
    roundTripMs.push(tripMs)
  }
  const ownView = await settleToEventMs(daemon)
  roundTrip.close()
  await daemon.stop()
  await bare.stop()

  const traces = await world.wallets.ask('traces')
  const settled = await world.sandbox.ask('settled')
  const trip = median(roundTripMs)
  const traced = (one: Paid): Traced => {
    const { askedAt = Number.NaN, approvedAt = Number.NaN } = traces.get(one.requestId) ?? {}
    const settledAt = settled.get(one.paymentHash) ?? Number.NaN
    return { ...one, askedAt, toldApprovedAt: one.approvedAt, approvedAt, settledAt }
  }
  const payments = paid.map(traced)
  const bares = floors.map(traced)
  const against = (what: string, atMost: number, took: (one: Traced) => number): Figure => {
    const times = payments.map(took)
    return {
      what,
      value: `${ms(median(times))}, p99 ${ms(quantile(times, 0.99))}`,
      floor: `${ms(trip)}: a bare round trip (bare merchant ${ms(median(bares.map(took)))})`,
      ratio: median(times) / trip,
      atMost,
    }
  }
  const whole = ({ endedAt, postedAt }: Paid) => endedAt - postedAt
  const wholeMs = paid.map(whole)
  const bareMs = floors.map(whole)
  return [
    against('POST → request at the wallet', 3, ({ askedAt, postedAt }) => askedAt - postedAt),
    against(
      'approval → `user_approved` at the SSE reader',
      2,
      ({ toldApprovedAt, approvedAt }) => toldApprovedAt - approvedAt,
    ),
    against(
      'settlement → `paid` at the SSE reader',
      2,
      ({ endedAt, settledAt }) => endedAt - settledAt,
    ),
    {
      what: 'POST → `paid`, one payment after another',
      value: `${ms(median(wholeMs))}, p99 ${ms(quantile(wholeMs, 0.99))}`,
      floor: `${ms(median(bareMs))}: the same steps bare`,
      ratio: median(wholeMs) / median(bareMs),
      atMost: 3,
    },
    {
      what: 'settlement heard → event committed, as `portal_settle_to_event_seconds` has it',
      value: `${ms(ownView.meanMs)} on average of ${ownView.count}`,
      floor: '',
      ratio: null,
      atMost: null,
    },
  ]
}

/** What the daemon's own Prometheus histogram says. */
async function settleToEventMs(daemon: Target): Promise<{ meanMs: number; count: number }> {
  const text = (await read(daemon, '/metrics')) ?? ''
  const figure = (suffix: string) =>
    Number(new RegExp(`^portal_settle_to_event_seconds_${suffix} (\\S+)$`, 'm').exec(text)?.[1])
  return { meanMs: (figure('sum') / figure('count')) * 1000, count: figure('count') }
}

type Traced = Paid & {
  readonly askedAt: number
  readonly toldApprovedAt: number
  readonly settledAt: number
}

async function checked(payment: Promise<Paid>): Promise<Paid> {
  const paid = await payment
  if (paid.outcome !== 'paid') throw new Error(`a payment was not paid: ${paid.outcome}`)
  return paid
}

/** A signed, encrypted message to another process, and its signed, encrypted answer, each verified. */
function createRoundTrip(
  relayUrl: string,
  peer: PublicKey,
): { once(): Promise<number>; close(): void } {
  const random = (length: number) => randomBytes(length)
  const me = createIdentity(generateSecretKey(random, secp), { secp, random })
  const pool = createRelayPool({ openSocket: openWebSocket, clock, random })
  const relay = pool.relay(relayUrl)
  let answered: (text: string) => void = () => {}
  relay.subscribe([{ kinds: [KIND.paymentResponse], '#p': [me.publicKey] }], {
    event(event) {
      if (verifyEvent(event, secp)) answered(me.decrypt(event.content, peer))
    },
  })
  return {
    async once() {
      const startedAt = nowMs()
      const answer = new Promise<string>((resolve) => {
        answered = resolve
      })
      const event = me.sign({
        kind: KIND.paymentRequest,
        created_at: Math.floor(clock.nowMs() / 1000),
        tags: [['p', peer]],
        content: me.encrypt('x'.repeat(500), peer),
      })
      void relay.publish(event, 5_000)
      await answer
      return nowMs() - startedAt
    },
    close: () => pool.close(),
  }
}
