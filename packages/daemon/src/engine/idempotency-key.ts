// What tells a repeated request from a new one.

export type IdempotencyKey = {
  readonly key: string
  /** Hash of path and canonical JSON body. */
  readonly fingerprint: string
}
