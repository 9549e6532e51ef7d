// What the doctor says of one part of a set-up.

export type Finding = {
  readonly part: string
  /** `warning`: it works, but something should be known. */
  readonly verdict: 'ok' | 'warning' | 'broken'
  readonly found: string
  readonly remedy?: string
}

/** How long anything out there has to answer. */
export const TIMEOUT_MS = 8_000

/** What went wrong, in the words of whoever knows most of it. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
