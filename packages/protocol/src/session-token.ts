// Session tokens: ES256K JSON Web Tokens (RFC 7519, RFC 8812) that a user's key issues for a
// service's key when it approves an auth challenge.

import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base64urlnopad } from '@scure/base'
import type { PublicKey, SecretKey } from './keys.ts'
import type { Secp256k1 } from './secp256k1.ts'
import { evenYSecret } from './subkey.ts'

/** Unix seconds, but for the target: the public key that the token was issued for. */
export type SessionTokenClaims = {
  readonly expiresAt: number
  readonly notBefore: number
  readonly issuedAt: number
  readonly targetKey: string
}

export type SessionTokenVerdict =
  | { readonly valid: true; readonly claims: SessionTokenClaims }
  | {
      readonly valid: false
      readonly reason: 'malformed' | 'bad_signature' | 'wrong_target' | 'expired' | 'not_yet_valid'
    }

/** A token signed by `issuer` for `targetKey`; times in unix seconds. */
export function issueSessionToken(
  issuer: SecretKey,
  targetKey: PublicKey,
  lifetime: { readonly issuedAt: number; readonly expiresAt: number },
  secp: Secp256k1,
): string {
  // The claims' order is the one that existing wallets emit.
  const claims = JSON.stringify({
    exp: lifetime.expiresAt,
    nbf: lifetime.issuedAt,
    iat: lifetime.issuedAt,
    target_key: targetKey,
  })
  const signed = `${base64url(HEADER)}.${base64url(claims)}`
  const signature = secp.signEcdsa(sha256(utf8ToBytes(signed)), evenYSecret(issuer, secp))
  return `${signed}.${base64urlnopad.encode(signature)}`
}

/**
 * Checks the signature, the target when one is given, and the dates when `now` (unix seconds) is
 * given. The issuer's clock may be up to a minute ahead of ours.
 */
export function verifySessionToken(
  token: string,
  expected: {
    readonly issuer: PublicKey
    readonly targetKey?: PublicKey
    readonly now: number | null
  },
  secp: Secp256k1,
): SessionTokenVerdict {
  const parts = decode(token)
  if (parts === undefined) return { valid: false, reason: 'malformed' }
  const { claims, signature, hash } = parts
  // A Nostr key stands for its even point (BIP-340), hence the prefix.
  const issuer = concatBytes(Uint8Array.of(2), hexToBytes(expected.issuer))
  if (!secp.verifyEcdsa(signature, hash, issuer)) return { valid: false, reason: 'bad_signature' }
  if (expected.targetKey !== undefined && claims.targetKey.toLowerCase() !== expected.targetKey) {
    return { valid: false, reason: 'wrong_target' }
  }
  if (expected.now !== null) {
    if (expected.now >= claims.expiresAt) return { valid: false, reason: 'expired' }
    if (expected.now + CLOCK_SKEW_SECONDS < claims.notBefore) {
      return { valid: false, reason: 'not_yet_valid' }
    }
  }
  return { valid: true, claims }
}

const HEADER = '{"alg":"ES256K"}'
const TOKEN_CHARS_MAX = 8_192
const CLOCK_SKEW_SECONDS = 60

function decode(
  token: string,
): { claims: SessionTokenClaims; signature: Uint8Array; hash: Uint8Array } | undefined {
  if (token.length > TOKEN_CHARS_MAX) return undefined
  const [header, payload, signature, ...rest] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined) return undefined
  if (rest.length > 0) return undefined
  try {
    // RFC 8725 §3.1: the algorithm is ours to say; a token that names another is not for us.
    if (parseObject(header).alg !== 'ES256K') return undefined
    const claims = readClaims(parseObject(payload))
    if (claims === undefined) return undefined
    return {
      claims,
      signature: base64urlnopad.decode(signature),
      hash: sha256(utf8ToBytes(`${header}.${payload}`)),
    }
  } catch {
    return undefined
  }
}

function readClaims(fields: Readonly<Record<string, unknown>>): SessionTokenClaims | undefined {
  const { exp, nbf, iat, target_key } = fields
  if (!isTime(exp) || !isTime(nbf) || !isTime(iat)) return undefined
  if (typeof target_key !== 'string') return undefined
  return { expiresAt: exp, notBefore: nbf, issuedAt: iat, targetKey: target_key }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function parseObject(part: string): Record<string, unknown> {
  const value: unknown = JSON.parse(new TextDecoder().decode(base64urlnopad.decode(part)))
  if (typeof value !== 'object' || value === null) throw new SyntaxError('not an object')
  return value as Record<string, unknown>
}

function base64url(text: string): string {
  return base64urlnopad.encode(utf8ToBytes(text))
}
