// Amounts as people read them.
import type { Msat } from 'portal-protocol'

/** `10 sat`, `1.5 sat`, `0.001 sat`: exact, without trailing zeros. */
export function amountText(amountMsat: Msat): string {
  const sat = amountMsat / MSAT_PER_SAT
  const rest = amountMsat % MSAT_PER_SAT
  if (rest === 0n) return `${sat} sat`
  return `${sat}.${String(rest).padStart(3, '0').replace(/0+$/, '')} sat`
}

const MSAT_PER_SAT = 1_000n
