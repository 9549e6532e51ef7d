// How a port fails, and how the store does.

/** The world failed. `retry`: the same call may work later; otherwise it never will. */
export class PortError extends Error {
  override readonly name = 'PortError'
  readonly code: 'unreachable' | 'timeout' | 'rate_limited' | 'refused' | 'invalid_answer'
  readonly retry: boolean
  readonly retryAfterMs: number | null

  constructor(code: PortError['code'], message: string, options: { retryAfterMs?: number } = {}) {
    super(message)
    this.code = code
    this.retry = code !== 'refused'
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}

/**
 * The store failed. A write that throws it is not acknowledged: nothing of it is visible to readers, and
 * the same call may be made again. `refused` and `damaged` will not heal by themselves; `fenced` says that
 * another daemon does this now.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code:
    | 'full'
    | 'read_only'
    | 'busy'
    | 'io'
    | 'damaged'
    | 'refused'
    | 'overloaded'
    | 'closed'
    | 'fenced'

  constructor(code: StoreError['code'], message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}
