// How long to wait before trying again. Pure.

/**
 * Milliseconds before try `failures + 1`: doubles from `firstMs` up to `maxMs`, and anywhere in the
 * upper half of that, so that clients of a restarted daemon do not all return at once.
 *
 * @param random from 0 up to 1
 */
export function backoffMs(
  failures: number,
  random: number,
  firstMs: number,
  maxMs: number,
): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 30))
  return fullMs * (0.5 + random / 2)
}

/** Seconds asked for by `Retry-After` (RFC 9110 §10.2.3: a number, or a date), never negative. */
export function retryAfterS(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === '') return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header)
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - nowMs) / 1000))
}
