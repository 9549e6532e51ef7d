// The currencies an amount can be given in.

/**
 * Currencies by name, as in `{ amount: 10_000, currency: Currency.Millisats }`: 10,000 millisats
 * are 10 sats.
 *
 * @example
 * ```ts
 * import { Currency } from 'portal-sdk'
 * const coffee = { amount: 21_000, currency: Currency.Millisats, description: 'A coffee' }
 * console.log((await client.requestSinglePayment(user, [], coffee)).id)
 * ```
 */
export const Currency = {
  /** A thousandth of a satoshi, Lightning's own unit. */
  Millisats: 'millisats',
} as const

export type Currency = (typeof Currency)[keyof typeof Currency]
