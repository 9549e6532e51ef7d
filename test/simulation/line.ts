// A wallet's connection to one relay: reconnects, subscribes again, and publishes until it hears an OK.
import { type Filter, type NostrEvent, parseEvent } from 'portal-protocol'
import type { OpenSocket, Socket } from 'portal-relay'
import type { World } from './world.ts'

export interface Line {
  readonly url: string
  /** Publishes now or when connected, again a few times while no OK comes. */
  publish(event: NostrEvent, accepted?: () => void): void
  /** Hears and says nothing until it is online again. */
  online: boolean
}

const TRIES = 3
const PATIENCE_MS = 4_000

export function openLine(deps: {
  readonly world: World
  readonly url: string
  readonly openSocket: OpenSocket
  readonly filters: () => readonly Filter[]
  readonly heard: (event: NostrEvent) => void
}): Line {
  const { world, url } = deps
  const { timeline, chance } = world
  const waiting = new Map<
    string,
    { readonly event: NostrEvent; readonly accepted: () => void; tries: number }
  >()
  let socket: Socket | null = null
  let isOpen = false
  let online = true

  function connect(): void {
    if (!online) return
    const mine = deps.openSocket(url, {
      open() {
        if (socket !== mine) return
        isOpen = true
        send(['REQ', 'wallet', ...deps.filters()])
        for (const id of waiting.keys()) say(id)
      },
      message: (text) => {
        if (socket === mine) take(messageIn(text))
      },
      close() {
        if (socket !== mine) return
        drop()
        timeline.after(chance.between(200, 3_000), connect)
      },
    })
    socket = mine
  }

  function drop(): void {
    isOpen = false
    socket = null
  }

  function send(message: readonly unknown[]): void {
    if (isOpen) socket?.send(JSON.stringify(message))
  }

  function take([type, first, second]: readonly unknown[]): void {
    const event = type === 'EVENT' ? parseEvent(second) : undefined
    if (event !== undefined) deps.heard(event)
    if (type === 'CLOSED') timeline.after(2_000, () => send(['REQ', 'wallet', ...deps.filters()]))
    if (type !== 'OK' || second !== true) return
    const published = waiting.get(String(first))
    waiting.delete(String(first))
    published?.accepted()
  }

  function say(id: string): void {
    const published = waiting.get(id)
    if (published === undefined || !isOpen) return
    if (published.tries >= TRIES) {
      waiting.delete(id)
      return
    }
    published.tries += 1
    send(['EVENT', published.event])
    timeline.after(PATIENCE_MS, () => say(id))
  }

  connect()
  return {
    url,
    publish(event, accepted = () => {}) {
      waiting.set(event.id, { event, accepted, tries: 0 })
      say(event.id)
    },
    get online() {
      return online
    },
    set online(is) {
      if (is === online) return
      online = is
      if (is) connect()
      else {
        socket?.close()
        drop()
      }
    },
  }
}

/** What a relay says that makes no sense says nothing. */
function messageIn(text: string): readonly unknown[] {
  try {
    const message: unknown = JSON.parse(text)
    return Array.isArray(message) ? message : []
  } catch {
    return []
  }
}
