// Amounts and currencies. Inside Portal money is bigint millisatoshis; nothing else.

import type { Brand } from './brand.ts'

/** Millisatoshis (1/1000 sat), never negative. */
export type Msat = Brand<bigint, 'Msat'>

/** How the wire spells millisatoshis; any other spelling there is a fiat code. */
export const MILLISATS_WIRE = 'Millisats'

export type Currency =
  | { readonly type: 'millisats' }
  | { readonly type: 'fiat'; readonly code: string }

/** Throws RangeError when negative, or when a number is not a safe integer. */
export function msat(value: bigint | number): Msat {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`an amount in msat must be an integer up to 2^53-1, got ${value}`)
  }
  if (value < 0) throw new RangeError(`an amount in msat must not be negative, got ${value}`)
  return BigInt(value) as Msat
}

/**
 * A currency as people and API clients write it: `millisats` in any case, or a three-letter code
 * in any case (answered in upper case). Undefined for anything else.
 */
export function parseCurrency(text: string): Currency | undefined {
  if (text.toLowerCase() === 'millisats') return { type: 'millisats' }
  return /^[a-zA-Z]{3}$/.test(text) ? { type: 'fiat', code: text.toUpperCase() } : undefined
}

/** A currency as it stands in a message: exactly `Millisats`, or a fiat code, whatever it says. */
export function parseWireCurrency(text: string): Currency {
  return text === MILLISATS_WIRE ? { type: 'millisats' } : { type: 'fiat', code: text }
}
