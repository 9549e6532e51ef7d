// Whoever keeps the daemon running: starts it, and starts it again after it died, on the same disk.

import { type DaemonDeps, type RunningDaemon, startDaemon } from './daemon.ts'
import type { Door } from './door.ts'
import { createMortal, type Mortal } from './mortal.ts'
import type { Outage, Outages } from './outages.ts'
import type { Wall } from './wall.ts'
import { stackOf } from './world.ts'

export interface Keeper {
  /** The daemon that runs; null while there is none. */
  readonly running: RunningDaemon | null
  readonly mortal: Mortal
  /** SIGKILL at the effect that many from now; the next daemon starts `downMs` later. */
  doom(effects: number, when: 'before' | 'after', downMs: number): void
  /** Undoes what doom has not yet done. */
  spare(): void
  /** For good. */
  end(): void
  readonly starts: number
}

export type KeeperDeps = Omit<DaemonDeps, 'mortal'> & {
  readonly door: Door
  readonly wall: Wall
  readonly outages: Outages
  /** Told of each daemon that is up. */
  readonly up: (daemon: RunningDaemon) => void
}

/** After a restart the daemon also has to find its node again (ms). */
const RECOVERY_MS = 5_000
const NODE_RECOVERY_MS = 25_000
const RESTART_AFTER_FAILURE_MS = 1_000

export function createKeeper(deps: KeeperDeps): Keeper {
  const { world, door, wall, outages } = deps
  const { timeline } = world
  let running: RunningDaemon | null = null
  let mortal = createMortal(world, wall)
  let downMs = 0
  let starts = 0
  let ended = false
  let down: Outage[] = []

  function start(): void {
    if (ended) return
    const mine = createMortal(world, wall)
    mortal = mine
    starts += 1
    mine.onDeath(() => {
      running = null
      door.inhabitant = null
      begin()
      timeline.after(downMs, start)
    })
    startDaemon({ ...deps, mortal: mine }).then(
      (daemon) => {
        if (!mine.alive) return
        running = daemon
        door.inhabitant = { mortal: mine, engine: daemon.engine, webhooks: daemon.webhooks, world }
        over()
        deps.up(daemon)
      },
      (error) => {
        if (!mine.alive) return
        // What cannot start says so and exits; a full disk is reason enough.
        world.say('daemon', `cannot start: ${String(error)}`)
        if (deps.disk.trouble === null)
          world.broken(9, `the daemon cannot start: ${stackOf(error)}`)
        downMs = RESTART_AFTER_FAILURE_MS
        mine.kill('as it cannot start')
      },
    )
  }

  function begin(): void {
    if (down.length > 0) return
    down = [outages.begin('daemon', timeline.nowMs), outages.begin('node', timeline.nowMs)]
  }

  function over(): void {
    const [daemon, node] = down
    if (daemon !== undefined) daemon.untilMs = timeline.nowMs + RECOVERY_MS
    if (node !== undefined) node.untilMs = timeline.nowMs + NODE_RECOVERY_MS
    down = []
  }

  begin()
  start()
  return {
    get running() {
      return running
    },
    get mortal() {
      return mortal
    },
    doom(effects, when, thenDownMs) {
      downMs = thenDownMs
      mortal.doom(effects, when)
    },
    spare() {
      mortal.doom(Number.POSITIVE_INFINITY, 'before')
    },
    end() {
      ended = true
      mortal.kill('at the end of the story')
    },
    get starts() {
      return starts
    },
  }
}
