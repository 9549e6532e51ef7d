// A user for stories, tests and a daemon that warms up: a wallet with a fresh key, that approves whatever it
// is asked unless told to behave otherwise. It reaches the daemon as any wallet does, over the relay's
// WebSocket. It needs Node.
import { randomBytes } from 'node:crypto'
import { createNwcClient, type NwcClientDeps } from 'portal-nwc'
import {
  createIdentity,
  generateSecretKey,
  parseHandshakeUrl,
  parseNwcConnection,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createRelayPool, type OpenSocket, openWebSocket } from 'portal-relay'
import { createMemoryAnswerStore } from './answer-store.ts'
import { automatic, type Behaviour } from './behaviour.ts'
import { createNwcPayer } from './nwc-payer.ts'
import type { Payer } from './payer.ts'
import type { OnStep } from './steps.ts'
import { createWallet } from './wallet.ts'

export type User = {
  readonly publicKey: string
  /** Opens a handshake URL, as scanning its QR code does. */
  scan(url: string): Promise<void>
  close(): void
}

/**
 * Starts the user's wallet on `relays`, paying through a Nostr Wallet Connect string, or through a
 * payer that stays the caller's to close.
 */
export function startUser(
  relays: readonly string[],
  pays: string | Payer,
  onStep: OnStep,
  behaviour: Behaviour = automatic('approve'),
  openSocket: OpenSocket = openWebSocket,
): User {
  const random = (length: number) => randomBytes(length)
  const pool = createRelayPool({ openSocket, clock, random })
  const { payer, close } = openPayer(pays, { pool, secp, random, clock })
  const wallet = createWallet({
    identity: createIdentity(generateSecretKey(random, secp), { secp, random }),
    relays,
    pool,
    payer,
    store: createMemoryAnswerStore({ clock }),
    behaviour,
    clock,
    secp,
    onStep,
  })
  return {
    publicKey: wallet.publicKey,
    scan: (url) => wallet.connect(parseHandshakeUrl(url, secp)),
    close() {
      wallet.close()
      close()
      pool.close()
    },
  }
}

function openPayer(
  pays: string | Payer,
  deps: NwcClientDeps,
): { readonly payer: Payer; readonly close: () => void } {
  if (typeof pays !== 'string') return { payer: pays, close: () => {} }
  const client = createNwcClient(parseNwcConnection(pays, secp), deps)
  return { payer: createNwcPayer(client), close: () => client.close() }
}
