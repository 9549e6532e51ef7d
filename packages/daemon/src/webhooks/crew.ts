// The couriers of this daemon. Of several on one store each endpoint's courier is with one of them, the
// holder of its lease, and what it writes is fenced by that; when it dies, another begins where it had
// got to. What the API changed at another daemon is found within a second.
import type { Coordination } from '../engine/coordination-ports.ts'
import { createLeaseKeeper, KEEP_EVERY_MS } from '../engine/lease-keeper.ts'
import type { Logger } from '../engine/logger.ts'
import type { Clock, Timer } from '../engine/ports.ts'
import type { EndpointId, Fence, WebhookEndpoint, WebhookStore } from '../engine/webhook-ports.ts'
import { type Courier, type CourierDeps, startCourier } from './courier.ts'
import type { Outcome } from './lane.ts'

/** Deliveries that another daemon was asked to send again are looked for each so many looks. */
const WAKE_EVERY = 2

export interface Crew {
  start(): Promise<void>
  /** This endpoint was made here. */
  made(endpoint: WebhookEndpoint): void
  changed(endpoint: WebhookEndpoint): void
  removed(id: EndpointId): Promise<void>
  /** There is something to do in the store. */
  wake(id: EndpointId): void
  stop(): Promise<void>
}

export type CrewDeps = Omit<CourierDeps, 'mayGoOn'> & {
  readonly store: WebhookStore
  readonly clock: Clock
  readonly log: Logger
  readonly leases: Pick<Coordination, 'shared' | 'takeLease' | 'releaseLease' | 'freeLeases'>
  /** This daemon's own name among all. */
  readonly holder: string
}

export function createCrew(deps: CrewDeps): Crew {
  return deps.leases.shared ? createSharedCrew(deps) : createLoneCrew(deps)
}

function createLoneCrew(deps: CrewDeps): Crew {
  const couriers = new Map<EndpointId, Courier>()
  let stopped = false

  function begin(endpoint: WebhookEndpoint): void {
    if (stopped) return
    couriers.set(endpoint.id, startCourier(endpoint, { ...deps, mayGoOn: () => true }))
  }

  return {
    async start() {
      for (const endpoint of await deps.store.endpoints()) begin(endpoint)
    },
    made: begin,
    changed: (endpoint) => couriers.get(endpoint.id)?.change(endpoint),
    async removed(id) {
      const courier = couriers.get(id)
      couriers.delete(id)
      await courier?.stop()
    },
    wake: (id) => couriers.get(id)?.wake(),
    async stop() {
      stopped = true
      await Promise.all([...couriers.values()].map((courier) => courier.stop()))
      couriers.clear()
    },
  }
}

type Held = {
  readonly courier: Courier
  readonly epoch: number
  /** The endpoint as its courier was told it. */
  told: string
  /** It has not gone on with something, because the lease had run out. */
  lapsed: boolean
}

function createSharedCrew(deps: CrewDeps): Crew {
  const { store, clock, log, leases, holder } = deps
  const keeper = createLeaseKeeper({ leases, holder, clock })
  const couriers = new Map<EndpointId, Held>()
  const leaving = new Set<Promise<void>>()
  let changes = 0
  let looks = 0
  let looking: Promise<void> = Promise.resolve()
  let timer: Timer | null = null
  let stopped = false

  async function begin(id: EndpointId, epoch: number): Promise<void> {
    // Read when the lease is ours, so that whoever had it can move the cursor no more.
    const endpoint = await store.endpoint(id)
    if (endpoint === null || stopped) return
    const lease = leaseOf(id)
    const mayGoOn = () => {
      if (keeper.holds(lease)) return true
      held.lapsed = true
      return false
    }
    const fence = { lease, epoch }
    const recorded = (outcome: Outcome) => {
      // It knows by itself; whatever undoes this elsewhere is told it, however soon.
      if (outcome.result === 'gone' || outcome.pause !== null) {
        changes += 1
        held.told = ''
      }
      deps.recorded(outcome)
    }
    const own = { ...deps, store: fenced(store, fence), mayGoOn, recorded }
    const courier = startCourier(endpoint, own)
    const held: Held = { courier, epoch, told: described(endpoint), lapsed: false }
    couriers.set(id, held)
  }

  function leave(id: EndpointId): Promise<void> {
    const held = couriers.get(id)
    couriers.delete(id)
    const left = (held?.courier.stop(0) ?? Promise.resolve()).finally(() => leaving.delete(left))
    leaving.add(left)
    return left
  }

  async function look(): Promise<void> {
    for (const [id, held] of couriers) {
      if (held.lapsed || !keeper.holds(leaseOf(id))) void leave(id)
    }
    const before = changes
    const endpoints = await store.endpoints()
    const epochs = await keeper.keep(endpoints.map(({ id }) => leaseOf(id)))
    for (const [id, { epoch }] of couriers) {
      if (epochs.get(leaseOf(id)) !== epoch) void leave(id)
    }
    looks += 1
    for (const endpoint of endpoints) {
      const held = couriers.get(endpoint.id)
      const epoch = epochs.get(leaseOf(endpoint.id))
      if (held === undefined && epoch !== undefined) await begin(endpoint.id, epoch)
      if (held === undefined) continue
      // Read before a change that was made here, it would undo that.
      if (before === changes) tell(held, endpoint)
      if (looks % WAKE_EVERY === 0) held.courier.wake()
    }
  }

  function tell(held: Held, endpoint: WebhookEndpoint): void {
    const text = described(endpoint)
    if (text === held.told) return
    held.told = text
    held.courier.change(endpoint)
  }

  function lookAgain(): void {
    timer?.cancel()
    looking = looking
      .then(() => (stopped ? undefined : look()))
      .catch((error: unknown) => log.warn('webhooks_not_looked_at', { error: String(error) }))
      .then(() => {
        timer?.cancel()
        if (!stopped) timer = clock.setTimer(KEEP_EVERY_MS, lookAgain)
      })
  }

  return {
    async start() {
      lookAgain()
      await looking
    },
    made: lookAgain,
    changed(endpoint) {
      changes += 1
      const held = couriers.get(endpoint.id)
      if (held !== undefined) tell(held, endpoint)
    },
    async removed(id) {
      changes += 1
      await leave(id)
    },
    wake: (id) => couriers.get(id)?.courier.wake(),
    async stop() {
      stopped = true
      timer?.cancel()
      await looking
      const ids = [...couriers.keys()]
      await Promise.all([...couriers.values()].map(({ courier }) => courier.stop()))
      couriers.clear()
      await Promise.all(leaving)
      // Whoever comes next need not wait for the end of the leases.
      await keeper.release(ids.map(leaseOf)).catch(() => {})
    },
  }
}

function leaseOf(id: EndpointId): string {
  return `webhook:${id}`
}

function described({ cursor: _, ...endpoint }: WebhookEndpoint): string {
  return JSON.stringify(endpoint)
}

function fenced(store: WebhookStore, fence: Fence): WebhookStore {
  return {
    ...store,
    recordAttempt: (attempted) => store.recordAttempt(attempted, fence),
    queueBehind: (id, events, cursor, atMs) => store.queueBehind(id, events, cursor, atMs, fence),
    followClock: (id, nowMs) => store.followClock(id, nowMs, fence),
    moveCursor: (id, cursor) => store.moveCursor(id, cursor, fence),
  }
}
