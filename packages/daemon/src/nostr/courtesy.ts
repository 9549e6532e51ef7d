// Where several daemons hear the same relays, the one that deals with a matter handles what a wallet says
// about it; the others hold the event for a moment, unverified, and then ask once about all they hold. What
// nobody has handled by then they handle themselves. Events beyond the bound are handled at once.
import type { NostrEvent } from 'portal-protocol'
import type { Clock, Timer } from 'portal-relay'
import type { Inbound } from '../engine/ports.ts'

/** An event is held for one to two of these. */
const LOOK_EVERY_MS = 125
const HELD_MAX = 2_000
/** Characters of content; strangers may send what is held. */
const CHARS_MAX = 4_000_000

export interface Courtesy {
  pass(event: NostrEvent, relay: string): void
  /** Handles what is held, and holds nothing any more. */
  close(): Promise<void>
}

export type CourtesyDeps = {
  readonly clock: Clock
  readonly inbound: () => Pick<Inbound, 'isOurs' | 'handled'> | null
  /** Never rejects. */
  readonly handle: (event: NostrEvent, relay: string) => Promise<void>
}

type Held = { readonly event: NostrEvent; readonly relay: string }

export function createCourtesy({ clock, inbound, handle }: CourtesyDeps): Courtesy {
  let young: Held[] = []
  let old: Held[] = []
  let count = 0
  let chars = 0
  let timer: Timer | null = null
  let closed = false
  const looks = new Set<Promise<void>>()

  function hold(event: NostrEvent, relay: string): void {
    young.push({ event, relay })
    count += 1
    chars += event.content.length
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

  async function look(batch: readonly Held[]): Promise<void> {
    const ids = [...new Set(batch.map(({ event }) => event.id))]
    // A store that cannot be asked is in trouble, of which handling them will tell.
    const known =
      (await inbound()
        ?.handled(ids)
        .catch(() => [])) ?? []
    const handled = new Set(known)
    for (const { event } of batch) {
      count -= 1
      chars -= event.content.length
    }
    const left = batch.filter(({ event }) => !handled.has(event.id))
    await Promise.all(left.map(({ event, relay }) => handle(event, relay)))
  }

  return {
    pass(event, relay) {
      const isFull = count >= HELD_MAX || chars + event.content.length > CHARS_MAX
      const isOurs = inbound()?.isOurs(event.pubkey, event.kind) ?? true
      if (closed || isFull || isOurs) void handle(event, relay)
      else hold(event, relay)
    },
    async close() {
      closed = true
      timer?.cancel()
      const left = [...old, ...young]
      old = []
      young = []
      await Promise.all([look(left), ...looks])
    },
  }
}
