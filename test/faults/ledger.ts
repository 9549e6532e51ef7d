// What a wallet's own account says, asked over Nostr Wallet Connect.
import { randomBytes } from 'node:crypto'
import { createNwcClient } from 'portal-nwc'
import { parseNwcConnection, secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, createRelayPool } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'

/** The balance of the wallet behind this connection string, in millisats. */
export async function balanceMsat(nwc: string): Promise<number> {
  const random = (length: number) => new Uint8Array(randomBytes(length))
  const pool = createRelayPool({ openSocket: createWsOpener(), clock, random })
  const client = createNwcClient(parseNwcConnection(nwc, secp), { pool, secp, random, clock })
  try {
    const { balance } = await client.request('get_balance', {}, 10_000)
    return Number(balance)
  } finally {
    client.close()
    pool.close()
  }
}
