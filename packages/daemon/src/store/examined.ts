// What a store says of itself without being opened for payments.

export type Examined = {
  /** In words. */
  readonly found: string
  /** The small values that were asked for, as far as there are any. */
  readonly values: Readonly<Record<string, string>>
}
