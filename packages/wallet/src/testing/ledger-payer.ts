// A payer whose ledger a test can look into, and whose every step it can hold up or spoil.
import {
  decodeInvoice,
  type LightningNetwork,
  type PaymentHash,
  type Preimage,
  secp256k1 as secp,
} from 'portal-protocol'
import { PayError, type Payer, type PaymentLookUp } from '../payer.ts'

export type Spoil = 'refuse' | 'lose_answer' | 'lose_request' | 'rate_limit_once' | 'hang'

export interface LedgerPayer extends Payer {
  /** Each call of `pay`, by payment hash. */
  readonly calls: readonly PaymentHash[]
  /** Payments made, by payment hash: the money that left. */
  readonly payments: readonly PaymentHash[]
  lookUps: number
  /** What happens to the next payments. */
  spoil: Spoil | null
  /** What look-ups answer instead of the truth; `down` throws. */
  lookUpAnswer: PaymentLookUp | 'down' | null
  networkName: LightningNetwork | null
}

/** Knows the preimages of all invoices it is asked to pay, as the network would. */
export function createLedgerPayer(preimages: ReadonlyMap<string, Preimage>): LedgerPayer {
  const calls: PaymentHash[] = []
  const payments: PaymentHash[] = []
  const paidPreimages = new Map<PaymentHash, Preimage | null>()
  return {
    calls,
    payments,
    lookUps: 0,
    spoil: null,
    lookUpAnswer: null,
    networkName: 'regtest',
    async network() {
      return this.networkName
    },
    async pay(invoice) {
      const { paymentHash } = decodeInvoice(invoice, secp)
      const preimage = preimages.get(invoice) ?? null
      calls.push(paymentHash)
      const spoil = this.spoil
      if (spoil === 'refuse') throw new PayError('refused', 'no route')
      if (spoil === 'lose_request') throw new PayError('unknown', 'no answer')
      if (spoil === 'rate_limit_once') {
        this.spoil = null
        throw new PayError('rate_limited', 'slow down', 2_000)
      }
      payments.push(paymentHash)
      paidPreimages.set(paymentHash, preimage)
      if (spoil === 'lose_answer') throw new PayError('unknown', 'no answer')
      if (spoil === 'hang') return new Promise(() => {})
      return { preimage }
    },
    async lookUp(paymentHash) {
      this.lookUps += 1
      if (this.lookUpAnswer === 'down') throw new PayError('unknown', 'no answer')
      if (this.lookUpAnswer !== null) return this.lookUpAnswer
      const preimage = paidPreimages.get(paymentHash)
      return preimage === undefined ? { state: 'not_found' } : { state: 'settled', preimage }
    },
  }
}
