// Leases that this daemon holds: what only one of several may do at a time. They are renewed long before
// they run out; who may not hold one looks, every second or so, whether it is free.
import type { Coordination } from './coordination-ports.ts'
import type { Clock } from './ports.ts'

/** How long what a dead daemon held lies idle, at most, but for the look of another. */
export const HELD_MS = 5_000
const RENEW_AFTER_MS = 1_600
/** How often `keep` wants to be called. */
export const KEEP_EVERY_MS = 1_000

export interface LeaseKeeper {
  /**
   * Renews these leases, takes those that are free, gives back all others; answers the epochs of those it
   * holds now. Throws StoreError; what was held is then held until it runs out.
   */
  keep(names: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** False from the moment on at which another daemon may have taken it. */
  holds(name: string): boolean
  release(names: readonly string[]): Promise<void>
}

export type LeaseKeeperDeps = {
  readonly leases: Pick<Coordination, 'takeLease' | 'releaseLease' | 'freeLeases'>
  /** This daemon's own name among all. */
  readonly holder: string
  readonly clock: Clock
}

export function createLeaseKeeper({ leases, holder, clock }: LeaseKeeperDeps): LeaseKeeper {
  const held = new Map<string, { readonly epoch: number; readonly atMs: number }>()

  async function take(name: string): Promise<void> {
    // Measured from before it is asked for: never longer than the store does.
    const atMs = clock.nowMs()
    const lease = await leases.takeLease(name, holder, atMs, HELD_MS)
    if (lease === null) held.delete(name)
    else held.set(name, { epoch: lease.epoch, atMs })
  }

  function ageMs(name: string): number {
    const lease = held.get(name)
    return lease === undefined ? Number.POSITIVE_INFINITY : clock.nowMs() - lease.atMs
  }

  const holds = (name: string) => ageMs(name) < HELD_MS

  async function release(names: readonly string[]): Promise<void> {
    for (const name of names) held.delete(name)
    await Promise.all(names.map((name) => leases.releaseLease(name, holder)))
  }

  return {
    holds,
    release,
    async keep(names) {
      const wanted = new Set(names)
      const others = [...held.keys()].filter((name) => !wanted.has(name))
      const lacking = names.filter((name) => !holds(name))
      for (const name of lacking) held.delete(name)
      // Only looked at, so that nobody waits for a row whose holder is writing.
      const free = lacking.length === 0 ? [] : await leases.freeLeases(lacking, clock.nowMs())
      const due = names.filter((name) => holds(name) && ageMs(name) >= RENEW_AFTER_MS)
      await Promise.all([...[...due, ...free].map(take), release(others)])
      return new Map([...held].map(([name, { epoch }]) => [name, epoch]))
    },
  }
}
