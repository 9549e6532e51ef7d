// One incarnation of the daemon, which SIGKILL may end at any of its effects on the world: just before
// or just after a commit, a frame, an answer. In between nobody outside could tell the moments apart.
import type { Clock, Timer } from 'portal-relay'
import type { World } from './world.ts'

/** Thrown into what the dead still try to do. */
export class Died extends Error {
  override readonly name = 'Died'
}

export interface Mortal {
  /** Which daemon it is, in the story. */
  readonly name: string
  readonly alive: boolean
  readonly clock: Clock
  readonly random: (length: number) => Uint8Array
  /** Does it while alive; what the dead do has no effect and answers undefined. */
  effect<T>(name: string, run: () => T): T | undefined
  /** As effect, for what must not go on without an answer: throws Died. */
  effectOrDie<T>(name: string, run: () => T): T
  /** Dies at the effect that many from now. */
  doom(effects: number, when: 'before' | 'after'): void
  kill(why: string): void
  /** As by SIGSTOP: nothing is done or heard until it wakes, and then everything at once. */
  pause(): void
  wake(): void
  readonly paused: boolean
  /** Whether it is paused, or was at any time since (true time). */
  pausedSince(atMs: number): boolean
  /** Runs it now, or as soon as it is awake again; the dead never do. */
  whenAwake(run: () => void): void
  awake(): Promise<void>
  onDeath(run: () => void): void
  /** Rejects with Died when it dies. */
  readonly death: Promise<never>
  /** Timers that have been set and are still to come. */
  readonly timers: number
}

/** The machine's wall clock, which can be set by anybody. */
export type WallClock = { nowMs(): number }

const NEVER: Timer = { cancel() {} }

export function createMortal(name: string, world: World, wall: WallClock): Mortal {
  const { timeline, chance } = world
  const mourners = new Set<() => void>()
  const { promise: death, reject: die } = Promise.withResolvers<never>()
  death.catch(() => {})
  const timers = new Set<Timer>()
  const asleep: (() => void)[] = []
  let alive = true
  let paused = false
  let wokeAtMs = Number.NEGATIVE_INFINITY
  let doomed: { left: number; when: 'before' | 'after' } | null = null

  function kill(why: string): void {
    if (!alive) return
    alive = false
    world.say(name, `dies ${why}`)
    die(new Died(why))
    for (const run of mourners) run()
    mourners.clear()
  }

  function whenAwake(run: () => void): void {
    if (!alive) return
    if (paused) asleep.push(run)
    else run()
  }

  function effect<T>(what: string, run: () => T): T | undefined {
    if (!alive) return undefined
    if (paused) world.broken('simulation', `${what} of one that is paused`)
    timeline.touched(false)
    const dies = doomed !== null && doomed.left-- <= 0 ? doomed.when : null
    if (dies === 'before') {
      kill(`before ${what}`)
      return undefined
    }
    const result = run()
    if (dies === 'after') kill(`after ${what}`)
    return result
  }

  return {
    name,
    get alive() {
      return alive
    },
    clock: {
      nowMs: () => wall.nowMs(),
      setTimer(delayMs, run) {
        if (!alive) return NEVER
        timeline.touched(false)
        const timer = timeline.after(delayMs, () => {
          timers.delete(timer)
          whenAwake(run)
        })
        timers.add(timer)
        return {
          cancel() {
            timers.delete(timer)
            timer.cancel()
          },
        }
      },
    },
    random: (length) => (alive ? chance.bytes(length) : new Uint8Array(length)),
    effect,
    effectOrDie(name, run) {
      const result = effect(name, () => ({ value: run() }))
      if (result === undefined || !alive) throw new Died(name)
      return result.value
    },
    doom(effects, when) {
      doomed = { left: effects, when }
    },
    kill,
    pause() {
      paused = true
    },
    wake() {
      if (!paused) return
      paused = false
      wokeAtMs = timeline.nowMs
      timeline.touched(true)
      // One of them may be the death of it, or put it to sleep again.
      for (const run of asleep.splice(0)) whenAwake(run)
    },
    get paused() {
      return paused
    },
    pausedSince: (atMs) => paused || wokeAtMs >= atMs,
    whenAwake,
    awake: () => new Promise((resolve) => whenAwake(resolve)),
    onDeath: (run) => mourners.add(run),
    death,
    get timers() {
      return timers.size
    },
  }
}
