// The Lightning port over Nostr Wallet Connect, on the sandbox behind a relay in this process.
import { randomBytes } from 'node:crypto'
import { createNwcClient, type NwcClient } from 'portal-nwc'
import { parseNwcConnection, secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, createEmbeddedRelay, createRelayPool } from 'portal-relay'
import { openSandbox, openSandboxStorage } from 'portal-sandbox'
import { silentLogger as log } from '../engine/logger.ts'
import { exerciseLightning, type LightningSubject } from './lightning.contract.ts'
import { createNwcLightning } from './nwc.ts'

const RELAY = 'ws://relay.test'
const PAY_TIMEOUT_MS = 10_000
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const preimageSecret = random(32)

exerciseLightning('the Lightning port on Nostr Wallet Connect: the sandbox', startSandbox)

async function startSandbox(): Promise<LightningSubject> {
  const relay = createEmbeddedRelay({ clock, secp })
  const pool = createRelayPool({ openSocket: relay.openSocket, clock, random })
  const storage = openSandboxStorage(':memory:')
  const deps = { pool, secp, random, clock }
  const sandbox = await openSandbox({ ...deps, relays: [RELAY], storage })
  await sandbox.connected()
  const client = (nwc: string): NwcClient => createNwcClient(parseNwcConnection(nwc, secp), deps)
  const merchant = await sandbox.merchantConnection()
  const payer = client((await sandbox.createWallet()).nwc)
  return {
    open: async () => createNwcLightning({ client: client(merchant), preimageSecret, clock, log }),
    pay: async (invoice) =>
      String((await payer.request('pay_invoice', { invoice }, PAY_TIMEOUT_MS)).preimage),
    async close() {
      payer.close()
      await sandbox.close()
      pool.close()
      relay.close()
    },
  }
}
