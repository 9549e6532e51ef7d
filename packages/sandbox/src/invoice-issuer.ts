// The sandbox's one Lightning node: it signs every invoice, and knows every preimage.

import {
  encodeInvoice,
  type LightningNetwork,
  type Msat,
  type PublicKey,
  parsePreimage,
  paymentHashOf,
  type RandomBytes,
  type Secp256k1,
  type SecretKey,
  toHex,
} from 'portal-protocol'
import type { SandboxInvoice } from './ledger.ts'

export interface InvoiceIssuer {
  /** The node's public key, 33 bytes in hex. */
  readonly nodeId: string
  issue(terms: InvoiceTerms): SandboxInvoice
}

export type InvoiceTerms = {
  readonly payee: PublicKey
  readonly amountMsat: Msat
  /** At most 639 bytes of UTF-8. */
  readonly description: string
  /** Unix seconds. */
  readonly createdAt: number
  readonly expiresInSeconds: number
}

export function createInvoiceIssuer(
  secret: SecretKey,
  deps: {
    readonly network: LightningNetwork
    readonly secp: Secp256k1
    readonly random: RandomBytes
  },
): InvoiceIssuer {
  const { network, secp, random } = deps
  return {
    nodeId: toHex(secp.publicKey(secret)),
    issue(terms) {
      const preimage = parsePreimage(toHex(random(32)))
      if (!preimage) throw new TypeError('the source of randomness gave no 32 bytes')
      const paymentHash = paymentHashOf(preimage)
      const paymentSecret = toHex(random(32))
      const { payee, amountMsat, description, createdAt, expiresInSeconds } = terms
      const invoice = encodeInvoice(
        {
          network,
          amountMsat,
          paymentHash,
          paymentSecret,
          description,
          createdAt,
          expiresInSeconds,
        },
        secret,
        secp,
      )
      const expiresAt = createdAt + expiresInSeconds
      return {
        paymentHash,
        preimage,
        payee,
        invoice,
        amountMsat,
        description,
        createdAt,
        expiresAt,
        payment: null,
      }
    },
  }
}
