// The user of the story: a wallet with a fresh key and a funded sandbox account, that approves whatever
// it is asked. It reaches the daemon as any wallet does, over the relay's WebSocket.
import { randomBytes } from 'node:crypto'
import { createNwcClient } from 'portal-nwc'
import {
  createIdentity,
  generateSecretKey,
  parseHandshakeUrl,
  parseNwcConnection,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createRelayPool, openWebSocket } from 'portal-relay'
import {
  automatic,
  createMemoryAnswerStore,
  createNwcPayer,
  createWallet,
  type OnStep,
} from 'portal-wallet'

export type User = {
  readonly publicKey: string
  /** Opens a handshake URL, as scanning its QR code does. */
  scan(url: string): Promise<void>
  close(): void
}

/** Starts the user's wallet on `relays`, paying through the Nostr Wallet Connect string `nwc`. */
export function startUser(relays: readonly string[], nwc: string, onStep: OnStep): User {
  const random = (length: number) => randomBytes(length)
  const pool = createRelayPool({ openSocket: openWebSocket, clock, random })
  const client = createNwcClient(parseNwcConnection(nwc, secp), { pool, secp, random, clock })
  const wallet = createWallet({
    identity: createIdentity(generateSecretKey(random, secp), { secp, random }),
    relays,
    pool,
    payer: createNwcPayer(client),
    store: createMemoryAnswerStore({ clock }),
    behaviour: automatic('approve'),
    clock,
    secp,
    onStep,
  })
  return {
    publicKey: wallet.publicKey,
    scan: (url) => wallet.connect(parseHandshakeUrl(url, secp)),
    close() {
      wallet.close()
      client.close()
      pool.close()
    },
  }
}
