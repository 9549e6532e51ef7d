// When what a node holds must be captured at the latest. A node goes to the chain with an HTLC that
// is about to time out (LND: 10 blocks before), so it must be decided well before that.

/** A hold invoice asks for so many blocks: about half a day to capture, and the rest in reserve. */
export const HOLD_CLTV_BLOCKS = 160

const RESERVE_BLOCKS = 20
// Two weeks, further ahead than nodes let an HTLC time out: a height beyond it is no height, and to capture
// early is always right.
const BLOCKS_MAX = 2_016
// Half of what a block takes on average: over hours, no chain is twice as fast as that.
const BLOCK_S = 300

/** Unix seconds, for an HTLC that times out at block `expiresAtHeight`. */
export function captureBefore(expiresAtHeight: number, height: number, nowMs: number): number {
  const blocks = Math.min(BLOCKS_MAX, Math.max(0, expiresAtHeight - height - RESERVE_BLOCKS))
  return Math.floor(nowMs / 1000) + blocks * BLOCK_S
}
