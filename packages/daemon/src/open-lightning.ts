// The Lightning node, from the settings: LND, a wallet service over Nostr Wallet Connect, or the sandbox.
import { parseLndConnection, readLndCredentials } from 'portal-lnd/connection'
import { createNwcClient } from 'portal-nwc'
import {
  fromHex,
  parseNwcConnection,
  type RandomBytes,
  secp256k1 as secp,
  toHex,
} from 'portal-protocol'
import { systemClock as clock, type RelayPool, type VerifyEvent } from 'portal-relay'
import type { Sandbox } from 'portal-sandbox'
import type { Settings } from './config/settings.ts'
import type { Logger } from './engine/logger.ts'
import type { Lightning, Store } from './engine/ports.ts'
import { createNwcLightning } from './lightning/nwc.ts'

const PREIMAGE_SECRET_VALUE = 'lnd_preimage_secret'
const NODE_PATIENCE_MS = 3_000

export type LightningParts = {
  readonly store: Store
  /** Null: the settings name a node. */
  readonly sandbox: Sandbox | null
  readonly pool: RelayPool
  readonly verify: VerifyEvent
  readonly random: RandomBytes
  readonly log: Logger
}

/** The node that the settings name, not yet started. */
export async function openLightning(
  { lightning }: Settings,
  parts: LightningParts,
): Promise<Lightning> {
  const { sandbox, pool, verify, random, log } = parts
  switch (lightning.type) {
    case 'sandbox':
    case 'nwc': {
      const text = sandbox === null ? null : await sandbox.merchantConnection()
      const given = lightning.type === 'nwc' ? lightning.connection.reveal() : ''
      const connection = parseNwcConnection(text ?? given, secp)
      const client = createNwcClient(connection, { pool, secp, random, clock, verify })
      const preimageSecret = await openPreimageSecret(parts)
      return createNwcLightning({ client, preimageSecret, clock, log })
    }
    case 'lnd':
      return openLnd(lightning.address.reveal(), parts)
  }
}

async function openPreimageSecret({ store, random }: LightningParts): Promise<Uint8Array> {
  return fromHex(await store.initValue(PREIMAGE_SECRET_VALUE, toHex(random(32))))
}

async function openLnd(address: string, parts: LightningParts): Promise<Lightning> {
  const { random, log } = parts
  // Loaded only where it is used: gRPC costs every start 0.4 s and 40 MB.
  const { createLndLightning } = await import('./lightning/lnd.ts')
  const { connectLnd } = await import('portal-lnd')
  const connection = parseLndConnection(address)
  const preimageSecret = await openPreimageSecret(parts)
  const open = async () =>
    connectLnd(connection.address, await readLndCredentials(connection), { clock })
  return createLndLightning({ open, preimageSecret, clock, random, log })
}

/**
 * Rejects when the node turns out to be on another network than is stated. One that is not reached in
 * time does not stop the daemon: its invoices are compared.
 */
export async function refuseOtherNetwork(
  stated: Settings['network'],
  lightning: Lightning,
): Promise<void> {
  const untilMs = clock.nowMs() + NODE_PATIENCE_MS
  while (lightning.node === null && clock.nowMs() < untilMs) {
    await new Promise<void>((resolve) => clock.setTimer(50, resolve))
  }
  const network = lightning.node?.network
  if (stated === null || network === undefined || network === stated) return
  throw new Error(`PORTAL_NETWORK is ${stated}, but the Lightning node is on ${network}`)
}
