// Where several daemons hear the same events, the one that deals with a matter handles what comes about it
// and tells the others; they hold the event for a moment, unverified. Since words get lost they then ask the
// store once about all they hold, and what nobody has handled by then they handle themselves. Events beyond
// the bound are handled at once.
import { createRecentMap } from 'portal-relay'
import { eventMark } from './coordination-ports.ts'
import type { Clock, Timer, Turns } from './ports.ts'

/** An event is held for one to two of these. */
const LOOK_EVERY_MS = 400
const HELD_MAX = 2_000
/** Characters of content; strangers may send what is held. */
const CHARS_MAX = 4_000_000
const TOLD_MAX = 10_000

export type Heard = {
  readonly id: string
  readonly chars: number
  /** Whether this daemon is the one to handle it. */
  readonly isOurs: boolean
  /** Resolves true once nothing more is to be done about the event. Never rejects. */
  readonly handle: () => Promise<boolean>
}

export interface Courtesy {
  start(turns: Turns): void
  pass(heard: Heard): void
  /** Handles what is held, and holds nothing any more. */
  close(): Promise<void>
}

export function createCourtesy(clock: Clock): Courtesy {
  const told = createRecentMap<true>(TOLD_MAX)
  let turns: Turns | null = null
  let undo = () => {}
  let young: Heard[] = []
  let old: Heard[] = []
  let count = 0
  let chars = 0
  let timer: Timer | null = null
  let closed = false
  const looks = new Set<Promise<unknown>>()

  const isTold = ({ id }: Heard) => told.has(eventMark(id))

  async function handle({ id, handle }: Heard): Promise<void> {
    if (await handle()) turns?.tellHandled(id)
  }

  function hold(heard: Heard): void {
    young.push(heard)
    count += 1
    chars += heard.chars
    timer ??= clock.setTimer(LOOK_EVERY_MS, tick)
  }

  function tick(): void {
    const ripe = old
    old = young
    young = []
    timer = old.length > 0 ? clock.setTimer(LOOK_EVERY_MS, tick) : null
    if (ripe.length === 0) return
    const looking = look(ripe).finally(() => looks.delete(looking))
    looks.add(looking)
  }

  async function look(batch: readonly Heard[]): Promise<void> {
    const untold = batch.filter((heard) => !isTold(heard))
    const ids = [...new Set(untold.map(({ id }) => id))]
    // A store that cannot be asked is in trouble, of which handling them will tell.
    const known = ids.length === 0 ? [] : await turns?.receivedAmong(ids).catch(() => [])
    const received = new Set(known)
    for (const heard of batch) {
      count -= 1
      chars -= heard.chars
    }
    await Promise.all(untold.filter(({ id }) => !received.has(id)).map(handle))
  }

  return {
    start(given) {
      turns = given
      undo = given.onHandled((marks) => {
        for (const mark of marks) told.set(mark, true)
      })
    },
    pass(heard) {
      const isFull = count >= HELD_MAX || chars + heard.chars > CHARS_MAX
      if (closed || isFull || heard.isOurs) void handle(heard)
      else if (!isTold(heard)) hold(heard)
    },
    async close() {
      closed = true
      timer?.cancel()
      const left = [...old, ...young]
      old = []
      young = []
      await Promise.all([look(left), ...looks])
      undo()
    },
  }
}
