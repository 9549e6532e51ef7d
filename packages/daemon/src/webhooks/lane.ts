// The events of one stream on their way to one endpoint, one after another. A lane ends when they
// are delivered or given up, or when one fails: it then waits in the store, all that follow behind
// it.
import type { Authentication } from '../authentication/authentication.ts'
import { type Clock, StoreError } from '../engine/ports.ts'
import type {
  Attempted,
  Delivery,
  HttpSender,
  Pause,
  WebhookEndpoint,
  WebhookStore,
} from '../engine/webhook-ports.ts'
import type { WebhookTried } from '../engine/webhooks.ts'
import type { LogEvent, StreamId } from '../log/stream.ts'
import { type Attempt, attempt } from './attempt.ts'
import { messageOf, postOf } from './message.ts'
import { nextTryAtMs, RETRY_AFTER_MAX_MS } from './schedule.ts'
import type { Window } from './window.ts'

const AFTER_TROUBLE_MS = 1_000

export interface Lane {
  /** Resolves when nothing of this stream is on its way any more. */
  readonly over: Promise<void>
  /** Sends the event after those before it; false when the lane has ended. */
  follow(event: LogEvent): boolean
}

/** What became of one try, once it is written down. */
export type Outcome = WebhookTried & {
  readonly error: string | null
  /** The endpoint asked to be left alone. */
  readonly pause: Pause | null
  /** When the answer came. */
  readonly atMs: number
  /** Events of this stream wait in the store. */
  readonly waits: boolean
  /** The endpoint's cursor as it was written. */
  readonly cursor: number
}

export type LaneDeps = {
  readonly store: WebhookStore
  readonly sender: HttpSender
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly chance: () => number
  readonly authentication: (stream: StreamId) => Promise<Authentication | null>
  readonly window: Window
  /** False when another daemon may have taken this over: nothing more may be sent. */
  readonly mayGoOn: () => boolean
  /** Resolves when the endpoint is neither disabled nor paused: at once, with false, if it is not. */
  readonly whenOpen: () => Promise<boolean>
  /** True from when nothing more is to be begun. */
  readonly draining: () => boolean
  /** Aborted when what is on its way has had its time; what it cuts short is no try. */
  readonly stop: AbortSignal
  readonly recorded: (outcome: Outcome) => void
}

/** `before`: the delivery as it waited in the store; null for an event fresh from the log. */
export function createLane(
  endpoint: () => WebhookEndpoint,
  first: LogEvent,
  before: Delivery | null,
  deps: LaneDeps,
): Lane {
  const { store, clock, window, stop } = deps
  const followers: LogEvent[] = []
  let open = true

  async function run(): Promise<void> {
    await deps.whenOpen()
    let next = deps.draining() ? undefined : first
    for (let known = before; next !== undefined && deps.mayGoOn(); known = null) {
      const tried = await tryOnce(next, endpoint(), deps)
      if (stop.aborted && tried.verdict.type !== 'delivered') return
      const waits = await record(next, known, tried)
      if (waits === 'stopped') return
      next = await following(waits)
    }
  }

  async function record(
    event: LogEvent,
    known: Delivery | null,
    tried: Attempt,
  ): Promise<boolean | 'stopped'> {
    const delivery = deliveryAfter(event, known, tried, endpoint(), deps)
    const cursor = window.cursor(event.position)
    const disable = tried.verdict.type === 'gone'
    const attempted = { delivery, cursor, disable, pause: pauseOf(tried), atMs: tried.atMs }
    const waits = await persist(() => recordAttempt(store, attempted))
    if (waits === 'stopped') return waits
    window.done(event.position)
    deps.recorded(outcomeOf(attempted, known, tried, waits))
    return waits
  }

  // The next event to send. Where others of this stream wait in the store, it is after them.
  async function following(blocked: boolean): Promise<LogEvent | undefined> {
    let waits = blocked
    // While the endpoint was closed, others of this stream may have come to wait.
    while (followers.length > 0 && ((await deps.whenOpen()) || waits)) {
      const batch = [...followers]
      const positions = batch.map(({ position }) => position)
      const queued = await persist(() =>
        store.queueBehind(endpoint().id, batch, window.cursor(...positions), clock.nowMs()),
      )
      if (queued === 'stopped') return undefined
      waits = queued
      if (!queued) continue
      for (const position of positions) window.done(position)
      followers.splice(0, batch.length)
    }
    const next = deps.draining() ? undefined : followers.shift()
    if (next === undefined) open = false
    return next
  }

  // What has happened must be written down, however long the store is in trouble.
  async function persist<T>(write: () => Promise<T>): Promise<T | 'stopped'> {
    for (;;) {
      try {
        return await write()
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        const isOver = error.code === 'closed' || error.code === 'fenced'
        if (stop.aborted || isOver) return 'stopped'
        await pause(AFTER_TROUBLE_MS, clock, stop)
      }
    }
  }

  return {
    over: run().finally(() => {
      open = false
    }),
    follow(event) {
      if (open) followers.push(event)
      return open
    },
  }
}

async function tryOnce(
  event: LogEvent,
  endpoint: WebhookEndpoint,
  deps: LaneDeps,
): Promise<Attempt> {
  const { format } = endpoint
  const asks = format === '0.4' && event.stream.type === 'authenticate_key'
  return attempt(
    async () => {
      const authentication = asks ? await deps.authentication(event.stream.id) : null
      return postOf(messageOf(event, format, authentication), endpoint, deps.clock.nowMs())
    },
    deps.stop,
    deps,
  )
}

async function recordAttempt(store: WebhookStore, attempted: Attempted): Promise<boolean> {
  return (await store.recordAttempt(attempted)).blocked
}

function deliveryAfter(
  event: LogEvent,
  known: Delivery | null,
  { verdict, status, answer, atMs }: Attempt,
  endpoint: WebhookEndpoint,
  { chance }: LaneDeps,
): Delivery {
  const attempts = (known?.attempts ?? 0) + 1
  const queuedAtMs = known?.queuedAtMs ?? atMs
  const told = { endpointId: endpoint.id, event, attempts, queuedAtMs, status, answer }
  if (verdict.type === 'delivered') {
    return { ...told, state: 'delivered', dueAtMs: null, lastAttemptAtMs: atMs, error: null }
  }
  const { error } = verdict
  // It is sent when the endpoint is enabled, however often it was tried.
  if (verdict.type === 'gone') {
    return { ...told, state: 'waiting', dueAtMs: atMs, lastAttemptAtMs: atMs, error }
  }
  const { retryAfterMs } = verdict
  const dueAtMs = nextTryAtMs(attempts, { nowMs: atMs, retryAfterMs, chance: chance() })
  const state = dueAtMs === null ? 'failed' : 'waiting'
  return { ...told, state, dueAtMs, lastAttemptAtMs: atMs, error }
}

function pauseOf({ verdict, atMs }: Attempt): Pause | null {
  const askedMs = verdict.type === 'failed' ? (verdict.retryAfterMs ?? 0) : 0
  if (askedMs === 0) return null
  return { sinceMs: atMs, untilMs: atMs + Math.min(askedMs, RETRY_AFTER_MAX_MS) }
}

function outcomeOf(
  attempted: Attempted,
  known: Delivery | null,
  { verdict, atMs }: Attempt,
  waits: boolean,
): Outcome {
  const { event, state, error } = attempted.delivery
  const { cursor, pause } = attempted
  const gaveUp = verdict.type === 'failed' && state === 'failed'
  const result = gaveUp ? 'gave_up' : verdict.type
  const isAgain = known !== null && known.attempts === 0 && known.lastAttemptAtMs !== null
  const sinceEventMs = isAgain ? null : atMs - event.createdAtMs
  return { event, result, sinceEventMs, error, pause, atMs, waits, cursor }
}

function pause(ms: number, clock: Clock, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      timer.cancel()
      stop.removeEventListener('abort', finish)
      resolve()
    }
    const timer = clock.setTimer(ms, finish)
    stop.addEventListener('abort', finish)
  })
}
