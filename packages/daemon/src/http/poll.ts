// One answer from the log: at once, or held until there is an event.
import type { ServerResponse } from 'node:http'
import { createBell } from '../engine/bell.ts'
import { openLogCursor, type Source } from '../engine/log-cursor.ts'
import type { Clock } from '../engine/ports.ts'
import type { LogEvent } from '../log/stream.ts'
import { EVENTS_PER_PAGE_MAX } from './event-schemas.ts'
import type { Readers } from './readers.ts'

export type PollResult = { readonly events: readonly LogEvent[]; readonly next: number }

/**
 * The visible events beyond `from`. With `waitMs` it waits for the first one, until the time is over,
 * the caller hangs up or the daemon stops. Throws Refusal when too many wait already.
 */
export async function poll(
  source: Source,
  from: number,
  options: {
    readonly waitMs: number
    readonly visible: (event: LogEvent) => boolean
    readonly out: ServerResponse
  },
  deps: { readonly clock: Clock; readonly readers: Readers },
): Promise<PollResult> {
  if (options.waitMs === 0) {
    const page = await source.read(from, EVENTS_PER_PAGE_MAX)
    const last = page.at(-1)
    const next = last === undefined ? from : source.after(last)
    return { events: page.filter(options.visible), next }
  }
  return longPoll(source, from, options, deps)
}

async function longPoll(
  source: Source,
  from: number,
  options: Parameters<typeof poll>[2],
  deps: Parameters<typeof poll>[3],
): Promise<PollResult> {
  const bell = createBell()
  let over = false
  const finish = () => {
    over = true
    bell.ring()
  }
  const leave = deps.readers.enter(finish)
  const cursor = openLogCursor(source, from, bell.ring, EVENTS_PER_PAGE_MAX)
  const timer = deps.clock.setTimer(options.waitMs, finish)
  options.out.once('close', finish)
  try {
    for (;;) {
      const page = await cursor.read()
      const events = page.filter(options.visible)
      if (events.length > 0 || over) return { events, next: cursor.next }
      if (page.length === 0) await bell.heard()
    }
  } finally {
    options.out.off('close', finish)
    timer.cancel()
    cursor.close()
    leave()
  }
}
