// The tokens in force: those of the settings and those of the store, looked up again every two
// seconds,
// so that one added or removed while the daemon runs counts soon, on every instance.

import type { Logger } from '../engine/logger.ts'
import type { Clock, Timer } from '../engine/ports.ts'
import { findToken, parseTokenBook, type StoredToken, type TokenVerifier } from './tokens.ts'

const EVERY_MS = 2_000

export interface TokenWatch extends TokenVerifier {
  /** At once, rather than in two seconds. Throws what reading throws. */
  readAgain(): Promise<void>
  close(): Promise<void>
}

/** Resolves once the book was read for the first time; throws what that throws. */
export async function watchTokens(deps: {
  /** Tokens from the settings; never stored. */
  readonly fixed: readonly StoredToken[]
  readonly readBook: () => Promise<string | null>
  readonly clock: Clock
  readonly log: Logger
}): Promise<TokenWatch> {
  let stored = parseTokenBook(await deps.readBook())
  let timer: Timer | null = null
  let closed = false
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    try {
      stored = parseTokenBook(await deps.readBook())
    } catch (error) {
      // The tokens known so far stay in force: a hiccup of the store must not lock callers out.
      deps.log.warn('tokens_unread', { error: String(error) })
    }
    later()
  }

  function later(): void {
    if (!closed) timer = deps.clock.setTimer(EVERY_MS, () => (reading = read()))
  }

  later()
  return {
    verify(bearer) {
      const now = Math.floor(deps.clock.nowMs() / 1000)
      return findToken(deps.fixed, bearer, now) ?? findToken(stored, bearer, now)
    },
    async readAgain() {
      stored = parseTokenBook(await deps.readBook())
    },
    async close() {
      closed = true
      timer?.cancel()
      await reading
    },
  }
}
