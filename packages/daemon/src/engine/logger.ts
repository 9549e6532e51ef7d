// What the daemon says about itself while it runs: one line per fact, event names from a fixed list.

export type LogFields = { readonly [field: string]: string | number | boolean | null | undefined }

/** Never given a secret, a token, or the preimage of an unpaid invoice. */
export interface Logger {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** Says nothing. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} }
