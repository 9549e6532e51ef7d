// One endpoint's reader of the log. Events of one stream go one after another, streams in
// parallel; what fails waits in the store with all that follows it, so that nothing here grows with
// an outage.
import { createBell } from '../engine/bell.ts'
import { feedSource, openLogCursor } from '../engine/log-cursor.ts'
import type { LogReader } from '../engine/log-reader.ts'
import type { Logger } from '../engine/logger.ts'
import { StoreError, type Timer } from '../engine/ports.ts'
import { watchfulClock } from '../engine/watchful-clock.ts'
import type { Delivery, Pause, WebhookEndpoint } from '../engine/webhook-ports.ts'
import { isChosen } from '../log/event-type.ts'
import type { LogEvent } from '../log/stream.ts'
import { createEndpointLog } from './endpoint-log.ts'
import { createLane, type Lane, type LaneDeps } from './lane.ts'
import { createWindow } from './window.ts'

/** Messages on their way to one endpoint at once. */
const LANES_MAX = 32
/** Of these, at most so many that failed before: old trouble must leave room for what is new. */
const RETRIES_MAX = 16
/** Events in memory: on their way, or behind one of their stream that is. */
const WINDOW_MAX = 128
const PAGE_MAX = 100
/** Events passed over before that is written down. */
const UNWRITTEN_MAX = 500
const IDLE_MAX_MS = 60_000
const AFTER_TROUBLE_MS = 1_000
/** After so many failures in a row it is tried in bursts, one a second: dead ones are cheap. */
const BRAKE_AFTER = 20
const BRAKE_MS = 1_000
const DRAIN_MS = 3_000

export interface Courier {
  /** The endpoint was changed: other secrets, another address, enabled again, paused no more. */
  change(endpoint: WebhookEndpoint): void
  /** There is something to do in the store. */
  wake(): void
  /** Begins nothing new; what is on its way has 3 s unless told otherwise. */
  stop(drainMs?: number): Promise<void>
}

export type CourierDeps = Omit<LaneDeps, 'draining' | 'stop' | 'whenOpen' | 'window'> & {
  readonly reader: LogReader
  readonly log: Logger
}

export function startCourier(first: WebhookEndpoint, deps: CourierDeps): Courier {
  const { store, log, reader } = deps
  const { id } = first
  let endpoint = first
  const bell = createBell()
  const window = createWindow(first.cursor)
  const source = openLogCursor(feedSource(reader), first.cursor, bell.ring, PAGE_MAX)
  const lanes = new Map<string, Lane>()
  const stop = new AbortController()
  const tellOfEndpoint = createEndpointLog(id, deps)
  let stopped = false
  let page: readonly LogEvent[] = []
  let writtenCursor = first.cursor
  /** Events passed over since the cursor was written; their positions may lie far apart. */
  let unwritten = 0
  // What is in the store may be from before the clock was set back, and this may not be.
  let wasSetBack = true
  const clock = watchfulClock(deps.clock, () => {
    wasSetBack = true
    due = true
  })
  const atTheGate: (() => void)[] = []
  // A timer, not a moment: the clock may be set back meanwhile.
  let paused: Timer | null = null
  let pausedUntilMs = 0
  let retrying = 0
  let failedInRow = 0
  let troubled = false
  // Whether deliveries wait in the store, and whether it may be time for one of them.
  let waiting = true
  let due = true
  let timer: Timer | null = null
  // The last position that had a delivery at the start: from there on none is recorded twice.
  let recordedUpTo: number | null = null

  const laneDeps: LaneDeps = {
    ...deps,
    window,
    whenOpen,
    draining: () => stopped,
    stop: stop.signal,
    recorded(outcome) {
      const { result, waits, cursor, atMs } = outcome
      if (waits) {
        waiting = true
        due = true
      }
      if (result === 'gone') endpoint = { ...endpoint, disabledAtMs: atMs }
      failedInRow = result === 'delivered' ? 0 : failedInRow + 1
      const brakeMs = failedInRow < BRAKE_AFTER ? 0 : BRAKE_MS
      pauseFor(Math.max(leftOf(outcome.pause, atMs), brakeMs))
      writtenCursor = Math.max(writtenCursor, cursor)
      tellOfEndpoint(outcome)
      deps.recorded(outcome)
    },
  }

  function begin(event: LogEvent, before: Delivery | null): void {
    const lane = createLane(() => endpoint, event, before, laneDeps)
    lanes.set(event.stream.id, lane)
    if (before !== null) retrying += 1
    lane.over
      .catch((error: unknown) => log.error('webhook_broke', { endpoint: id, error: String(error) }))
      .finally(() => {
        // Another may have begun for this stream since this one ended.
        if (lanes.get(event.stream.id) === lane) lanes.delete(event.stream.id)
        if (before !== null) retrying -= 1
        if (waiting) due = true
        bell.ring()
      })
  }

  async function fill(): Promise<void> {
    await followClock()
    // Looked at during a pause, too: the later a clock is followed, the later all is due.
    if (paused !== null) wakeIn(IDLE_MAX_MS)
    if (!isOpen()) return
    await fillFromStore()
    await fillFromLog()
  }

  async function followClock(): Promise<void> {
    const nowMs = clock.nowMs()
    if (!wasSetBack) return
    await store.followClock(id, nowMs)
    wasSetBack = false
  }

  async function fillFromStore(): Promise<void> {
    if (!due) return
    due = false
    const nowMs = clock.nowMs()
    // Those in a lane are due still; looking past them finds the others.
    const found = await store.dueDeliveries(id, nowMs, RETRIES_MAX + lanes.size)
    for (const delivery of found) {
      if (stopped || !isOpen() || retrying >= RETRIES_MAX || lanes.size >= LANES_MAX) break
      if (!lanes.has(delivery.event.stream.id)) begin(delivery.event, delivery)
    }
    const nextMs = await store.nextDueAtMs(id, nowMs)
    // A lane may have queued more since the look began.
    waiting = due || found.length > 0 || nextMs !== null
    if (nextMs !== null) wakeIn(nextMs - clock.nowMs())
  }

  async function fillFromLog(): Promise<void> {
    while (!stopped && isOpen() && lanes.size < LANES_MAX && window.size < WINDOW_MAX) {
      if (page.length === 0) page = await source.read()
      const [event] = page
      if (event === undefined) break
      await take(event)
      page = page.slice(1)
    }
    const cursor = window.cursor()
    if (unwritten < UNWRITTEN_MAX || cursor <= writtenCursor) return
    await store.moveCursor(id, cursor)
    writtenCursor = cursor
    unwritten = 0
  }

  async function take(event: LogEvent): Promise<void> {
    const { position, stream } = event
    recordedUpTo ??= await store.lastRecorded(id)
    const known = position <= recordedUpTo && (await store.isRecorded(id, position))
    if (known || !isChosen(stream.type, event.data, endpoint.events)) {
      unwritten += 1
      return window.pass(position)
    }
    window.take(position)
    if (lanes.get(stream.id)?.follow(event)) return
    if (waiting) {
      const cursor = window.cursor(position)
      const queued = await store.queueBehind(id, [event], cursor, clock.nowMs())
      if (queued) return window.done(position)
    }
    begin(event, null)
  }

  function isOpen(): boolean {
    return endpoint.disabledAtMs === null && paused === null
  }

  async function whenOpen(): Promise<boolean> {
    if (stopped || isOpen()) return false
    while (!stopped && !isOpen()) await new Promise<void>((pass) => atTheGate.push(pass))
    return true
  }

  /** The endpoint may be open now. */
  function goOn(): void {
    due = true
    for (const pass of atTheGate.splice(0)) pass()
    bell.ring()
  }

  function pauseFor(ms: number): void {
    if (ms <= 0) return
    const untilMs = clock.nowMs() + ms
    if (paused !== null && untilMs <= pausedUntilMs) return
    unpause()
    pausedUntilMs = untilMs
    paused = clock.setTimer(ms, () => {
      paused = null
      goOn()
    })
  }

  function unpause(): void {
    paused?.cancel()
    paused = null
  }

  function wakeIn(delayMs: number): void {
    timer?.cancel()
    timer = clock.setTimer(Math.min(Math.max(delayMs, 0), IDLE_MAX_MS), () => {
      due = true
      bell.ring()
    })
  }

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        await fill()
        troubled = false
      } catch (error) {
        // Of its end, as another daemon has begun, it is told soon.
        const isFenced = error instanceof StoreError && error.code === 'fenced'
        if (!troubled && !isFenced)
          log.error('webhook_store_failed', { endpoint: id, error: String(error) })
        troubled = true
        wakeIn(AFTER_TROUBLE_MS)
      }
      if (!stopped) await bell.heard()
    }
  }

  pauseFor(leftOf(first.pause, clock.nowMs()))
  const running = run()

  return {
    change(changed) {
      endpoint = changed
      failedInRow = 0
      unpause()
      pauseFor(leftOf(changed.pause, clock.nowMs()))
      goOn()
    },
    wake() {
      due = true
      bell.ring()
    },
    async stop(drainMs = DRAIN_MS) {
      stopped = true
      source.close()
      goOn()
      const patience = clock.setTimer(drainMs, () => stop.abort())
      await running
      await Promise.allSettled([...lanes.values()].map((lane) => lane.over))
      patience.cancel()
      stop.abort()
      timer?.cancel()
      unpause()
      const cursor = window.cursor()
      if (cursor > writtenCursor) await store.moveCursor(id, cursor).catch(() => {})
    },
  }
}

// No more than the whole of it, should the clock have been set back since.
function leftOf(pause: Pause | null, nowMs: number): number {
  return pause === null ? 0 : pause.untilMs - Math.max(nowMs, pause.sinceMs)
}
