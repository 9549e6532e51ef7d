// Whoever keeps the daemon running: starts it, and starts it again after it died, on the same disk.

import { type DaemonDeps, type RunningDaemon, startDaemon } from './daemon.ts'
import type { Door } from './door.ts'
import { createMortal, type Mortal } from './mortal.ts'
import type { Roster } from './roster.ts'
import type { Wall } from './wall.ts'
import { stackOf } from './world.ts'

export interface Keeper {
  /** The daemon that runs; null while there is none. */
  readonly running: RunningDaemon | null
  readonly mortal: Mortal
  /** SIGKILL, or the power fails, at the effect that many from now; the next daemon starts `downMs` later. */
  doom(effects: number, when: 'before' | 'after', downMs: number, powerFails: boolean): void
  /** Stops it for a while, as by SIGSTOP; nothing happens while there is none. */
  pause(): void
  wake(): void
  /** Undoes what doom has not yet done. */
  spare(): void
  /** For good. */
  end(): void
  readonly starts: number
}

export type KeeperDeps = Omit<DaemonDeps, 'mortal'> & {
  /** Which of the daemons it keeps. */
  readonly name: string
  readonly door: Door
  readonly wall: Wall
  readonly roster: Roster
  /** Told of each daemon that is up. */
  readonly up: (daemon: RunningDaemon, mortal: Mortal) => void
}

const RESTART_AFTER_FAILURE_MS = 1_000

export function createKeeper(deps: KeeperDeps): Keeper {
  const { world, door, wall, roster, name } = deps
  const { timeline } = world
  let running: RunningDaemon | null = null
  let mortal = createMortal(name, world, wall)
  let downMs = 0
  let starts = 0
  let ended = false

  function start(): void {
    if (ended) return
    const mine = createMortal(name, world, wall)
    mortal = mine
    starts += 1
    mine.onDeath(() => {
      running = null
      door.inhabitant = null
      roster.stopped(name)
      timeline.after(downMs, start)
    })
    startDaemon({ ...deps, mortal: mine }).then(
      (daemon) => {
        if (!mine.alive) return
        running = daemon
        const { engine, webhooks } = daemon
        const { log } = deps
        door.inhabitant = { mortal: mine, engine, webhooks, world, log, readers: 0 }
        if (!mine.paused) roster.began(name)
        deps.up(daemon, mine)
      },
      (error) => {
        if (!mine.alive) return
        // What cannot start says so and exits; a full disk is reason enough.
        world.say(name, `cannot start: ${String(error)}`)
        if (deps.disk.trouble === null)
          world.broken(9, `the daemon cannot start: ${stackOf(error)}`)
        downMs = RESTART_AFTER_FAILURE_MS
        mine.kill('as it cannot start')
      },
    )
  }

  start()
  return {
    get running() {
      return running
    },
    get mortal() {
      return mortal
    },
    doom(effects, when, thenDownMs, powerFails) {
      downMs = thenDownMs
      deps.disk.powerFails = powerFails
      mortal.doom(effects, when)
    },
    pause() {
      if (running === null || mortal.paused) return
      mortal.pause()
      roster.stopped(name)
    },
    wake() {
      if (!mortal.paused) return
      mortal.wake()
      if (running !== null) roster.began(name)
    },
    spare() {
      deps.disk.powerFails = false
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
