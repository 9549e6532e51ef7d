// Which of the daemons work; while none does, nothing is asked of them, and a moment longer.
import type { Outage, Outages } from './outages.ts'
import type { Timeline } from './timeline.ts'

export interface Roster {
  began(name: string): void
  stopped(name: string): void
}

/** After a restart the daemon also has to find its node again (ms). */
const RECOVERY_MS = 5_000
const NODE_RECOVERY_MS = 25_000
/** Until another has taken over what one had in hand: its lease runs out, somebody looks, and does it. */
const TAKEOVER_MS = 15_000

export function createRoster(outages: Outages, timeline: Timeline): Roster {
  const working = new Set<string>()
  let down: { readonly daemon: Outage; readonly node: Outage } | null = begin()

  function begin() {
    const { nowMs } = timeline
    return { daemon: outages.begin('daemon', nowMs), node: outages.begin('node', nowMs) }
  }

  function over(outage: { readonly daemon: Outage; readonly node: Outage }, extraMs: number): void {
    outage.daemon.untilMs = timeline.nowMs + RECOVERY_MS + extraMs
    outage.node.untilMs = timeline.nowMs + NODE_RECOVERY_MS + extraMs
  }

  return {
    began(name) {
      working.add(name)
      if (down === null) return
      over(down, 0)
      down = null
    },
    stopped(name) {
      if (!working.delete(name) || down !== null) return
      if (working.size === 0) down = begin()
      else over(begin(), TAKEOVER_MS)
    },
  }
}
