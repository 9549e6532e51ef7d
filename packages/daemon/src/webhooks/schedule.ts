// When a message is sent again. Pure.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** From each failed try to the next one; after as many tries as there are delays, one more. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS),
]

export const RETRY_AFTER_MAX_MS = 24 * HOUR_MS

const JITTER = 0.1

/**
 * The moment of the next try after `tries` failed ones; null: give up. A receiver that says when to
 * come back is believed, but neither sooner than planned nor later than a day.
 */
export function nextTryAtMs(
  tries: number,
  facts: {
    readonly nowMs: number
    readonly retryAfterMs: number | null
    /** From 0 up to, not including, 1. */
    readonly chance: number
  },
): number | null {
  const { nowMs, retryAfterMs, chance } = facts
  const delayMs = RETRY_DELAYS_MS[tries - 1]
  if (delayMs === undefined) return null
  const jitteredMs = Math.round(delayMs * (1 + JITTER * (2 * chance - 1)))
  return nowMs + Math.max(jitteredMs, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS))
}

/** `Retry-After` (RFC 9110 §10.2.3), seconds or a date, as a delay; null for anything else. */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const atMs = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}
