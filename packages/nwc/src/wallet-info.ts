// What the wallet says it can do (its info event, kind 13194), and how long to wait for that before
// taking it that it says nothing.

import { type NostrEvent, type NwcInfo, parseNwcInfo } from 'portal-protocol'
import type { Clock, Timer } from 'portal-relay'

export interface WalletInfo {
  /** The newest info event heard; null until then. */
  readonly latest: NwcInfo | null
  /** True once there is an info event, or it was looked for in vain. False after `timeoutMs`. */
  decided(timeoutMs: number): Promise<boolean>
  /** An info event of the wallet, verified. */
  heard(event: NostrEvent): void
  /** A relay is there: it has a few seconds to bring the event. */
  connected(): void
  /** A relay has sent all it stores. */
  lookedThrough(relay: string): void
  close(): void
}

/** A relay that is connected and slower than this is not waited for. */
const PATIENCE_MS = 3_000

export function createWalletInfo(deps: {
  readonly clock: Clock
  readonly relays: number
}): WalletInfo {
  const waiting = new Set<(decided: boolean) => void>()
  const lookedThrough = new Set<string>()
  let newest: { readonly info: NwcInfo; readonly createdAt: number } | undefined
  let decided = false
  let patience: Timer | undefined

  function decide(): void {
    decided = true
    patience?.cancel()
    for (const resolve of waiting) resolve(true)
  }

  return {
    get latest() {
      return newest?.info ?? null
    },
    decided(timeoutMs) {
      if (decided) return Promise.resolve(true)
      return new Promise((resolve) => {
        const settle = (answer: boolean): void => {
          waiting.delete(settle)
          timer.cancel()
          resolve(answer)
        }
        const timer = deps.clock.setTimer(timeoutMs, () => settle(false))
        waiting.add(settle)
      })
    },
    heard(event) {
      if (newest !== undefined && newest.createdAt > event.created_at) return
      newest = { info: parseNwcInfo(event), createdAt: event.created_at }
      decide()
    },
    connected() {
      if (!decided) patience ??= deps.clock.setTimer(PATIENCE_MS, decide)
    },
    lookedThrough(relay) {
      lookedThrough.add(relay)
      if (lookedThrough.size >= deps.relays) decide()
    },
    close() {
      patience?.cancel()
      for (const resolve of waiting) resolve(false)
    },
  }
}
