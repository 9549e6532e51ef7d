// Questions to a relay that each get one answer, found by a key: sent at once or when the link is
// there, answered, timed out, or given up when the link goes.

import type { Clock, Timer } from './clock.ts'

export interface AskQueue<Answer> {
  /** Sends `frame`, now or once the link is up; resolves with the answer for `key`. Never rejects. */
  ask(key: string, frame: string, timeoutMs: number): Promise<Answer>
  /** Gives every question under `key` its answer; false when nobody asked. */
  answer(key: string, answer: Answer): boolean
  /** Forgets that the questions under `key` were sent: the next flush sends them again. */
  unsend(key: string): void
  /** The link is up: sends what waits, each key once. */
  flush(): void
  /** The link is gone: those that were sent end with `answer`, the others keep waiting. */
  dropSent(answer: Answer): void
  dropAll(answer: Answer): void
}

type Ask<Answer> = {
  readonly frame: string
  readonly resolve: (answer: Answer) => void
  readonly timer: Timer
  sent: boolean
}

export type AskQueueDeps<Answer> = {
  readonly clock: Clock
  /** Says whether the frame went out. */
  readonly send: (frame: string) => boolean
  /** Questions that may wait at a time. */
  readonly asksMax: number
  readonly timedOut: Answer
  readonly full: Answer
}

export function createAskQueue<Answer>(deps: AskQueueDeps<Answer>): AskQueue<Answer> {
  return new Asks(deps)
}

class Asks<Answer> implements AskQueue<Answer> {
  private readonly deps: AskQueueDeps<Answer>
  private readonly byKey = new Map<string, Set<Ask<Answer>>>()
  private waiting = 0

  constructor(deps: AskQueueDeps<Answer>) {
    this.deps = deps
  }

  ask(key: string, frame: string, timeoutMs: number): Promise<Answer> {
    const { clock, send, asksMax, timedOut, full } = this.deps
    if (this.waiting >= asksMax) return Promise.resolve(full)
    return new Promise((resolve) => {
      const timer = clock.setTimer(timeoutMs, () => this.settle(key, entry, timedOut))
      const entry: Ask<Answer> = { frame, resolve, timer, sent: false }
      const asks = this.byKey.get(key) ?? new Set()
      this.byKey.set(key, asks.add(entry))
      this.waiting += 1
      entry.sent = send(frame)
    })
  }

  answer(key: string, answer: Answer): boolean {
    const asks = this.byKey.get(key)
    if (asks === undefined) return false
    for (const entry of asks) this.settle(key, entry, answer)
    return true
  }

  unsend(key: string): void {
    for (const entry of this.byKey.get(key) ?? []) entry.sent = false
  }

  flush(): void {
    for (const asks of this.byKey.values()) {
      let sent = false
      for (const entry of asks) {
        if (entry.sent) continue
        sent ||= this.deps.send(entry.frame)
        entry.sent = sent
      }
    }
  }

  dropSent(answer: Answer): void {
    this.drop(answer, (entry) => entry.sent)
  }

  dropAll(answer: Answer): void {
    this.drop(answer, () => true)
  }

  private drop(answer: Answer, which: (entry: Ask<Answer>) => boolean): void {
    for (const [key, asks] of this.byKey) {
      for (const entry of asks) if (which(entry)) this.settle(key, entry, answer)
    }
  }

  private settle(key: string, entry: Ask<Answer>, answer: Answer): void {
    const asks = this.byKey.get(key)
    if (asks === undefined || !asks.delete(entry)) return
    if (asks.size === 0) this.byKey.delete(key)
    this.waiting -= 1
    entry.timer.cancel()
    entry.resolve(answer)
  }
}
