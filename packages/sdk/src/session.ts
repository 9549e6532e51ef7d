// What all calls of one client share: how requests are made, and what is known of the way to the
// daemon.
import type { PortalClientOptions } from './client-options.ts'
import { checkOptions } from './client-options.ts'
import { InvalidRequestError } from './errors.ts'
import { createFollower, type Follower } from './follow.ts'
import { type CallOptions, createHttp, type Query } from './http.ts'
import { randomKey, type World } from './world.ts'

export type CreateOptions = CallOptions & {
  /**
   * The same key never makes a second request, whoever repeats it: give one you have stored if you
   * may ask again after a crash. Made anew for each call when absent. 1 to 255 visible ASCII
   * characters.
   */
  readonly idempotencyKey?: string | undefined
}

export type Session = {
  readonly follower: Follower
  onError(error: unknown): void
  get<T>(path: string, query?: Query, options?: CallOptions): Promise<T>
  /** One try, and an answer of 503 counts as one. */
  probe<T>(path: string, options?: CallOptions): Promise<T>
  /** Only for what may be repeated without harm. */
  post<T>(path: string, body: unknown, options?: CallOptions): Promise<T>
  /** A POST that makes something, under an idempotency key that stays over all its tries. */
  create<T>(path: string, body: unknown, options?: CreateOptions): Promise<T>
  remove(path: string, options?: CallOptions): Promise<void>
}

export function createSession(options: PortalClientOptions, world: World): Session {
  const given = options.fetch
  // Called without a `this`: browsers refuse a fetch that is called as a method.
  const fetching =
    given === undefined ? world.fetch : (url: string, init: RequestInit) => given(url, init)
  const http = createHttp(checkOptions(options), { ...world, fetch: fetching })
  const report = options.onError ?? ((error) => console.error('portal-sdk:', error))

  function onError(error: unknown): void {
    try {
      report(error)
    } catch (failure) {
      console.error('portal-sdk: onError threw', failure)
    }
  }

  // What the daemon answers is trusted to be what its own schemas say.
  return {
    onError,
    follower: createFollower(http, onError),
    async get<T>(path: string, query?: Query, call?: CallOptions) {
      return (await http.call({ method: 'GET', path, query }, call)) as T
    },
    async probe<T>(path: string, call?: CallOptions) {
      const request = { method: 'GET', path, accept: [503] } as const
      return (await http.call(request, { ...call, tries: 1 })) as T
    },
    async post<T>(path: string, body: unknown, call?: CallOptions) {
      return (await http.call({ method: 'POST', path, body }, call)) as T
    },
    async create<T>(path: string, body: unknown, call: CreateOptions = {}) {
      const idempotencyKey = checkKey(call.idempotencyKey ?? randomKey(world))
      return (await http.call({ method: 'POST', path, body, idempotencyKey }, call)) as T
    },
    async remove(path, call) {
      await http.call({ method: 'DELETE', path }, call)
    },
  }
}

/** An id as one segment of a path. Throws InvalidRequestError for what would lead elsewhere. */
export function segment(id: string): string {
  if (typeof id === 'string' && !/^\.{0,2}$/.test(id)) return encodeURIComponent(id)
  throw new InvalidRequestError('invalid_request', `${JSON.stringify(id)} is no id`)
}

function checkKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  const message = '"idempotencyKey" must be 1 to 255 visible ASCII characters'
  throw new InvalidRequestError('invalid_request', message, { field: 'Idempotency-Key' })
}
