// One JSON request over HTTP, tried again where that is safe and can help.
import { backoffMs } from './backoff.ts'
import { createDeadline } from './deadline.ts'
import { ConnectionError, isPortalError, RateLimitError, ServerError } from './errors.ts'
import { errorOf, notPortal } from './problem.ts'
import { sleep, type World } from './world.ts'

/** First try and retries together. */
export const TRIES_MAX = 6
const RETRY_FIRST_MS = 250
const RETRY_MAX_MS = 4_000
/** The daemon answers within 10 s; longer than this, the connection is taken for dead. */
const ATTEMPT_MAX_MS = 20_000

export type CallOptions = {
  /** Aborts the call, which then throws the signal's own reason. */
  readonly signal?: AbortSignal | undefined
  /** For the call with all its retries, in milliseconds. */
  readonly timeoutMs?: number | undefined
}

export type Query = {
  readonly [name: string]: string | number | boolean | null | undefined
}

export type Request = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: Query | undefined
  readonly body?: unknown
  readonly idempotencyKey?: string
  /** Statuses beside 2xx that are an answer, not an error. */
  readonly accept?: readonly number[]
}

export type Http = {
  readonly world: World
  /** The answer's JSON, after as many tries as it took; null for an empty answer. */
  call(request: Request, options?: CallOptions & { readonly tries?: number }): Promise<unknown>
  /** One try; the answer's body is not read yet unless it is an error, which is thrown. */
  open(request: Request, accept: string, signal: AbortSignal): Promise<Response>
}

export type HttpConfig = {
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly authToken: string
  readonly timeoutMs: number
}

export function createHttp(config: HttpConfig, world: World): Http {
  const base = config.baseUrl

  async function open(request: Request, accept: string, signal: AbortSignal): Promise<Response> {
    const where = `${request.method} ${request.path}`
    const headers: Record<string, string> = {
      accept,
      authorization: `Bearer ${config.authToken}`,
    }
    if (request.body !== undefined) headers['content-type'] = 'application/json'
    if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey
    const init: RequestInit = { method: request.method, headers, signal, redirect: 'error' }
    if (request.body !== undefined) init.body = JSON.stringify(request.body)
    let response: Response
    try {
      response = await world.fetch(base + request.path + queryString(request.query), init)
    } catch (cause) {
      throw connectionFailed(where, base, cause)
    }
    if (response.ok || request.accept?.includes(response.status)) return response
    const text = await response.text().catch(() => '')
    const retryAfter = response.headers.get('retry-after')
    throw errorOf({ where, status: response.status, text, retryAfter, nowMs: world.nowMs() })
  }

  async function attempt(request: Request, limitMs: number, signal: AbortSignal | undefined) {
    const where = `${request.method} ${request.path}`
    const deadline = createDeadline(world, limitMs, signal)
    try {
      const response = await open(request, 'application/json', deadline.signal)
      const text = await response.text().catch((cause: unknown) => {
        throw connectionFailed(where, base, cause)
      })
      return parseJson(text, where, response.status)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (!deadline.signal.aborted) throw error
      throw new ConnectionError('timed_out', `${where}: no answer from ${base} in ${limitMs} ms`)
    } finally {
      deadline.close()
    }
  }

  async function call(
    request: Request,
    options: CallOptions & { readonly tries?: number } = {},
  ): Promise<unknown> {
    const { signal, tries = TRIES_MAX } = options
    const endMs = world.nowMs() + (options.timeoutMs ?? config.timeoutMs)
    for (let failures = 0; ; failures += 1) {
      if (signal?.aborted) throw signal.reason
      const leftMs = endMs - world.nowMs()
      try {
        return await attempt(request, Math.min(leftMs, ATTEMPT_MAX_MS), signal)
      } catch (error) {
        const waitMs = retryDelayMs(error, failures, world.random())
        if (waitMs === null || failures + 1 >= tries || world.nowMs() + waitMs >= endMs) throw error
        await sleep(world, waitMs, signal)
      }
    }
  }

  return { world, call, open }
}

/** Milliseconds until the same request may be tried again; null when that cannot help. */
export function retryDelayMs(error: unknown, failures: number, random: number): number | null {
  const ownMs = backoffMs(failures, random, RETRY_FIRST_MS, RETRY_MAX_MS)
  if (error instanceof RateLimitError) {
    return error.retryAfterS === null ? ownMs : error.retryAfterS * 1000 + ownMs / 2
  }
  if (error instanceof ServerError) return ownMs
  if (error instanceof ConnectionError) return error.code === 'invalid_answer' ? null : ownMs
  return null
}

function queryString(query: Query | undefined): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) given.set(name, String(value))
  }
  const text = given.toString()
  return text === '' ? '' : `?${text}`
}

function parseJson(text: string, where: string, status: number): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    throw notPortal({ where, status })
  }
}

/** `cause` as fetch gave it: Node hides the reason one level deeper. */
function connectionFailed(where: string, base: string, cause: unknown): unknown {
  if (isPortalError(cause)) return cause
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const why = inner instanceof Error ? inner.message : String(inner)
  const message = `${where}: no connection to ${base}: ${why}`
  return new ConnectionError('connection_failed', message, { cause })
}
