// A relay, a wallet service and a client in one process, in time that stands still until it is turned.

import type { NwcConnection } from 'portal-protocol'
import {
  connectRelay,
  createEmbeddedRelay,
  createRelayPool,
  type EmbeddedRelay,
  type OpenSocket,
} from 'portal-relay'
import { createManualClock } from '../../relay/test/manual-clock.ts'
import { evenBytes, person, secp, secretOf } from '../../relay/test/people.ts'
import { createNwcClient } from '../src/nwc-client.ts'
import { startWalletService, type WalletServiceOptions } from './wallet-service.ts'

export const wallet = person(11)
export const user = person(12)

export function createWorld(
  options: WalletServiceOptions = {},
  relayUrls: readonly string[] = ['ws://one.example'],
) {
  const clock = createManualClock()
  let turn = 0
  // Nonces must differ, or equal requests would have equal ids.
  const random = (length: number) => {
    turn += 1
    return evenBytes(length).fill(turn % 251)
  }
  const places = new Map(relayUrls.map((url) => [url, createPlace(clock)]))
  const openSocket: OpenSocket = (url, handlers) => place(url).openSocket(url, handlers)
  const service = startWalletService(
    wallet,
    relayUrls.map((url) =>
      connectRelay(url, { openSocket: place(url).relay.openSocket, clock, random }),
    ),
    options,
  )
  const connection: NwcConnection = {
    walletKey: wallet.publicKey,
    relays: relayUrls,
    secret: secretOf(12),
    lud16: null,
  }
  const pool = createRelayPool({ openSocket, clock, random })

  function place(url: string) {
    const found = places.get(url)
    if (found === undefined) throw new Error(`no relay at ${url}`)
    return found
  }

  return {
    clock,
    pool,
    random,
    service,
    place,
    /** The service has introduced itself before the client comes. */
    async client(changes: Partial<NwcConnection> = {}) {
      await clock.advance(100)
      return createNwcClient({ ...connection, ...changes }, { pool, secp, random, clock })
    },
    /** A stranger on the relay. */
    stranger: (url = relayUrls[0] ?? '') =>
      connectRelay(url, { openSocket: place(url).relay.openSocket, clock, random }),
  }
}

export interface Place {
  readonly relay: EmbeddedRelay
  readonly openSocket: OpenSocket
  /** What the client sent to this relay. */
  readonly sent: unknown[][]
  /** When set, every event of the client is refused in these words. */
  refuse: string | undefined
  /** When set, nothing the client sends arrives. */
  isDeaf: boolean
  /** Says something to the client that the relay did not. */
  say(...message: unknown[]): void
  cut(): void
  mend(): void
}

function createPlace(clock: ReturnType<typeof createManualClock>): Place {
  const relay = createEmbeddedRelay({ clock, secp })
  const cuts = new Set<() => void>()
  const sent: unknown[][] = []
  let isCut = false
  let tell: (text: string) => void = () => {}
  const place: Place = {
    relay,
    sent,
    refuse: undefined,
    isDeaf: false,
    say: (...message) => tell(JSON.stringify(message)),
    cut() {
      isCut = true
      for (const cut of cuts) cut()
    },
    mend() {
      isCut = false
    },
    openSocket(url, handlers) {
      if (isCut) throw new Error('no route')
      const socket = relay.openSocket(url, handlers)
      tell = (text) => handlers.message(text)
      cuts.add(() => {
        socket.close()
        handlers.close('cut')
      })
      return {
        send: (text) => {
          const message = JSON.parse(text)
          sent.push(message)
          if (place.isDeaf) return
          if (message[0] !== 'EVENT' || place.refuse === undefined) socket.send(text)
          else handlers.message(JSON.stringify(['OK', message[1].id, false, place.refuse]))
        },
        close: () => socket.close(),
        bufferedAmount: 0,
      }
    },
  }
  return place
}
