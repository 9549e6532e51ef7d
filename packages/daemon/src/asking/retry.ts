// How long to wait before an effect that failed is tried again. Pure: no randomness, because one daemon
// retries one node and there is no herd to spread.

const FIRST_MS = 250
const MAX_MS = 5_000
const AFTER_END_MAX_MS = 300_000
const ASKED_FOR_MAX_MS = 60_000

/**
 * Milliseconds until the next try after `attempts` failed ones: 250 ms doubling up to 5 s, because a
 * verdict waits for it; up to 5 min once the merchant has been told the end. A node that asks for more
 * time (RATE_LIMITED) gets it, up to a minute.
 */
export function retryDelayMs(
  attempts: number,
  askedForMs: number | null,
  afterEnd: boolean,
): number {
  const maxMs = afterEnd ? AFTER_END_MAX_MS : MAX_MS
  const ownMs = Math.min(FIRST_MS * 2 ** Math.min(attempts, 12), maxMs)
  return Math.max(ownMs, Math.min(askedForMs ?? 0, ASKED_FOR_MAX_MS))
}
