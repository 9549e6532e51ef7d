// BOLT 11 invoices, read (with the signature checked) and written. Fallback addresses, route hints
// and metadata are left to the wallet that pays: the invoice text itself is what travels.
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { bech32 } from '@scure/base'
import {
  Bolt11Error,
  bytesOf,
  fieldWords,
  fixedWords,
  integerOf,
  integerWords,
  paddedBytesOf,
  readFields,
  type Words,
} from './bolt11-words.ts'
import { fromHex, type SecretKey, toHex } from './keys.ts'
import { type Msat, msat } from './money.ts'
import { type PaymentHash, parsePaymentHash } from './preimage.ts'
import type { Secp256k1 } from './secp256k1.ts'

export { Bolt11Error }

export type LightningNetwork = 'bitcoin' | 'testnet' | 'signet' | 'regtest'

/** Times are unix seconds, amounts millisatoshis, byte strings lowercase hex. */
export type Invoice = {
  readonly network: LightningNetwork
  /** Null: the payer chooses the amount. */
  readonly amountMsat: Msat | null
  readonly paymentHash: PaymentHash
  readonly paymentSecret: string | null
  readonly description: string | null
  readonly descriptionHash: string | null
  readonly createdAt: number
  readonly expiresAt: number
  /** The payee's node id, 33 bytes compressed: stated and checked, or recovered. */
  readonly payee: string
  readonly minFinalCltvExpiryDelta: number
  /** Even feature bits that a payer must understand and that we do not know. */
  readonly unknownRequiredFeatures: readonly number[]
}

export type InvoiceFields = {
  readonly network: LightningNetwork
  /** Null: the payer chooses the amount. At most 2^53-1. */
  readonly amountMsat: Msat | null
  readonly paymentHash: PaymentHash
  /** 32 bytes, lowercase hex. */
  readonly paymentSecret: string
  /** At most 639 bytes of UTF-8. */
  readonly description: string
  readonly createdAt: number
  readonly expiresInSeconds: number
  /** 18 unless given. */
  readonly minFinalCltvExpiryDelta?: number
}

/** The most that fits a QR code. */
export const INVOICE_CHARACTERS_MAX = 7_089
/** A tagged field holds at most 1,023 words of 5 bits. */
export const INVOICE_DESCRIPTION_BYTES_MAX = 639

/** What an invoice says before anyone checked who signed it. */
export type UncheckedInvoice = Omit<Invoice, 'payee'>

/**
 * Reads a BOLT 11 invoice, all lower or all upper case, without a `lightning:` prefix, and checks
 * its checksum and signature. An invoice that must not be paid is still read: see
 * `unpayableReason`. Throws `Bolt11Error`, which says what is wrong.
 */
export function decodeInvoice(text: string, secp: Secp256k1): Invoice {
  const { prefix, data, signature, fields, invoice } = read(text)
  const payee = payeeOf(signature, signedHash(prefix, data), fields.get('n'), secp)
  return { ...invoice, payee }
}

/**
 * As decodeInvoice, but without the signature, the dear part: for an invoice from our own node, whose
 * answer is authenticated already. Throws `Bolt11Error`.
 */
export function readInvoice(text: string): UncheckedInvoice {
  return read(text).invoice
}

type Parts = {
  readonly prefix: string
  readonly data: Words
  readonly signature: Uint8Array
  readonly fields: ReadonlyMap<string, Words>
  readonly invoice: UncheckedInvoice
}

function read(text: string): Parts {
  if (text.length > INVOICE_CHARACTERS_MAX) {
    throw new Bolt11Error(`the invoice is longer than ${INVOICE_CHARACTERS_MAX} characters`)
  }
  const decoded = bech32.decodeUnsafe(text, false)
  if (!decoded) {
    throw new Bolt11Error('the invoice is not bech32: mixed case, a wrong character or checksum')
  }
  const { prefix } = decoded
  const { network, amountMsat } = readPrefix(prefix)
  if (decoded.words.length < TIMESTAMP_WORDS + SIGNATURE_WORDS) {
    throw new Bolt11Error('the invoice is too short for a timestamp and a signature')
  }
  const data = decoded.words.slice(0, -SIGNATURE_WORDS)
  const fields = readFields(data.slice(TIMESTAMP_WORDS))
  const paymentHash = parsePaymentHash(hexOf(fields.get('p')) ?? '')
  if (paymentHash === undefined) throw new Bolt11Error('the invoice has no payment hash')
  const createdAt = integerOf(data.slice(0, TIMESTAMP_WORDS), 'timestamp')
  const expiresAt = createdAt + (numberOf(fields.get('x'), 'expiry') ?? EXPIRY_SECONDS_DEFAULT)
  if (!Number.isSafeInteger(expiresAt)) throw new Bolt11Error('the expiry is out of range')
  const invoice: UncheckedInvoice = {
    network,
    amountMsat,
    paymentHash,
    paymentSecret: hexOf(fields.get('s')),
    description: textOf(fields.get('d')),
    descriptionHash: hexOf(fields.get('h')),
    createdAt,
    expiresAt,
    minFinalCltvExpiryDelta: numberOf(fields.get('c'), 'final CLTV delta') ?? CLTV_DELTA_DEFAULT,
    unknownRequiredFeatures: unknownRequiredFeatures(fields.get('9') ?? []),
  }
  const signature = bytesOf(decoded.words.slice(-SIGNATURE_WORDS))
  return { prefix, data, signature, fields, invoice }
}

/** Why BOLT 11 forbids a payer to pay an invoice that can be read, or null. */
export function unpayableReason(invoice: UncheckedInvoice): string | null {
  const unknown = invoice.unknownRequiredFeatures
  if (unknown.length > 0) {
    return `it requires features that are not known: ${unknown.slice(0, 8).join(', ')}`
  }
  if (invoice.paymentSecret === null) return 'it has no payment secret'
  if (invoice.description === null && invoice.descriptionHash === null) {
    return 'it has neither a description nor the hash of one'
  }
  return null
}

/**
 * Writes and signs an invoice, in lower case, that requires var_onion_optin and payment_secret.
 * Throws `Bolt11Error` for fields that do not fit.
 */
export function encodeInvoice(fields: InvoiceFields, secret: SecretKey, secp: Secp256k1): string {
  const description = new TextEncoder().encode(fields.description)
  if (description.length > INVOICE_DESCRIPTION_BYTES_MAX) {
    throw new Bolt11Error(`the description is over ${INVOICE_DESCRIPTION_BYTES_MAX} bytes`)
  }
  if (!/^[0-9a-f]{64}$/.test(fields.paymentSecret)) {
    throw new Bolt11Error('the payment secret is not 32 bytes of lowercase hex')
  }
  const prefix = `ln${CURRENCY_OF[fields.network]}${amountText(fields.amountMsat)}`
  const cltvDelta = fields.minFinalCltvExpiryDelta ?? CLTV_DELTA_DEFAULT
  const data = [
    ...fixedWords(fields.createdAt, TIMESTAMP_WORDS),
    ...fieldWords('p', bech32.toWords(fromHex(fields.paymentHash))),
    ...fieldWords('s', bech32.toWords(fromHex(fields.paymentSecret))),
    ...fieldWords('d', bech32.toWords(description)),
    ...fieldWords('x', integerWords(fields.expiresInSeconds, 'expiry')),
    ...fieldWords('c', integerWords(cltvDelta, 'final CLTV delta')),
    ...fieldWords('9', integerWords(FEATURES_WRITTEN, 'features')),
  ]
  const signed = secp.signEcdsaRecoverable(signedHash(prefix, data), secret)
  const signature = bech32.toWords(Uint8Array.of(...signed.signature, signed.recoveryId))
  return bech32.encode(prefix, [...data, ...signature], false)
}

const TIMESTAMP_WORDS = 7
const SIGNATURE_WORDS = 104
const EXPIRY_SECONDS_DEFAULT = 3_600
const CLTV_DELTA_DEFAULT = 18
const FEATURES_WRITTEN = 2 ** 8 + 2 ** 14
// BOLT 9: var_onion_optin, payment_secret, basic_mpp, option_payment_metadata.
const FEATURES_KNOWN: ReadonlySet<number> = new Set([8, 14, 16, 48])
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

const CURRENCY_OF = { bitcoin: 'bc', testnet: 'tb', signet: 'tbs', regtest: 'bcrt' } as const
const NETWORK_OF: ReadonlyMap<string, LightningNetwork> = new Map([
  ['bc', 'bitcoin'],
  ['tb', 'testnet'],
  ['tbs', 'signet'],
  ['bcrt', 'regtest'],
])
// One of each unit in pico-bitcoin, the largest first.
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['', 10n ** 12n],
  ['m', 10n ** 9n],
  ['u', 10n ** 6n],
  ['n', 10n ** 3n],
  ['p', 1n],
])
const PICO_PER_MSAT = 10n
const AMOUNT_MSAT_MAX = BigInt(Number.MAX_SAFE_INTEGER)
const AMOUNT_DIGITS_MAX = String(AMOUNT_MSAT_MAX * PICO_PER_MSAT).length

function readPrefix(prefix: string): { network: LightningNetwork; amountMsat: Msat | null } {
  const [, currency = '', digits = '', multiplier = ''] =
    /^ln([a-z]+?)(?:([0-9]+)([a-z]?))?$/.exec(prefix) ?? []
  const network = NETWORK_OF.get(currency)
  if (network === undefined) throw new Bolt11Error('the invoice is of no network that is known')
  if (digits === '') return { network, amountMsat: null }
  const unit = UNITS.get(multiplier)
  if (unit === undefined) throw new Bolt11Error('the amount has an unknown multiplier')
  if (digits.startsWith('0')) throw new Bolt11Error('the amount is zero or has leading zeros')
  const pico = digits.length > AMOUNT_DIGITS_MAX ? null : BigInt(digits) * unit
  if (pico === null || pico > AMOUNT_MSAT_MAX * PICO_PER_MSAT) {
    throw new Bolt11Error('the amount is over 2^53-1 millisats')
  }
  if (pico % PICO_PER_MSAT !== 0n) throw new Bolt11Error('the amount has a part of a millisat')
  return { network, amountMsat: msat(pico / PICO_PER_MSAT) }
}

function amountText(amountMsat: Msat | null): string {
  if (amountMsat === null) return ''
  if (amountMsat <= 0n || amountMsat > AMOUNT_MSAT_MAX) {
    throw new Bolt11Error('the amount is not from 1 to 2^53-1 millisats')
  }
  const pico = amountMsat * PICO_PER_MSAT
  const fitting = [...UNITS].find(([, unit]) => pico % unit === 0n) ?? ['p', 1n]
  return `${pico / fitting[1]}${fitting[0]}`
}

function hexOf(words: Words | undefined): string | null {
  return words ? toHex(bytesOf(words)) : null
}

function numberOf(words: Words | undefined, name: string): number | null {
  return words ? integerOf(words, name) : null
}

function textOf(words: Words | undefined): string | null {
  if (!words) return null
  const bytes = bytesOf(words)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Bolt11Error('the description is not UTF-8')
  }
}

function unknownRequiredFeatures(words: Words): number[] {
  const unknown: number[] = []
  for (let bit = 0; bit < words.length * 5; bit += 2) {
    const word = words.at(-1 - Math.floor(bit / 5)) ?? 0
    if ((word >> (bit % 5)) & 1 && !FEATURES_KNOWN.has(bit)) unknown.push(bit)
  }
  return unknown
}

function signedHash(prefix: string, data: Words): Uint8Array {
  return sha256(concatBytes(new TextEncoder().encode(prefix), paddedBytesOf(data)))
}

function payeeOf(
  signature: Uint8Array,
  hash: Uint8Array,
  statedWords: Words | undefined,
  secp: Secp256k1,
): string {
  const compact = signature.slice(0, 64)
  const recoveryId = signature[64]
  if (statedWords) {
    const stated = bytesOf(statedWords)
    // BOLT 11: where the payee is stated the signature must be low-S; recovery accepts both.
    if (isLowS(compact) && secp.verifyEcdsa(compact, hash, stated)) return toHex(stated)
  } else if (recoveryId === 0 || recoveryId === 1 || recoveryId === 2 || recoveryId === 3) {
    const recovered = secp.recoverEcdsa(compact, hash, recoveryId)
    if (recovered) return toHex(recovered)
  }
  throw new Bolt11Error("the invoice's signature is not valid")
}

function isLowS(compact: Uint8Array): boolean {
  return BigInt(`0x${toHex(compact.slice(32))}`) <= HALF_ORDER
}
