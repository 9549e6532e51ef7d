// How wallets behave when they are asked for money: well, badly, late, twice, and not at all.
import type { Identity, NostrEvent, PaymentResponseStatus, Preimage } from 'portal-protocol'
import type { PaymentAsked, User } from './user.ts'
import type { World } from './world.ts'

/** One request as a wallet meets it. */
export type Asked = {
  readonly world: World
  readonly user: User
  readonly ask: PaymentAsked
  /** Somebody who was never asked. */
  readonly stranger: User
  /** Pays the invoice; the proof, or null when that failed. */
  readonly pay: () => Preimage | 'held' | null
  /** Milliseconds until the request expires; negative after that. */
  readonly leftMs: () => number
}

type Conduct = (asked: Asked) => Promise<void>

const REASONS = ['no', 'not now', 'no route', 'balance too low'] as const

const HOUR_MS = 3_600_000

const approved: PaymentResponseStatus = { type: 'approved' }

/** The conducts by name, with how often each is met. */
export const CONDUCTS: Readonly<Record<string, readonly [number, Conduct]>> = {
  'is honest': [
    8,
    async (asked) => {
      await someTime(asked, 3_000)
      speak(asked, approved)
      await someTime(asked, 5_000)
      const proof = asked.pay()
      if (proof === null) return void speak(asked, { type: 'failed', reason: 'cannot be paid' })
      claim(asked, asked.world.chance.odds(0.6) ? proof : 'held')
    },
  ],
  'never answers': [2, async () => {}],
  'approves and never pays': [2, async (asked) => void speak(asked, approved)],
  'pays without a word': [
    3,
    async (asked) => {
      await someTime(asked, 20_000)
      asked.pay()
    },
  ],
  'fails, then pays': [
    2,
    async (asked) => {
      for (let tries = asked.world.chance.between(1, 6); tries > 0; tries--) {
        speak(asked, { type: 'failed', reason: asked.world.chance.pick(REASONS) })
        await someTime(asked, 4_000)
      }
      if (asked.world.chance.odds(0.7)) claim(asked, asked.pay())
    },
  ],
  'lies about success': [
    3,
    async (asked) => {
      const { chance } = asked.world
      await someTime(asked, 4_000)
      if (chance.odds(0.5)) speak(asked, approved)
      for (let lies = chance.between(1, 3); lies > 0; lies--) {
        speak(asked, { type: 'success', preimage: falsePreimage(asked) })
        await someTime(asked, 3_000)
      }
      if (chance.odds(0.3)) asked.pay()
    },
  ],
  rejects: [
    2,
    async (asked) => {
      await someTime(asked, 5_000)
      speak(asked, { type: 'rejected', reason: asked.world.chance.odds(0.3) ? null : 'no' })
      if (asked.world.chance.odds(0.3)) speak(asked, approved)
    },
  ],
  'rejects after paying': [
    2,
    async (asked) => {
      asked.pay()
      await someTime(asked, 2_000)
      speak(asked, { type: 'rejected', reason: 'changed my mind' })
    },
  ],
  'pays after rejecting': [
    3,
    async (asked) => {
      speak(asked, { type: 'rejected', reason: 'no' })
      await someTime(asked, 10_000)
      const proof = asked.pay()
      if (asked.world.chance.odds(0.5)) claim(asked, proof)
    },
  ],
  'answers from a key that was not asked': [
    3,
    async (asked) => {
      const { chance } = asked.world
      const from = asked.stranger.identity
      speak(
        asked,
        chance.odds(0.5) ? approved : { type: 'rejected', reason: 'I am not asked' },
        from,
      )
      await someTime(asked, 3_000)
      speak(asked, { type: 'failed', reason: 'I am not asked' }, from)
      if (chance.odds(0.5)) speak(asked, { type: 'success', preimage: falsePreimage(asked) }, from)
      if (chance.odds(0.5)) claim(asked, asked.pay())
    },
  ],
  'answers from a subkey': [
    4,
    async (asked) => {
      const { chance } = asked.world
      const [subkey] = asked.user.subkeys
      if (subkey === undefined) return void speak(asked, approved)
      if (chance.odds(0.3)) speak(asked, approved, subkey.identity)
      if (chance.odds(0.7)) asked.user.prove(asked.ask.merchant, subkey)
      await someTime(asked, 3_000)
      if (chance.odds(0.3)) {
        speak(asked, { type: 'rejected', reason: 'no' }, subkey.identity)
        return
      }
      speak(asked, approved, subkey.identity)
      await someTime(asked, 3_000)
      const proof = asked.pay()
      claim(asked, proof, subkey.identity)
    },
  ],
  'comes after expiry': [
    4,
    async (asked) => {
      const { chance, timeline } = asked.world
      if (chance.odds(0.4)) speak(asked, approved)
      await timeline.sleep(Math.max(0, asked.leftMs() + chance.between(-1_500, 20_000)))
      asked.world.fault('a wallet comes after expiry')
      const proof = asked.pay()
      if (chance.odds(0.6)) claim(asked, proof)
      else speak(asked, { type: 'rejected', reason: 'too late' })
    },
  ],
  'pays at the last moment': [
    3,
    async (asked) => {
      const { chance, timeline } = asked.world
      await timeline.sleep(Math.max(0, asked.leftMs() - chance.between(0, 400)))
      const proof = asked.pay()
      if (chance.odds(0.5)) claim(asked, proof)
    },
  ],
}

/** Says it, and perhaps the same again and again. */
function speak(asked: Asked, status: PaymentResponseStatus, from?: Identity): void {
  const { world, user, ask } = asked
  if (status.type === 'success' && status.preimage === null)
    world.fault('a wallet claims without proof')
  const event = user.answerPayment(ask, status, from)
  if (!world.chance.odds(0.25)) return
  for (let times = world.chance.between(1, 3); times > 0; times--) repeatLater(asked, event)
}

function repeatLater({ world, user }: Asked, event: NostrEvent): void {
  const { chance } = world
  const isHours = world.long && chance.odds(0.6)
  world.arrives(isHours ? chance.between(HOUR_MS, 2 * HOUR_MS) : chance.between(0, 20_000), () => {
    world.fault(isHours ? 'an answer is repeated after hours' : 'an answer is repeated')
    user.repeat(event)
  })
}

/** Says that it paid, with the proof where it has one. */
function claim(asked: Asked, proof: Preimage | 'held' | null, from?: Identity): void {
  if (proof !== null)
    speak(asked, { type: 'success', preimage: proof === 'held' ? null : proof }, from)
}

function falsePreimage({ world, ask }: Asked): string | null {
  const { chance } = world
  world.fault('a wallet lies about success')
  const hash = ask.request.invoice.slice(-64)
  return chance.pick([
    null,
    '',
    '00'.repeat(32),
    Buffer.from(chance.bytes(32)).toString('hex'),
    hash,
  ])
}

function someTime({ world: { timeline, chance } }: Asked, maxMs: number): Promise<void> {
  return timeline.sleep(chance.odds(0.3) ? 0 : chance.between(0, maxMs))
}
