// Noise: far more than anybody needs, from a stranger, a wallet, a relay or a caller. Promise 9: it makes few
// lines in the log, and little that is kept.
import { KIND, type PublicKey } from 'portal-protocol'
import type { Cast } from './cast.ts'
import { EMBEDDED_URL, OWN_URL } from './daemon.ts'
import { flood, nonsense, pester } from './stranger.ts'
import type { World } from './world.ts'

const FRAMES = 200
const CALLS = 60
const LONG_MS = 5_000
const LOOKED_AT_MS = 8_000
/** What the life itself may add meanwhile, beside what comes of noise. */
const LINES_MAX = 30
const ROWS_MAX = 100
const TIMERS_MAX = 60
/** Of the daemon's own trouble with its store, whoever makes noise meanwhile. */
const OWN_TROUBLE = ['worker_failed', 'look_again_failed']

type Noise = (cast: Cast, merchant: PublicKey) => void

/** Makes one kind of noise, and looks at what came of it. */
export function makeNoise(cast: Cast): void {
  const { world, keepers, several } = cast
  const merchant = keepers.find(({ running }) => running !== null)?.running?.engine.publicKey
  if (merchant === undefined) return
  const noise = world.chance.pick<Noise>(
    several ? [wallet, relay, caller] : [stranger, wallet, relay, caller],
  )
  const before = kept(cast)
  noise(cast, merchant)
  world.timeline.after(LOOKED_AT_MS, () => {
    const after = kept(cast)
    const more = (what: keyof typeof after) => after[what] - before[what]
    if (more('lines') > LINES_MAX) world.broken(9, `noise made ${more('lines')} lines in the log`)
    if (more('rows') > ROWS_MAX) world.broken(9, `noise made ${more('rows')} rows in the store`)
    if (more('timers') > TIMERS_MAX) world.broken(9, `noise left ${more('timers')} timers`)
    if (more('open') > 10)
      world.broken(9, `noise left ${more('open')} subscriptions or connections`)
  })
}

function kept({ keepers, logged, database, doors }: Cast) {
  const sum = (of: (keeper: Cast['keepers'][number]) => number) =>
    keepers.reduce((total, keeper) => total + of(keeper), 0)
  const open = sum(({ running }) => {
    const { connections = 0, subscriptions = 0 } = running?.relay?.stats() ?? {}
    return connections + subscriptions
  })
  const readers = doors.reduce((total, { inhabitant }) => total + (inhabitant?.readers ?? 0), 0)
  return {
    lines: [...logged].reduce(
      (n, [name, times]) => (OWN_TROUBLE.includes(name) ? n : n + times),
      0,
    ),
    rows: database.rows(),
    timers: sum(({ mortal }) => mortal.timers),
    open: open + readers,
  }
}

function stranger({ world, network, api, users, stranger }: Cast, merchant: PublicKey): void {
  flood(FRAMES, { world, network, api, merchant, victim: world.chance.pick(users), stranger })
}

/** The daemon wants to hear from a wallet that it asks, but not this. */
function wallet({ world, network, users, several }: Cast, merchant: PublicKey): void {
  const { chance, timeline } = world
  world.fault('a wallet floods the relay')
  const { identity } = chance.pick(users)
  const id = () => Buffer.from(chance.bytes(8)).toString('hex')
  const words = () => {
    const reason = 'x'.repeat(chance.between(0, 2_000))
    const status = chance.pick<object>([{ status: 'failed', reason }, { status: 'approved' }])
    return chance.pick([
      'not even JSON',
      JSON.stringify({ request_id: id(), status }),
      JSON.stringify({ challenge: id(), response: status }),
      JSON.stringify({ token: id(), client_info: { name: reason }, preferred_relays: [reason] }),
    ])
  }
  const kinds = [KIND.paymentResponse, KIND.authResponse, KIND.keyHandshake] as const
  const socket = network.openSocket(several ? OWN_URL : EMBEDDED_URL, {
    open() {
      for (let i = 0; i < FRAMES; i++) {
        const content = chance.odds(0.8) ? identity.encrypt(words(), merchant) : 'unreadable'
        const created_at = Math.floor(timeline.nowMs / 1000)
        const tags = [['p', merchant]]
        const event = identity.sign({ kind: chance.pick(kinds), created_at, tags, content })
        within(world, () => socket.send(JSON.stringify(['EVENT', event])))
      }
    },
    message() {},
    close() {},
  })
}

/** A relay sends what nobody asked for, to all who are connected. */
function relay(
  { world, otherRelays, users, stranger, network, api }: Cast,
  merchant: PublicKey,
): void {
  const { chance } = world
  world.fault('a relay floods its readers')
  const [own] = otherRelays
  const deps = { world, network, api, merchant, victim: chance.pick(users), stranger }
  for (let i = 0; i < FRAMES; i++) {
    const id = Buffer.from(chance.bytes(32)).toString('hex')
    const event = nonsense(deps)
    const subscribed = event.replace('["EVENT",', '["EVENT","s1",')
    const text = chance.pick([
      event,
      subscribed,
      subscribed,
      subscribed,
      subscribed,
      subscribed,
      subscribed,
      `["NOTICE","${'x'.repeat(2_000)}"]`,
      `["OK","${id}",false,"blocked: no"]`,
      `["CLOSED","${id}","error: no"]`,
      `["EOSE","${id}"]`,
      '{"EVENT":1}',
      '[',
    ])
    within(world, () => own?.shout(text))
  }
}

function caller({ world, api }: Cast): void {
  world.fault('a caller floods the daemon')
  for (let i = 0; i < CALLS; i++) within(world, () => void pester({ world, api }))
}

function within({ chance, timeline }: World, run: () => void): void {
  timeline.after(chance.between(0, LONG_MS), run)
}
