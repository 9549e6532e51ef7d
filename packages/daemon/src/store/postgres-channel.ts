// Words between daemons by LISTEN and NOTIFY, on a connection of their own. Never inside a transaction
// that writes: PostgreSQL lets transactions that notify commit one at a time.
import type { Client, ClientConfig } from 'pg'
import type { Clock, Timer } from '../engine/ports.ts'
import type { Channel } from './channel.ts'
import { connect, hangUp } from './postgres-session.ts'

const NAME = 'portal'
const AGAIN_MIN_MS = 100
const AGAIN_MAX_MS = 5_000

export type PostgresChannelDeps = {
  readonly config: ClientConfig
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly chance: () => number
}

/** Connects, and again for as long as it lives, whenever the connection is lost. */
export function openPostgresChannel({ config, clock, chance }: PostgresChannelDeps): Channel {
  const listeners = new Set<(text: string | null) => void>()
  let client: Client | null = null
  let opening: Promise<void> | null = null
  let timer: Timer | null = null
  let againMs = AGAIN_MIN_MS
  let closed = false

  function tell(text: string | null): void {
    for (const listener of listeners) listener(text)
  }

  async function open(): Promise<void> {
    try {
      const fresh = await connect(config)
      fresh.on('end', () => lost(fresh))
      fresh.on('notification', ({ payload }) => tell(payload ?? ''))
      client = fresh
      await fresh.query(`listen ${NAME}`)
      againMs = AGAIN_MIN_MS
      // Whatever was said while nobody listened is found by looking.
      tell(null)
    } catch {
      reopen()
    } finally {
      opening = null
    }
  }

  function lost(dead: Client): void {
    if (client !== dead) return
    client = null
    reopen()
  }

  function reopen(): void {
    if (closed || timer !== null) return
    timer = clock.setTimer(againMs * (0.5 + chance() / 2), () => {
      timer = null
      if (client === null) opening ??= open()
    })
    againMs = Math.min(againMs * 2, AGAIN_MAX_MS)
  }

  opening = open()

  return {
    async notify(text) {
      const on = client
      if (on === null) return
      try {
        await on.query({ text: 'select pg_notify($1, $2)', values: [NAME, text], name: 'notify' })
      } catch {
        // Dead, perhaps without knowing it.
        hangUp(on)
        lost(on)
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      closed = true
      timer?.cancel()
      await opening
      const last = client
      client = null
      await last?.end()
    },
  }
}
