// The fastify instance as the routes see it, and what each route says about itself.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Scope, TokenHolder } from './tokens.ts'

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Who may call a route: anybody, any valid token, or a token with one of these scopes. */
export type Access = 'open' | 'any_token' | readonly Scope[]

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it; a route that does not is a programming error, found at start. */
    access?: Access
    /** `write` for what creates or changes something: its own, lower, rate limit. */
    rate?: 'read' | 'write'
  }
  interface FastifyRequest {
    /** The token the request came with; null on open routes. */
    holder: TokenHolder | null
  }
}
