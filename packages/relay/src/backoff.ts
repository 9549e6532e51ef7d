// How long to wait before trying again: doubling, capped, and never in step with anybody else.

import type { RandomBytes } from 'portal-protocol'

export type Backoff = { readonly minMs: number; readonly maxMs: number }

/** The wait after `failures` failures in a row (1 for the first), between half and all of the step. */
export function backoffDelayMs(failures: number, backoff: Backoff, random: RandomBytes): number {
  const stepMs = Math.min(backoff.maxMs, backoff.minMs * 2 ** Math.min(failures - 1, 30))
  return Math.round(stepMs * (0.5 + 0.5 * fraction(random)))
}

function fraction(random: RandomBytes): number {
  const [high = 0, low = 0] = random(2)
  return (high * 256 + low) / 65_536
}
