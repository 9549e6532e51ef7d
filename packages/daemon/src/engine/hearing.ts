// What this daemon listens for, in line with the store: whose answers are awaited, whether a handshake is
// open, and on which relays. Other daemons on the same store change all three.
import type { Handshake } from '../handshake/handshake.ts'
import type { Audience } from './audience.ts'
import type { Logger } from './logger.ts'
import type { Clock, Store, Timer } from './ports.ts'

/** Bounds of the audience. */
export const RECENT_KEYS_MAX = 20_000
export const OPEN_KEYS_MAX = 100_000
const RECENT_MS = 86_400_000
const RELAYS_MAX = 100
/** Keys of what other daemons ended are heard for so long at most. */
const ALIGN_EVERY_MS = 30_000
/** In a row; whoever begins handshakes faster knows of one that is open. */
const COUNTS_MAX = 5

export interface Hearing {
  /** Whether any daemon has a handshake open, as far as is known. */
  readonly handshakeOpen: boolean
  /** Whether one is open that this daemon began. */
  readonly ownHandshakeOpen: boolean
  handshakeBegan(handshake: Handshake): void
  handshakeEnded(): void
  /** Resolves once the store was read; from then on what others do is followed. */
  start(): Promise<void>
  /** Listens where the wallets that may answer publish. */
  listen(): Promise<void>
  stop(): void
}

export type HearingDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly audience: Audience
  readonly listenOn: (relays: readonly string[]) => void
  readonly log: Logger
}

export function createHearing(deps: HearingDeps): Hearing {
  const { store, clock, audience, listenOn, log } = deps
  let openHandshakes = 0
  let changes = 0
  let ownUntilMs = 0
  let counting = false
  let timer: Timer | null = null
  let stopped = true
  const undo: (() => void)[] = []

  async function countHandshakes(): Promise<void> {
    for (let tries = 0; tries < COUNTS_MAX; tries++) {
      const before = changes
      const count = await store.openHandshakes()
      // Counted before what happened meanwhile, it would undo that.
      if (before !== changes) continue
      openHandshakes = count
      return
    }
  }

  const align = (recentSinceMs: number) =>
    audience.align(() => store.answerKeys(recentSinceMs, RECENT_KEYS_MAX))

  async function listen(): Promise<void> {
    listenOn(await store.relaysInUse(RELAYS_MAX))
  }

  // Nothing tells of what others ended, or of a relay that a wallet named to another daemon.
  function alignLater(): void {
    if (stopped) return
    timer = clock.setTimer(ALIGN_EVERY_MS, () => {
      Promise.all([align(clock.nowMs()), listen()])
        .catch((error: unknown) => log.warn('hearing_not_aligned', { error: String(error) }))
        .then(alignLater)
    })
  }

  function beat(): void {
    changes += 1
    if (counting) return
    counting = true
    countHandshakes()
      // The next beat counts again.
      .catch(() => {})
      .finally(() => {
        counting = false
      })
  }

  return {
    get handshakeOpen() {
      return openHandshakes > 0
    },
    get ownHandshakeOpen() {
      return ownUntilMs > clock.nowMs()
    },
    listen,
    handshakeBegan({ expiresAt }) {
      openHandshakes += 1
      changes += 1
      const untilMs = expiresAt === null ? Number.POSITIVE_INFINITY : expiresAt * 1000
      ownUntilMs = Math.max(ownUntilMs, untilMs)
    },
    handshakeEnded() {
      openHandshakes -= 1
      changes += 1
    },
    async start() {
      stopped = false
      // What is opened while the store is read is told, and counts.
      undo.push(store.onOpened(audience.openedElsewhere), store.onBeat(beat))
      await align(clock.nowMs() - RECENT_MS)
      await countHandshakes()
      if (store.shared) alignLater()
    },
    stop() {
      stopped = true
      timer?.cancel()
      for (const end of undo.splice(0)) end()
    },
  }
}
