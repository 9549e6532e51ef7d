// Bearer tokens: kept only as SHA-256 hashes, each with a name and scopes. Pure; where the book
// is kept is its caller's business.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from 'portal-protocol'

export const SCOPES = ['payments:write', 'payments:read', 'auth', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

export type StoredToken = {
  readonly name: string
  /** Lowercase hex of the SHA-256 of the token. */
  readonly sha256: string
  readonly scopes: readonly Scope[]
  /** Unix seconds. */
  readonly createdAt: number
  /** Unix seconds; null: never. Set when it was rotated out. */
  readonly expiresAt: number | null
}

export type TokenHolder = { readonly name: string; readonly scopes: readonly Scope[] }

/** Who a bearer token belongs to, or null. */
export interface TokenVerifier {
  verify(bearer: string): TokenHolder | null
}

export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly code:
    | 'invalid_name'
    | 'invalid_scope'
    | 'too_short'
    | 'name_used'
    | 'unknown_name'
    | 'too_many'

  constructor(code: TokenError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** The name under which the store keeps the book. */
export const TOKEN_BOOK = 'http_tokens'
export const TOKEN_CHARS_MIN = 16
const TOKENS_MAX = 64
const BEARER_CHARS_MAX = 512

/** A new token: 32 random bytes. Shown once, kept by nobody. */
export function newToken(random: RandomBytes): string {
  return `portal_${Buffer.from(random(32)).toString('base64url')}`
}

export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** The book as it was stored; empty for null. Throws on anything that this module did not write. */
export function parseTokenBook(stored: string | null): readonly StoredToken[] {
  if (stored === null) return []
  const book: unknown = JSON.parse(stored)
  if (!Array.isArray(book) || !book.every(isStoredToken)) {
    throw new Error(`the stored value "${TOKEN_BOOK}" is not a list of tokens`)
  }
  return book
}

/** Throws TokenError: invalid_name, invalid_scope, too_short, name_used, too_many. */
export function addToken(
  book: readonly StoredToken[],
  added: { readonly name: string; readonly scopes: readonly string[]; readonly token: string },
  now: number,
): readonly StoredToken[] {
  const kept = alive(book, now)
  if (kept.some((token) => token.name === added.name)) {
    throw new TokenError('name_used', `there is a token named "${added.name}"; rotate or remove it`)
  }
  return appended(kept, storedToken(added, now))
}

/** Throws TokenError unknown_name. */
export function removeToken(book: readonly StoredToken[], name: string): readonly StoredToken[] {
  const kept = book.filter((token) => token.name !== name)
  if (kept.length === book.length) throw unknownName(name)
  return kept
}

/**
 * A new token for the same name and scopes; the old one stays good for `overlapS` seconds, so that
 * callers can change over. Throws TokenError: unknown_name, too_short, too_many.
 */
export function rotateToken(
  book: readonly StoredToken[],
  rotated: { readonly name: string; readonly token: string; readonly overlapS: number },
  now: number,
): readonly StoredToken[] {
  const current = book.find((token) => token.name === rotated.name && token.expiresAt === null)
  if (current === undefined) throw unknownName(rotated.name)
  const expiresAt = now + rotated.overlapS
  const kept = alive(book, now).map((token) =>
    token === current ? { ...token, expiresAt } : token,
  )
  return appended(kept, storedToken({ ...rotated, scopes: current.scopes }, now))
}

/** The token's entry, for a book or for a token from the settings. Throws TokenError. */
export function storedToken(
  given: { readonly name: string; readonly scopes: readonly string[]; readonly token: string },
  now: number,
): StoredToken {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(given.name)) {
    throw new TokenError('invalid_name', 'a name is 1 to 64 of A-Z a-z 0-9 . _ -')
  }
  const unknown = given.scopes.find((scope) => !isScope(scope))
  if (unknown !== undefined || given.scopes.length === 0) {
    throw new TokenError(
      'invalid_scope',
      `scopes are some of ${SCOPES.join(', ')}, got "${unknown ?? ''}"`,
    )
  }
  if (given.token.length < TOKEN_CHARS_MIN) {
    throw new TokenError('too_short', `a token must have at least ${TOKEN_CHARS_MIN} characters`)
  }
  return {
    name: given.name,
    sha256: hashOfToken(given.token),
    scopes: given.scopes.filter(isScope),
    createdAt: now,
    expiresAt: null,
  }
}

/** The holder of `bearer`. Compares with every entry, in a time that tells nothing about them. */
export function findToken(
  book: readonly StoredToken[],
  bearer: string,
  now: number,
): TokenHolder | null {
  if (bearer.length > BEARER_CHARS_MAX) return null
  const hash = createHash('sha256').update(bearer).digest()
  let holder: StoredToken | null = null
  for (const token of book) {
    const same = timingSafeEqual(hash, Buffer.from(token.sha256, 'hex'))
    if (same && (token.expiresAt === null || token.expiresAt > now)) holder = token
  }
  return holder === null ? null : { name: holder.name, scopes: holder.scopes }
}

/** `admin` may do everything. */
export function mayDo(holder: TokenHolder, scopes: readonly Scope[]): boolean {
  return holder.scopes.includes('admin') || scopes.some((scope) => holder.scopes.includes(scope))
}

function alive(book: readonly StoredToken[], now: number): readonly StoredToken[] {
  return book.filter((token) => token.expiresAt === null || token.expiresAt > now)
}

function appended(book: readonly StoredToken[], token: StoredToken): readonly StoredToken[] {
  if (book.length < TOKENS_MAX) return [...book, token]
  throw new TokenError('too_many', `there are ${TOKENS_MAX} tokens already; remove one`)
}

function unknownName(name: string): TokenError {
  return new TokenError('unknown_name', `there is no token named "${name}"`)
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text)
}

function isStoredToken(value: unknown): value is StoredToken {
  if (typeof value !== 'object' || value === null) return false
  const { name, sha256, scopes, createdAt, expiresAt } = value as Record<string, unknown>
  return (
    typeof name === 'string' &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Array.isArray(scopes) &&
    scopes.every((scope) => typeof scope === 'string' && isScope(scope)) &&
    Number.isSafeInteger(createdAt) &&
    (expiresAt === null || Number.isSafeInteger(expiresAt))
  )
}
