// Who may call what: the bearer token is checked before anything else of a request is read.
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../engine/refusal.ts'
import type { RateLimiter } from './rate-limit.ts'
import { mayDo, type Scope, type TokenHolder, type TokenVerifier } from './tokens.ts'

export type Guard = {
  readonly tokens: TokenVerifier
  readonly limits: { readonly read: RateLimiter; readonly write: RateLimiter }
}

/** Rejects with Refusal: unauthorized, rate_limited, forbidden. */
export async function admit(request: FastifyRequest, guard: Guard): Promise<void> {
  const { access, rate } = request.routeOptions.config
  if (access === undefined || access === 'open') return
  const holder = holderOf(request.headers.authorization, guard.tokens)
  await guard.limits[rate ?? 'read'].take(holder.name)
  if (access !== 'any_token') needScope(holder, access)
  request.holder = holder
}

/** Throws Refusal forbidden unless the token has one of these scopes. */
export function needScope(holder: TokenHolder | null, scopes: readonly Scope[]): void {
  if (holder !== null && mayDo(holder, scopes)) return
  const words = scopes.map((scope) => `"${scope}"`).join(' or ')
  throw new Refusal('forbidden', `the token "${holder?.name ?? ''}" lacks the scope ${words}`)
}

function holderOf(header: string | undefined, tokens: TokenVerifier): TokenHolder {
  const bearer = /^bearer +([^ ]+) *$/i.exec(header ?? '')?.[1]
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
