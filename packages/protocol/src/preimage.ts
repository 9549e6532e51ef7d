// The proof of a Lightning payment: a preimage whose SHA-256 is the payment hash (BOLT 2, BOLT 11).

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { Brand } from './brand.ts'

/** 64 lowercase hex characters. */
export type PaymentHash = Brand<string, 'PaymentHash'>

/** 64 lowercase hex characters. */
export type Preimage = Brand<string, 'Preimage'>

/** 64 hex characters of any case; undefined for anything else. */
export function parsePaymentHash(text: string): PaymentHash | undefined {
  return HEX_32.test(text) ? (text.toLowerCase() as PaymentHash) : undefined
}

/** 64 hex characters of any case; undefined for anything else. */
export function parsePreimage(text: string): Preimage | undefined {
  return HEX_32.test(text) ? (text.toLowerCase() as Preimage) : undefined
}

/** SHA-256 of the preimage. */
export function paymentHashOf(preimage: Preimage): PaymentHash {
  return bytesToHex(sha256(hexToBytes(preimage))) as PaymentHash
}

/** True when the preimage hashes to the payment hash: the payment was made. */
export function proves(preimage: Preimage, hash: PaymentHash): boolean {
  return paymentHashOf(preimage) === hash
}

const HEX_32 = /^[0-9a-fA-F]{64}$/
