// Everybody who takes part in a life, as chance has it.
import type { NostrEvent } from 'portal-protocol'
import { createTurns } from '../../packages/daemon/src/store/turns.ts'
import { createApiClient } from './api-client.ts'
import { createChannels } from './channel.ts'
import { CONDUCTS } from './conduct.ts'
import { EMBEDDED_URL, OWN_URL, type Pace, type RunningDaemon } from './daemon.ts'
import type { Door } from './door.ts'
import type { Disk, DurableDatabase } from './durable-database.ts'
import {
  type Introduction,
  type IntroductionDeps,
  meetChallenge,
  type Said,
} from './introductions.ts'
import { createKeeper } from './keeper.ts'
import { createLedger } from './ledger.ts'
import type { Mortal } from './mortal.ts'
import { createNetwork } from './network.ts'
import { createOutages } from './outages.ts'
import { createReceiver } from './receiver.ts'
import { createRelay } from './relay.ts'
import { createRoster } from './roster.ts'
import { createSightings } from './sightings.ts'
import { createUser, type PaymentAsked, type User } from './user.ts'
import { createWall } from './wall.ts'
import { createWalletService, type ServiceHabits } from './wallet-service.ts'
import type { Owned, OwnerDeps } from './webhook-owner.ts'
import { watchLog } from './witness.ts'
import { START_MS, type World } from './world.ts'

/** Where it happens. */
export type Setting = { readonly doors: readonly Door[]; readonly database: DurableDatabase }

export type Cast = ReturnType<typeof createCast>

const NODE_URL = 'wss://node.sim'
const USER_URL = 'wss://user.sim'
/** Where users listen. */
type Places = readonly [readonly string[], ...(readonly string[])[]]
const PLACES: Places = [[EMBEDDED_URL], [EMBEDDED_URL], [OWN_URL], [EMBEDDED_URL, OWN_URL]]
const PLACES_OUTSIDE: Places = [[OWN_URL], [OWN_URL], [USER_URL], [OWN_URL, USER_URL]]

export function createCast(world: World, stage: Setting, pace: Pace) {
  const { chance, timeline } = world
  const network = createNetwork(world)
  const wall = createWall(timeline)
  const outages = createOutages()
  const seen = createSightings(world)
  const disk: Disk = { trouble: null, powerFails: false }
  const [ownRelay, nodeRelay, userRelay] = [OWN_URL, NODE_URL, USER_URL].map((url) => {
    const relay = createRelay(url, world)
    network.serve(url, relay.attach)
    return relay
  }) as [
    ReturnType<typeof createRelay>,
    ReturnType<typeof createRelay>,
    ReturnType<typeof createRelay>,
  ]
  const ownLedger = createLedger('own node', world)
  const otherLedger = createLedger('other node', world)
  const habits = serviceHabits(world)
  const service = createWalletService({ world, ledger: ownLedger, relay: nodeRelay, habits })
  const receiver = createReceiver(world)
  const introductions: Introduction[] = []
  const scans: Said[] = []
  const answers: Said[] = []
  const activities = createActivities()
  /** Lines in the log, by what they tell. */
  const logged = new Map<string, number>()
  const stream = { over: false }

  const log = (level: string) => (event: string, fields?: object) => {
    logged.set(event, (logged.get(event) ?? 0) + 1)
    world.say(level, `${event} ${JSON.stringify(fields ?? {})}`)
  }
  const several = stage.doors.length > 1
  const channels = createChannels(world)
  const shared = {
    world,
    network,
    wall,
    roster: createRoster(outages, timeline),
    disk,
    pace,
    sharing: several ? { channels, turns: createTurns() } : null,
    relays: several ? [OWN_URL, USER_URL] : [OWN_URL],
    database: stage.database,
    connection: service.connection,
    sender: receiver.senderOf,
    log: { info: log('log'), warn: log('log'), error: log('log') },
    up: (daemon: RunningDaemon, mortal: Mortal) =>
      watchLog(daemon.engine.log, mortal, { world, seen, outages }),
  }
  const keepers = stage.doors.map((door, i) =>
    createKeeper({ ...shared, door, name: several ? `daemon ${i + 1}` : 'daemon' }),
  )
  const api = createApiClient(stage.doors, world)
  const readers = { world, api, seen, over: () => stream.over }
  const owned: Owned[] = []
  const merchant: IntroductionDeps & OwnerDeps = {
    ...readers,
    ownLedger,
    otherLedger,
    wallMs: wall.nowMs,
    introductions,
    scans,
    answers,
    receiver,
    owned,
    run: activities.run,
    userRelay: USER_URL,
  }
  const accepted = ({ id }: NostrEvent, url: string) => {
    const said = [...scans, ...answers].find(({ event }) => event.id === id)
    if (said === undefined) return
    if (url === EMBEDDED_URL) said.acceptedAtMs ??= timeline.nowMs
    if (url === OWN_URL) said.relayedAtMs ??= timeline.nowMs
  }
  const people = { world, seen, openSocket: network.openSocket, accepted }
  const stranger = createUser({
    ...people,
    name: 'stranger',
    relays: [],
    subkeys: 0,
    asked: () => {},
    challenged: () => {},
  })
  const asked = (user: User, ask: PaymentAsked, copy: number): void => {
    if (copy > 0) {
      if (!chance.odds(0.05)) return
      world.fault('a wallet answers again')
      user.answerPayment(ask, { type: 'approved' })
      return
    }
    const pay = () => ownLedger.pay(ask.request.invoice) ?? otherLedger.pay(ask.request.invoice)
    const leftMs = () => ask.request.expiresAt * 1000 - wall.nowMs()
    const choices = Object.entries(CONDUCTS).map(([name, [weight]]) => [weight, name] as const)
    const name = chance.weighted(choices as [(typeof choices)[number]])
    world.fault(`a wallet ${name}`)
    const conduct = CONDUCTS[name]?.[1]
    if (conduct !== undefined) activities.run(conduct({ world, user, ask, stranger, pay, leftMs }))
  }
  const users = Array.from({ length: chance.between(1, 3) }, (_, i) =>
    createUser({
      ...people,
      name: `user ${i + 1}`,
      relays: chance.pick(several ? PLACES_OUTSIDE : PLACES),
      subkeys: chance.odds(0.5) ? 1 : 0,
      asked,
      challenged: (user, ask, copy) => meetChallenge(user, ask, copy, merchant),
    }),
  ) as [User, ...User[]]

  return {
    world,
    network,
    wall,
    outages,
    seen,
    disk,
    pace,
    service,
    habits,
    ownLedger,
    otherLedger,
    keepers,
    doors: stage.doors,
    database: stage.database,
    several,
    channels,
    api,
    merchant,
    readers,
    users,
    stranger,
    activities,
    logged,
    receiver,
    owned,
    introductions,
    scans,
    answers,
    /** When the last payment expires, as far as was planned (true time). */
    horizonMs: 0,
    /** From when on nothing goes wrong any more (true time). */
    calmAtMs: START_MS,
    /** Whether nothing goes wrong in this life but what its people do. */
    untroubled: false,
    nodeRelay,
    otherRelays: [ownRelay, userRelay],
    /** Sends the readers home. */
    close() {
      stream.over = true
      for (const keeper of keepers) keeper.end()
    },
  }
}

/** What somebody is still doing; a life goes on at least as long. */
function createActivities() {
  let running = 0
  return {
    run(activity: Promise<void>): void {
      running += 1
      activity.finally(() => {
        running -= 1
      })
    },
    get running() {
      return running
    },
  }
}

function serviceHabits({ chance }: World): ServiceHabits {
  const pushes = chance.odds(0.85)
  return {
    nip44: chance.odds(0.8),
    tagsAnswers: chance.odds(0.8),
    pushes,
    pushesPreimage: chance.odds(0.7),
    showsPreimage: chance.odds(0.3),
    namesNode: chance.odds(0.8),
    pageMax: chance.pick([1, 2, 50]),
    holds: chance.odds(0.7),
    tellsDeadline: chance.odds(0.95),
    expiry: chance.weighted([
      [7, 'as asked'],
      [2, 'longer'],
      [1, 'shorter'],
    ]),
  }
}
