// What a wallet service answers, decoded at the edge.
import type { LightningNetwork, NwcTransaction, Preimage } from 'portal-protocol'
import { proves } from 'portal-protocol'
import { type NodeInfo, PortError } from '../engine/ports.ts'

const NETWORKS: Readonly<Record<string, LightningNetwork>> = {
  mainnet: 'bitcoin',
  bitcoin: 'bitcoin',
  testnet: 'testnet',
  signet: 'signet',
  regtest: 'regtest',
}

// A preimage alone says nothing about an incoming payment: the service may show the one it made.
export function isSettled(transaction: NwcTransaction): boolean {
  return transaction.state === 'settled' || transaction.settledAt !== null
}

export function proof(transaction: NwcTransaction): Preimage | null {
  const { preimage, paymentHash } = transaction
  return preimage !== null && isSettled(transaction) && proves(preimage, paymentHash)
    ? preimage
    : null
}

export function readNode(info: Readonly<Record<string, unknown>>): NodeInfo {
  const { network, pubkey, alias } = info
  const known = typeof network === 'string' ? NETWORKS[network.toLowerCase()] : undefined
  if (known === undefined) {
    throw new PortError('invalid_answer', 'get_info names no network that is known')
  }
  const isNodeKey = typeof pubkey === 'string' && /^0[23][0-9a-f]{64}$/i.test(pubkey)
  return {
    network: known,
    publicKey: isNodeKey ? pubkey.toLowerCase() : null,
    alias: typeof alias === 'string' ? alias.slice(0, 100) : null,
  }
}
