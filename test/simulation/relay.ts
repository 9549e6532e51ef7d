// A relay that somebody else runs: NIP-01 with little memory, and every bad habit there is.
import { type Filter, KIND, matchesAnyFilter, type NostrEvent, parseEvent } from 'portal-protocol'
import type { ServerSocket } from 'portal-relay'
import type { Attach } from './network.ts'
import type { World } from './world.ts'

export type RelayHabits = {
  /** Answers nothing. */
  mute: boolean
  /** Says OK and passes nothing on. */
  lies: boolean
  /** Says that everything comes too fast. */
  limits: boolean
  /** Ends subscriptions as soon as they are opened. */
  closes: boolean
  /** How often, from 0 to 1, an event on its way to a reader is lost, doubled, or late. */
  loses: number
  doubles: number
  delays: number
  /** How late, at most (ms). */
  delayMaxMs: number
}

export const GOOD_HABITS: RelayHabits = {
  mute: false,
  lies: false,
  limits: false,
  closes: false,
  loses: 0,
  doubles: 0,
  delays: 0,
  delayMaxMs: 0,
}

const HOUR_MS = 3_600_000
/** How often one comes late where that happens. */
const BELATED = 0.15

export interface SimulatedRelay {
  readonly url: string
  readonly attach: Attach
  habits: RelayHabits
  /** How often they changed, or all subscriptions were ended. */
  readonly changes: number
  /** Whether now and then a message comes hours late, on time as well or instead. */
  belated: 'as well' | 'instead' | null
  /** Sends this to everybody who is connected. */
  shout(text: string): void
  /** Ends every subscription that is open; then tells how many who had one are there without any. */
  closeAll(reason: string): () => number
  /** A reader in this process, such as the wallet service; no socket in between. */
  listen(filters: readonly Filter[], run: (event: NostrEvent) => void): void
  publish(event: NostrEvent): void
}

type Reader = {
  readonly filters: Map<string, readonly Filter[]>
  send(message: readonly unknown[]): void
  shout(text: string): void
}

export function createRelay(url: string, world: World): SimulatedRelay {
  const readers = new Set<Reader>()
  const listeners: { filters: readonly Filter[]; run: (event: NostrEvent) => void }[] = []
  const stored = new Map<string, NostrEvent>()
  let habits = GOOD_HABITS
  let changes = 0
  const relay: SimulatedRelay = {
    url,
    get habits() {
      return habits
    },
    set habits(changed) {
      habits = changed
      changes += 1
    },
    get changes() {
      return changes
    },
    belated: null,
    shout(text) {
      for (const reader of readers) reader.shout(text)
    },
    closeAll(reason) {
      changes += 1
      const closed = [...readers].filter(({ filters }) => filters.size > 0)
      for (const reader of closed) {
        for (const id of reader.filters.keys()) {
          world.fault('a relay closes a live subscription')
          reader.send(['CLOSED', id, reason])
        }
        reader.filters.clear()
      }
      return () => closed.filter((one) => readers.has(one) && one.filters.size === 0).length
    },
    listen: (filters, run) => listeners.push({ filters, run }),
    publish: spread,
    attach(socket) {
      const reader = readerOn(socket, relay)
      readers.add(reader)
      return {
        message: (text) => handle(reader, text),
        closed: () => readers.delete(reader),
      }
    },
  }

  function handle(reader: Reader, text: string): void {
    const [type, first, ...rest] = JSON.parse(text) as [string, unknown, ...Filter[]]
    if (type === 'EVENT') {
      const event = parseEvent(first)
      if (event !== undefined) take(reader, event)
    } else if (type === 'REQ') subscribe(reader, String(first), rest)
    else if (type === 'CLOSE') reader.filters.delete(String(first))
  }

  function take(reader: Reader, event: NostrEvent): void {
    const { limits, lies } = relay.habits
    if (limits) {
      world.fault('a relay limits the rate')
      reader.send(['OK', event.id, false, 'rate-limited: slow down'])
      return
    }
    reader.send(['OK', event.id, true, ''])
    if (lies) world.fault('a relay says OK and drops the event')
    else spread(event)
  }

  function subscribe(reader: Reader, id: string, filters: readonly Filter[]): void {
    if (relay.habits.closes) {
      world.fault('a relay closes a subscription')
      reader.send(['CLOSED', id, 'error: not now'])
      return
    }
    reader.filters.set(id, filters)
    for (const event of stored.values()) {
      if (matchesAnyFilter(filters, event)) reader.send(['EVENT', id, event])
    }
    reader.send(['EOSE', id])
  }

  function spread(event: NostrEvent): void {
    if (event.kind === KIND.nwcInfo || event.kind === KIND.subkeyProof) {
      stored.set(`${event.pubkey}:${event.kind}`, event)
    }
    for (const { filters, run } of listeners) {
      if (!matchesAnyFilter(filters, event)) continue
      troubled(() => {
        run(event)
        return true
      })
    }
    for (const reader of readers) {
      for (const [id, filters] of reader.filters) {
        if (matchesAnyFilter(filters, event)) troubled(() => sendTo(reader, id, event))
      }
    }
  }

  /** To this reader, or where it has come back meanwhile, to whoever asks for it now; whether anybody does. */
  function sendTo(reader: Reader, id: string, event: NostrEvent): boolean {
    if (readers.has(reader)) {
      reader.send(['EVENT', id, event])
      return true
    }
    let sent = false
    for (const other of readers) {
      for (const [otherId, filters] of other.filters) {
        if (!matchesAnyFilter(filters, event)) continue
        other.send(['EVENT', otherId, event])
        sent = true
      }
    }
    return sent
  }

  function troubled(deliver: () => boolean): void {
    const { loses, doubles, delays, delayMaxMs } = relay.habits
    const { chance } = world
    if (relay.belated !== null && chance.odds(BELATED)) {
      late(chance.between(HOUR_MS, 2 * HOUR_MS), deliver)
      if (relay.belated === 'instead' && chance.odds(0.5)) return
    }
    if (loses > 0 && chance.odds(loses)) {
      world.fault('a message is lost')
      return
    }
    if (doubles > 0 && chance.odds(doubles)) {
      world.arrives(chance.between(0, 5_000), () => {
        if (deliver()) world.fault('a message comes twice')
      })
    }
    if (delays > 0 && chance.odds(delays)) late(chance.between(100, delayMaxMs), deliver)
    else deliver()
  }

  function late(delayMs: number, deliver: () => boolean): void {
    world.arrives(delayMs, () => {
      if (deliver())
        world.fault(delayMs < HOUR_MS ? 'a message is late' : 'a message is hours late')
    })
  }

  return relay
}

function readerOn(socket: ServerSocket, relay: SimulatedRelay): Reader {
  return {
    filters: new Map(),
    shout: (text) => socket.send(text),
    send(message) {
      if (!relay.habits.mute) socket.send(JSON.stringify(message))
    },
  }
}
