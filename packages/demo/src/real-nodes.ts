// `npm run demo -- --lnd`: real LND nodes on a private chain, instead of the sandbox.
import { connectLnd, parseLndConnection, readLndCredentials } from 'portal-lnd'
import { systemClock as clock } from 'portal-relay'
import type { Payer } from 'portal-wallet'
import { createLndPayer } from 'portal-wallet/lnd-payer'

export type RealNodes = {
  /** For PORTAL_LIGHTNING: the merchant's node. */
  readonly merchant: string
  /** Pays from the user's node. */
  readonly payer: Payer
  close(): Promise<void>
}

/**
 * The network of `npm run lightning:up` if it stands, else one of its own, which ends with `close`.
 * Throws Error that says what is missing.
 */
export async function openRealNodes(say: (line: string) => void): Promise<RealNodes> {
  const { merchant, user, stop } = (await standing()) ?? (await started(say))
  const connection = parseLndConnection(user)
  const client = connectLnd(connection.address, await readLndCredentials(connection), { clock })
  return {
    merchant,
    payer: createLndPayer({ client, clock }),
    async close() {
      client.close()
      await stop()
    },
  }
}

type Nodes = {
  readonly merchant: string
  readonly user: string
  readonly stop: () => Promise<void>
}

// The network lives with the tests, which start it on every run; without --lnd nothing of it is
// loaded.
async function standing(): Promise<Nodes | null> {
  const { placeOf, standingNetwork } = await import('../../../test/lightning/standing-network.ts')
  const nodes = (await standingNetwork(placeOf([])))?.nodes ?? []
  const of = (name: string) => nodes.find((node) => node.name === name)?.connectionString
  const [merchant, user] = [of('merchant'), of('user')]
  if (merchant === undefined || user === undefined) return null
  return { merchant, user, stop: async () => {} }
}

async function started(say: (line: string) => void): Promise<Nodes> {
  const { startLightningNetwork } = await import('../../../test/lightning/network.ts')
  const network = await startLightningNetwork({ report: say })
  return {
    merchant: network.merchant.connectionString,
    user: network.user.connectionString,
    stop: () => network.stop(),
  }
}
