// Who may call what: the bearer token is checked before anything else of a request is read.
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../engine/refusal.ts'
import type { RateLimiter } from './rate-limit.ts'
import { mayDo, type Scope, type TokenHolder, type TokenVerifier } from './tokens.ts'

export type Guard = {
  readonly tokens: TokenVerifier
  readonly limits: { readonly read: RateLimiter; readonly write: RateLimiter }
}

/** Rejects with Refusal: unauthorized, forbidden, rate_limited. */
export async function admit(request: FastifyRequest, guard: Guard): Promise<void> {
  const { access, rate } = request.routeOptions.config
  if (access === undefined || access === 'open') return
  const holder = holderOf(request.headers.authorization, guard.tokens)
  // First, so that who may not write uses up nobody's writes.
  if (access !== 'any_token') needScope(holder, access)
  await guard.limits[rate ?? 'read'].take(holder.name)
  request.holder = holder
}

/** Whether the token that a request was let in with is still good. */
export function isStillGood(request: FastifyRequest, tokens: TokenVerifier): boolean {
  const bearer = bearerOf(request.headers.authorization)
  return bearer !== undefined && tokens.verify(bearer) !== null
}

/** Throws Refusal forbidden unless the token has one of these scopes. */
export function needScope(holder: TokenHolder | null, scopes: readonly Scope[]): void {
  if (holder !== null && mayDo(holder, scopes)) return
  const words = scopes.map((scope) => `"${scope}"`).join(' or ')
  throw new Refusal('forbidden', `the token "${holder?.name ?? ''}" lacks the scope ${words}`)
}

/** Throws Refusal unauthorized. */
export function holderOf(header: string | undefined, tokens: TokenVerifier): TokenHolder {
  const bearer = bearerOf(header)
  if (bearer === undefined) {
    throw new Refusal('unauthorized', 'send "Authorization: Bearer <token>"')
  }
  const holder = tokens.verify(bearer)
  if (holder === null) {
    throw new Refusal(
      'unauthorized',
      'the bearer token is not one of this daemon\'s; see "npm run token"',
    )
  }
  return holder
}

function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +([^ ]+) *$/i.exec(header ?? '')?.[1]
}
