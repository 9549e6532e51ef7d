// When a request is sent to a wallet again. Relays keep no Portal kind (NIP-01 ephemeral range), so a
// request survives only by being repeated until the wallet answers or it expires.

/** Seconds after the first send at which the byte-identical event goes out again. */
export const IDENTICAL_OFFSETS_S = [1, 2, 4, 8, 15, 30, 60] as const

const IDENTICAL_FOR_MS = 60_000
const GAP_MAX_MS = 300_000
const NUDGE_GAP_MS = 1_000

/** The moment of the next send, given the first and the latest (milliseconds). */
export function nextSendAtMs(firstSentAtMs: number, lastSentAtMs: number): number {
  const elapsedMs = lastSentAtMs - firstSentAtMs
  for (const offset of IDENTICAL_OFFSETS_S) {
    if (offset * 1000 > elapsedMs) return firstSentAtMs + offset * 1000
  }
  // From the first minute on the gap equals the time already passed: it doubles, up to 5 minutes.
  return lastSentAtMs + Math.min(elapsedMs, GAP_MAX_MS)
}

/** Whether a send at this moment repeats the first event byte for byte or is signed afresh. */
export function signsAfresh(firstSentAtMs: number | null, atMs: number): boolean {
  return firstSentAtMs === null || atMs - firstSentAtMs > IDENTICAL_FOR_MS + 500
}

/** When to send to a user who has just become reachable: at once, but not twice within a second. */
export function nudgedSendAtMs(lastSentAtMs: number | null, atMs: number): number {
  return lastSentAtMs === null ? atMs : Math.max(atMs, lastSentAtMs + NUDGE_GAP_MS)
}
