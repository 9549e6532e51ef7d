// Whose messages could matter now: asked about every event before its signature is checked, so that a
// flood from strangers costs a map look-up each.
//
// Of a store that daemons share, what this one opened another may end, and what it ends another may have
// opened. So nothing is forgotten there for having ended here: the keys that wait are brought in line
// with the store now and then (`align`), and heard too long rather than too short meanwhile.
import type { PublicKey } from 'portal-protocol'
import type { Clock } from './ports.ts'

export interface Audience {
  /** These keys may answer something open. */
  opened(keys: readonly PublicKey[]): void
  /** The same of what another daemon opened; told more than once, it counts once. */
  openedElsewhere(keys: readonly PublicKey[]): void
  /** That something has ended; late words (a proof of payment) are still heard for a while. */
  ended(keys: readonly PublicKey[]): void
  /** Until then (ms) this daemon deals with what these keys may answer; the last word counts. */
  takeInHand(keys: readonly PublicKey[], untilMs: number): void
  /** Takes what waits from the store; what is told while it is read counts as well. */
  align(read: () => Promise<AnswerKeys>): Promise<void>
  has(key: PublicKey): boolean
  /** Whether this daemon deals with what the key may answer; else another one is likely to. */
  isInHand(key: PublicKey): boolean
  /** Whether anything that this key may answer may be open. */
  mayBeOpen(key: PublicKey): boolean
  /** How many open matters this key may answer, as far as is known here. */
  openOf(key: PublicKey): number
  /** Whether anything at all waits for an answer. */
  readonly waiting: boolean
}

/** `open`: one entry for each key of each subject. `recent`: newest first. */
export type AnswerKeys = {
  readonly open: readonly PublicKey[]
  readonly recent: readonly PublicKey[]
}

export type AudienceOptions = {
  /** Keys remembered after their last open matter has ended. */
  readonly recentMax: number
  /** Keys that wait, where `shared`: beyond it everybody is heard, which costs work and loses nothing. */
  readonly openMax: number
  /** Other daemons open and end things, too. */
  readonly shared: boolean
}

type Open = { count: number; inHandUntilMs: number }

export function createAudience(clock: Clock, options: AudienceOptions): Audience {
  const { recentMax, openMax, shared } = options
  let open = new Map<PublicKey, Open>()
  const recent = new Set<PublicKey>()
  let crowded = false
  /** Opened since the store began to be read. */
  let meanwhile: Map<PublicKey, number> | null = null

  function add(key: PublicKey, atLeast: number, more: number): void {
    const known = open.get(key)
    if (known !== undefined) known.count = Math.max(known.count + more, atLeast)
    else if (shared && open.size >= openMax) crowded = true
    else open.set(key, { count: Math.max(more, atLeast), inHandUntilMs: 0 })
  }

  function remember(key: PublicKey): void {
    recent.delete(key)
    recent.add(key)
    if (recent.size > recentMax) dropOldest(recent)
  }

  return {
    opened(keys) {
      for (const key of keys) {
        add(key, 0, 1)
        meanwhile?.set(key, (meanwhile.get(key) ?? 0) + 1)
      }
    },
    openedElsewhere(keys) {
      for (const key of keys) {
        add(key, 1, 0)
        if (meanwhile?.has(key) === false) meanwhile.set(key, 0)
      }
    },
    ended(keys) {
      for (const key of keys) {
        const known = open.get(key)
        if (known !== undefined) known.count = Math.max(0, known.count - 1)
        if (shared) continue
        if (known?.count === 0) open.delete(key)
        remember(key)
      }
    },
    takeInHand(keys, untilMs) {
      if (!shared) return
      for (const key of keys) {
        const known = open.get(key)
        if (known !== undefined) known.inHandUntilMs = untilMs
      }
    },
    async align(read) {
      const told = new Map<PublicKey, number>()
      meanwhile = told
      try {
        const keys = await read()
        const before = open
        open = new Map()
        crowded = false
        for (const key of keys.open) add(key, 0, 1)
        for (const [key, count] of told) add(key, 1, count)
        for (const [key, { inHandUntilMs }] of before) {
          const still = open.get(key)
          if (still === undefined) remember(key)
          else still.inHandUntilMs = inHandUntilMs
        }
        for (const key of keys.recent.toReversed()) remember(key)
      } finally {
        if (meanwhile === told) meanwhile = null
      }
    },
    has: (key) => crowded || open.has(key) || recent.has(key),
    isInHand: (key) => !shared || (open.get(key)?.inHandUntilMs ?? 0) > clock.nowMs(),
    mayBeOpen: (key) => open.has(key),
    openOf: (key) => open.get(key)?.count ?? 0,
    get waiting() {
      return crowded || open.size > 0
    },
  }
}

function dropOldest(keys: Set<PublicKey>): void {
  for (const key of keys) {
    keys.delete(key)
    return
  }
}
