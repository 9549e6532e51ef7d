// Paying through a Nostr Wallet Connect service (NIP-47).

import { type NwcClient, NwcError } from 'portal-nwc'
import {
  type LightningNetwork,
  type NwcTransaction,
  parseNwcTransaction,
  parsePreimage,
} from 'portal-protocol'
import { PayError, type Payer, type PaymentLookUp } from './payer.ts'

/** `client` stays the caller's to close. */
export function createNwcPayer(client: NwcClient): Payer {
  let known: Promise<LightningNetwork | null> | null = null

  async function askNetwork(): Promise<LightningNetwork | null> {
    try {
      const { network } = await client.request('get_info', {}, INFO_TIMEOUT_MS)
      return typeof network === 'string' ? (NETWORKS.get(network.toLowerCase()) ?? null) : null
    } catch (error) {
      if (!(error instanceof NwcError)) throw error
      // Asked again with the next request; a service that may not tell is asked no more.
      if (!WILL_NOT_TELL.has(error.code)) known = null
      return null
    }
  }

  return {
    network() {
      known ??= askNetwork()
      return known
    },

    async pay(invoice) {
      try {
        const { preimage } = await client.request('pay_invoice', { invoice }, PAY_TIMEOUT_MS)
        return { preimage: typeof preimage === 'string' ? (parsePreimage(preimage) ?? null) : null }
      } catch (error) {
        throw error instanceof NwcError ? payError(error) : error
      }
    },

    async lookUp(paymentHash) {
      try {
        const params = { payment_hash: paymentHash }
        const result = await client.request('lookup_invoice', params, LOOK_UP_TIMEOUT_MS)
        return readLookUp(parseNwcTransaction(result))
      } catch (error) {
        if (!(error instanceof NwcError)) throw error
        if (error.code === 'NOT_FOUND') return { state: 'not_found' }
        if (WILL_NOT_TELL.has(error.code)) return { state: 'unsupported' }
        throw new PayError('unknown', error.message, error.retryAfterMs)
      }
    },
  }
}

const PAY_TIMEOUT_MS = 60_000
const LOOK_UP_TIMEOUT_MS = 15_000
const INFO_TIMEOUT_MS = 5_000
// NIP-47: the words of get_info.
const NETWORKS: ReadonlyMap<string, LightningNetwork> = new Map([
  ['mainnet', 'bitcoin'],
  ['testnet', 'testnet'],
  ['signet', 'signet'],
  ['regtest', 'regtest'],
])
const WILL_NOT_TELL: ReadonlySet<NwcError['code']> = new Set([
  'NOT_IMPLEMENTED',
  'RESTRICTED',
  'UNAUTHORIZED',
])

function payError(error: NwcError): PayError {
  switch (error.code) {
    case 'PAYMENT_FAILED':
    case 'INSUFFICIENT_BALANCE':
    case 'QUOTA_EXCEEDED':
    case 'RESTRICTED':
    case 'UNAUTHORIZED':
    case 'NOT_IMPLEMENTED':
    case 'NOT_FOUND':
    case 'UNSUPPORTED_ENCRYPTION':
      return new PayError('refused', error.message)
    case 'RATE_LIMITED':
      return new PayError('rate_limited', error.message, error.retryAfterMs)
    // Services say these also of payments that are still on their way.
    case 'INTERNAL':
    case 'OTHER':
    case 'TIMEOUT':
    case 'UNREACHABLE':
    case 'INVALID_RESPONSE':
      return new PayError('unknown', error.message)
  }
}

function readLookUp(transaction: NwcTransaction | undefined): PaymentLookUp {
  if (transaction === undefined) {
    throw new PayError('unknown', 'the wallet service answered no transaction')
  }
  switch (transaction.state) {
    case 'settled':
      // An invoice that this service made itself: somebody paid it, it does not say who.
      if (transaction.type === 'incoming') return { state: 'unsupported' }
      return { state: 'settled', preimage: transaction.preimage }
    case 'failed':
    case 'expired':
      return { state: 'failed' }
    case 'pending':
    case 'accepted':
    case null:
      return { state: 'pending' }
  }
}
