// What goes wrong in a life, and when: each fault is a stretch of time in which one part misbehaves.

import type { Channels } from './channel.ts'
import { EMBEDDED_URL, type Pace } from './daemon.ts'
import type { Disk } from './durable-database.ts'
import type { Keeper } from './keeper.ts'
import type { Network } from './network.ts'
import type { Outages, Part } from './outages.ts'
import { GOOD_HABITS, type RelayHabits, type SimulatedRelay } from './relay.ts'
import type { User } from './user.ts'
import type { Wall } from './wall.ts'
import { NO_TROUBLES, type ServiceTroubles, type WalletService } from './wallet-service.ts'
import type { World } from './world.ts'

export type FaultDeps = {
  readonly world: World
  readonly network: Network
  readonly outages: Outages
  readonly wall: Wall
  readonly disk: Disk
  readonly pace: Pace
  readonly keepers: readonly Keeper[]
  readonly channels: Channels
  readonly service: WalletService
  readonly nodeRelay: SimulatedRelay
  readonly otherRelays: readonly SimulatedRelay[]
  readonly users: readonly User[]
}

type Stretch = { readonly fromMs: number; readonly untilMs: number }
type Fault = (deps: FaultDeps, stretch: Stretch) => void

/** The store is as it should be again after this long (ms), once its fault is over. */
const STORE_RECOVERY_MS = 10_000
/** Within so long a subscription that a relay ended is asked for again. */
const ASKED_AGAIN_MS = 5_000

const FAULTS: readonly (readonly [number, Fault])[] = [
  [8, relayFault],
  [8, serviceFault],
  [8, crash],
  [2, diskFault],
  [3, clockStep],
  [3, offline],
  [2, wires],
]

/** What can happen besides, where there are several daemons. */
const FAULTS_OF_SEVERAL: readonly (readonly [number, Fault])[] = [
  [12, crash],
  [12, pause],
  [8, channelFault],
]

/** Plans this life's faults, all of them over `untilMs` from now. */
export function planFaults(deps: FaultDeps, count: number, untilMs: number): void {
  const { chance, timeline } = deps.world
  const faults = deps.keepers.length === 1 ? FAULTS : [...FAULTS, ...FAULTS_OF_SEVERAL]
  for (let i = 0; i < count; i++) {
    const fault = chance.weighted(faults as [(typeof FAULTS)[number]])
    const fromMs = chance.odds(0.2) ? 0 : chance.between(0, untilMs)
    const lengthMs = chance.odds(0.5) ? chance.between(0, 10_000) : chance.between(0, untilMs)
    fault(deps, { fromMs, untilMs: Math.min(untilMs, fromMs + lengthMs) })
  }
  timeline.after(untilMs, () => {
    deps.world.calm = true
    for (const keeper of deps.keepers) {
      keeper.spare()
      keeper.wake()
    }
    deps.world.say('world', 'is calm from now on')
  })
}

/** Has relays bring things hours late, for so long. */
export function belate({ world, nodeRelay, otherRelays }: FaultDeps, untilMs: number): void {
  const { chance, timeline } = world
  if (chance.odds(0.5)) nodeRelay.belated = 'as well'
  for (const relay of otherRelays) relay.belated = chance.pick(['as well', 'instead', null])
  timeline.after(untilMs, () => {
    for (const relay of [nodeRelay, ...otherRelays]) relay.belated = null
  })
}

/** Runs `begin` and `end` around a stretch; an outage of `part`, if given, reaches `recoveryMs` beyond. */
function during(
  { world, outages }: FaultDeps,
  { fromMs, untilMs }: Stretch,
  outage: { readonly part: Part; readonly recoveryMs: number } | null,
  begin: () => void,
  end: () => void,
): void {
  const { timeline } = world
  timeline.after(fromMs, () => {
    const begun = outage === null ? null : outages.begin(outage.part, timeline.nowMs)
    begin()
    timeline.after(untilMs - fromMs, () => {
      end()
      if (begun !== null && outage !== null) begun.untilMs = timeline.nowMs + outage.recoveryMs
    })
  })
}

/** How long the daemon may need to reach its node again: notice, reconnect, wait out a pause, ask. */
function nodeRecoveryMs(pace: Pace): number {
  return pace.roundTripEveryMs + 10_000 + 40_000 + 60_000 + 15_000
}

function relayFault(deps: FaultDeps, stretch: Stretch): void {
  const { world, network, nodeRelay, pace } = deps
  const { chance } = world
  const isNode = chance.odds(0.4)
  const relay = isNode ? nodeRelay : chance.pick(deps.otherRelays as [SimulatedRelay])
  const outage = isNode ? ({ part: 'node', recoveryMs: nodeRecoveryMs(pace) } as const) : null
  if (chance.odds(0.3)) {
    const how = chance.pick(['cut', 'freeze'])
    const begin = () => {
      world.fault(how === 'cut' ? 'a relay dies' : 'a relay freezes')
      network.disturb(relay.url, how)
      network.serve(relay.url, null)
    }
    during(deps, stretch, outage, begin, () => network.serve(relay.url, relay.attach))
    return
  }
  if (chance.odds(0.2)) {
    closeLive(deps, relay, isNode, stretch)
    return
  }
  const bad = badHabits(world)
  const begin = () => {
    world.say('fault', `${relay.url}: ${JSON.stringify(bad)}`)
    if (bad.mute) world.fault('a relay is mute')
    relay.habits = { ...GOOD_HABITS, ...bad }
  }
  during(deps, stretch, outage, begin, () => {
    relay.habits = GOOD_HABITS
  })
}

/** Ends subscriptions that are open; whoever had one asks for it again. */
function closeLive(
  { world, network, outages, pace, keepers }: FaultDeps,
  relay: SimulatedRelay,
  isNode: boolean,
  { fromMs }: Stretch,
): void {
  const { chance, timeline } = world
  const reason = isNode ? 'error: restarting' : chance.pick(['error: restarting', 'rate-limited: '])
  timeline.after(fromMs, () => {
    const { nowMs } = timeline
    if (isNode) outages.begin('node', nowMs).untilMs = nowMs + nodeRecoveryMs(pace)
    const without = relay.closeAll(reason)
    const isTroubled = () => relay.habits !== GOOD_HABITS || network.freezes(relay.url) > 0
    if (reason.startsWith('rate-limited') || isTroubled()) return
    const { changes } = relay
    timeline.after(ASKED_AGAIN_MS, () => {
      if (isTroubled() || relay.changes !== changes) return
      if (keepers.some(({ mortal }) => mortal.pausedSince(nowMs))) return
      if (without() > 0)
        world.broken('liveness', `a subscription at ${relay.url} is not asked for again`)
    })
  })
}

function badHabits({ chance }: World): Partial<RelayHabits> {
  const often = chance.pick([0.1, 0.4, 0.9])
  return chance.pick<Partial<RelayHabits>>([
    { mute: true },
    { lies: true },
    { limits: true },
    { closes: true },
    { loses: often },
    { doubles: often },
    { delays: often, delayMaxMs: chance.pick([2_000, 60_000, 7_200_000]) },
    { loses: 0.2, doubles: 0.3, delays: 0.3, delayMaxMs: 20_000 },
  ])
}

function serviceFault(deps: FaultDeps, stretch: Stretch): void {
  const { world, service, pace } = deps
  const { chance } = world
  const often = chance.pick([0.2, 0.6, 1])
  const [harmless, trouble] = chance.pick<[boolean, Partial<ServiceTroubles>]>([
    [false, { down: true }],
    [false, { down: true }],
    [false, { errs: often }],
    [false, { limits: often }],
    [false, { hangs: often }],
    [false, { answersLate: often }],
    [false, { talksNonsense: often }],
    [true, { missesPushes: often }],
    [true, { doublesPushes: often }],
    [true, { refuses: often }],
    [true, { wrongInvoices: often }],
    [false, { errs: 0.2, limits: 0.1, hangs: 0.2, answersLate: 0.2, missesPushes: 0.4 }],
  ])
  const outage = harmless ? null : ({ part: 'node', recoveryMs: nodeRecoveryMs(pace) } as const)
  const begin = () => {
    world.say('fault', `Lightning: ${JSON.stringify(trouble)}`)
    if (trouble.down === true) world.fault('Lightning is down')
    service.troubles = { ...NO_TROUBLES, ...trouble }
  }
  during(deps, stretch, outage, begin, () => {
    service.troubles = NO_TROUBLES
  })
}

function crash({ world, keepers }: FaultDeps, { fromMs }: Stretch): void {
  const { chance } = world
  const downMs = chance.weighted([
    [5, chance.between(0, 3_000)],
    [3, chance.between(3_000, 60_000)],
    [1, chance.between(60_000, 240_000)],
  ])
  const effects = chance.odds(0.3) ? 0 : chance.between(0, 40)
  const when = chance.pick(['before', 'after'])
  const keeper = oneOf(keepers, world)
  // The disk of several daemons is another machine's.
  const powerFails = chance.odds(0.4) && keepers.length === 1
  world.timeline.after(fromMs, () => {
    world.fault(powerFails ? 'the power fails' : 'SIGKILL')
    keeper?.doom(effects, when, downMs, powerFails)
  })
}

// SIGSTOP, or a machine that is moved: often for longer than its leases last.
function pause({ world, keepers }: FaultDeps, { fromMs, untilMs }: Stretch): void {
  const { chance, timeline } = world
  const keeper = oneOf(keepers, world)
  const lengthMs = chance.odds(0.5) ? chance.between(4_000, 20_000) : untilMs - fromMs
  timeline.after(fromMs, () => {
    world.fault('a daemon is paused')
    keeper?.pause()
  })
  timeline.after(Math.min(untilMs, fromMs + lengthMs), () => {
    world.say('world', 'wakes whoever was paused')
    keeper?.wake()
  })
}

function channelFault(deps: FaultDeps, stretch: Stretch): void {
  const { world, channels } = deps
  const often = world.chance.pick([0.3, 1])
  const set = (loses: number) => {
    channels.loses = loses
  }
  const begin = () => set(often)
  during(deps, stretch, null, begin, () => {
    set(0)
    if (!world.chance.odds(0.5)) return
    world.fault('the notifications begin anew')
    channels.renew()
  })
}

function oneOf(keepers: readonly Keeper[], { chance }: World): Keeper | undefined {
  return keepers.length === 1 ? keepers[0] : keepers[chance.between(0, keepers.length - 1)]
}

function diskFault(deps: FaultDeps, stretch: Stretch): void {
  const { disk, world } = deps
  const trouble = world.chance.pick(['full', 'busy'])
  const outage = { part: 'store', recoveryMs: STORE_RECOVERY_MS } as const
  const begin = () => {
    disk.trouble = trouble
  }
  during(deps, stretch, outage, begin, () => {
    disk.trouble = null
  })
}

function clockStep(deps: FaultDeps, { fromMs, untilMs }: Stretch): void {
  const { world, wall } = deps
  const { chance, timeline } = world
  const byMs = chance.pick([1_000, 30_000, 600_000, 7_200_000]) * chance.pick([-1, 1])
  const set = (change: number) => {
    world.fault(change > 0 ? 'the clock is set forward' : 'the clock is set back')
    world.say('wall', `is set by ${change / 1000} s`)
    wall.step(change)
  }
  timeline.after(fromMs, () => set(byMs))
  // Most clocks are put right again.
  if (chance.odds(0.9)) timeline.after(untilMs, () => set(-byMs))
}

function offline(deps: FaultDeps, stretch: Stretch): void {
  const { chance } = deps.world
  const user = chance.pick(deps.users as [User])
  const set = (online: boolean) => {
    for (const line of user.lines) line.online = online
  }
  during(
    deps,
    stretch,
    null,
    () => set(false),
    () => set(true),
  )
  deps.world.timeline.after(stretch.fromMs, () => deps.world.fault('a wallet is offline'))
}

function wires(deps: FaultDeps, { fromMs }: Stretch): void {
  const { world, network, nodeRelay, outages, pace } = deps
  const url = world.chance.pick([
    EMBEDDED_URL,
    nodeRelay.url,
    ...deps.otherRelays.map((relay) => relay.url),
  ])
  const how = world.chance.pick(['cut', 'freeze'])
  world.timeline.after(fromMs, () => {
    world.fault(how === 'cut' ? 'connections are cut' : 'connections freeze without a word')
    const atMs = world.timeline.nowMs
    if (url === nodeRelay.url) outages.begin('node', atMs).untilMs = atMs + nodeRecoveryMs(pace)
    network.disturb(url, how)
  })
}
