// Whether our own relays really deliver: an event of ours to ourselves, sent through each of them and
// awaited on the way back. It runs in the background; nobody's request waits for it.
import type { Identity, NostrEvent } from 'portal-protocol'
import type { Clock, RelayConnection, Timer } from 'portal-relay'
import type { RelayHealth } from '../engine/ports.ts'
import { PROBE_KIND } from './kinds.ts'

export type ProbeTimes = {
  readonly everyMs: number
  readonly everyWhileDownMs: number
  readonly timeoutMs: number
}

/** A cut network is noticed after at most the interval and the timeout together: 25 s. */
export const PROBE_TIMES: ProbeTimes = {
  everyMs: 15_000,
  everyWhileDownMs: 2_000,
  timeoutMs: 10_000,
}

export interface Probe {
  start(): void
  /** An event of our own came back from this relay. */
  heard(event: NostrEvent, relay: string): void
  health(): readonly RelayHealth[]
  close(): void
}

export type ProbeDeps = {
  readonly identity: Identity
  readonly clock: Clock
  readonly relays: readonly { readonly url: string; readonly connection: RelayConnection }[]
  /** The relay in this process. */
  readonly embeddedRelay: string | null
  readonly times: ProbeTimes
}

export function createProbe({ identity, clock, relays, embeddedRelay, times }: ProbeDeps): Probe {
  const found = new Map<string, { ok: boolean; checkedAtMs: number | null }>()
  const expected = new Map<string, (heard: boolean) => void>()
  let timer: Timer | null = null
  let closed = false

  async function round(): Promise<void> {
    const event = identity.sign({
      kind: PROBE_KIND,
      created_at: Math.floor(clock.nowMs() / 1000),
      tags: [['p', identity.publicKey]],
      content: '',
    })
    await Promise.all(
      relays.map(async ({ url, connection }) => {
        const ok = await travels(event, url, connection)
        found.set(url, { ok, checkedAtMs: clock.nowMs() })
      }),
    )
    if (closed) return
    const allOk = [...found.values()].every(({ ok }) => ok)
    timer = clock.setTimer(allOk ? times.everyMs : times.everyWhileDownMs, () => void round())
  }

  async function travels(
    event: NostrEvent,
    url: string,
    connection: RelayConnection,
  ): Promise<boolean> {
    // It hands events for us to the engine, which waits for none of our own: it is asked instead.
    if (url === embeddedRelay) return connection.roundTrip(times.timeoutMs)
    const id = `${event.id} ${url}`
    const back = new Promise<boolean>((resolve) => expected.set(id, resolve))
    const patience = clock.setTimer(times.timeoutMs, () => expected.get(id)?.(false))
    const outcome = await connection.publish(event, times.timeoutMs)
    if (!outcome.accepted) expected.get(id)?.(false)
    const heard = await back
    patience.cancel()
    expected.delete(id)
    return heard
  }

  return {
    start: () => void round(),
    heard: (event, relay) => expected.get(`${event.id} ${relay}`)?.(true),
    health: () =>
      relays.map(({ url, connection }) => {
        const last = found.get(url) ?? { ok: false, checkedAtMs: null }
        // A lost connection is known sooner than the next probe.
        return {
          url,
          ok: last.ok && connection.state === 'connected',
          checkedAtMs: last.checkedAtMs,
        }
      }),
    close() {
      closed = true
      timer?.cancel()
      for (const resolve of expected.values()) resolve(false)
    },
  }
}
