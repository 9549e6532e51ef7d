// The node or wallet where the money arrives: reached, asked who it is, and whether we may do there what
// a payment needs. Nothing is made and nothing moves.
import { randomBytes } from 'node:crypto'
import {
  connectLnd,
  type LndClient,
  LndStatus,
  parseLndConnection,
  readLndCredentials,
} from 'portal-lnd'
import { createNwcClient } from 'portal-nwc'
import { parseNwcConnection, secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, type RelayPool } from 'portal-relay'
import type { Settings } from '../config/settings.ts'
import type { NodeInfo } from '../engine/ports.ts'
import { lndPortError } from '../lightning/lnd-error.ts'
import { readLndNode } from '../lightning/lnd-messages.ts'
import { readNode } from '../lightning/nwc-messages.ts'
import { type Finding, reason, TIMEOUT_MS } from './finding.ts'

type Network = Settings['network']

const part = 'lightning'
// Without these a payment cannot be made, or not be judged (NIP-47).
const NWC_METHODS = ['make_invoice', 'lookup_invoice', 'list_transactions', 'get_info']
const NO_INVOICE = { payment_hash: new Uint8Array(32) }

export async function examineLightning(settings: Settings, pool: RelayPool): Promise<Finding> {
  const { lightning, network } = settings
  switch (lightning.type) {
    case 'sandbox': {
      const remedy =
        'for real money set PORTAL_LIGHTNING to a Nostr Wallet Connect string or an LND node'
      return { part, verdict: 'warning', found: 'SANDBOX: no real money moves', remedy }
    }
    case 'nwc':
      return examineNwc(lightning.connection.reveal(), network, pool)
    case 'lnd':
      return examineLnd(lightning.address.reveal(), network)
  }
}

async function examineNwc(text: string, network: Network, pool: RelayPool): Promise<Finding> {
  const random = (length: number) => randomBytes(length)
  const client = createNwcClient(parseNwcConnection(text, secp), { pool, secp, random, clock })
  try {
    const { methods, notifications, encryptions } = await client.info(TIMEOUT_MS)
    const node = readNode(await client.request('get_info', {}, TIMEOUT_MS))
    const found = `${named(node)}, ${encryptions.join(' and ')}`
    const missing = NWC_METHODS.filter((method) => methods.length > 0 && !methods.includes(method))
    if (missing.length > 0) {
      const remedy = `make a connection that may ${missing.join(', ')}`
      return { part, verdict: 'broken', found, remedy }
    }
    if (isElsewhere(node, network)) return elsewhere(found, network)
    if (!notifications.includes('payment_received')) {
      const remedy = 'it pushes no settlements: "paid" comes up to 2 s later'
      return { part, verdict: 'warning', found, remedy }
    }
    return { part, verdict: 'ok', found }
  } catch (error) {
    const remedy = 'is the wallet service running, and does it still know this connection?'
    return { part, verdict: 'broken', found: reason(error), remedy }
  } finally {
    client.close()
  }
}

async function examineLnd(address: string, network: Network): Promise<Finding> {
  const connection = parseLndConnection(address)
  let client: LndClient | undefined
  try {
    client = connectLnd(connection.address, await readLndCredentials(connection), { clock })
    const info = await client.call('lnrpc.Lightning/GetInfo', {}, TIMEOUT_MS)
    const node = readLndNode(info)
    const found = `LND, ${named(node)}`
    if (isElsewhere(node, network)) return elsewhere(found, network)
    await client.call('lnrpc.Lightning/ListInvoices', { num_max_invoices: 1 }, TIMEOUT_MS)
    await mayWriteInvoices(client)
    if (info.synced_to_chain === true) return { part, verdict: 'ok', found }
    const remedy = 'it has not seen the newest blocks yet: payments wait until it has'
    return { part, verdict: 'warning', found: `${found}, not in step with the chain`, remedy }
  } catch (error) {
    const found = reason(error instanceof LndStatus ? lndPortError(error, 'trying it') : error)
    const remedy = 'is LND up and unlocked, and do address, macaroon and certificate belong to it?'
    return { part, verdict: 'broken', found, remedy }
  } finally {
    client?.close()
  }
}

/** Cancels an invoice that there is not: whoever may not write invoices is told so before that. */
async function mayWriteInvoices(client: LndClient): Promise<void> {
  try {
    await client.call('invoicesrpc.Invoices/CancelInvoice', NO_INVOICE, TIMEOUT_MS)
  } catch (error) {
    const failure = lndPortError(error, 'trying whether invoices may be written')
    if (failure.code === 'refused') throw failure
  }
}

function named({ alias, network }: NodeInfo): string {
  return `${alias ?? 'a wallet without a name'} on ${network}`
}

function isElsewhere(node: NodeInfo, network: Network): boolean {
  return network !== null && network !== node.network
}

function elsewhere(found: string, network: Network): Finding {
  const remedy = `PORTAL_NETWORK says ${network}: mend one of the two`
  return { part, verdict: 'broken', found, remedy }
}
