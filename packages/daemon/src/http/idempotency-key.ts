// The Idempotency-Key of a request, with the fingerprint that tells an equal request from another
// one.
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { IdempotencyKey } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'

const KEY_CHARS_MAX = 255

export const idempotencyHeader = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      description:
        `The same key with the same JSON never makes a second request; with other JSON: 422. ` +
        `Kept as long as what it made; one space for the whole daemon. 1 to ${KEY_CHARS_MAX} visible ASCII ` +
        `characters.`,
    }),
  ),
})

/** Null without the header. `body` has passed its checks. Throws Refusal invalid_request. */
export function idempotencyKey(request: FastifyRequest, body: unknown): IdempotencyKey | null {
  const header = request.headers['idempotency-key']
  if (header === undefined) return null
  const key = typeof header === 'string' ? header : header.join(', ')
  if (key.length > KEY_CHARS_MAX || !/^[\x21-\x7e]+$/.test(key)) {
    const detail = `"Idempotency-Key" must be 1 to ${KEY_CHARS_MAX} visible ASCII characters`
    throw new Refusal('invalid_request', detail, { field: 'Idempotency-Key' })
  }
  return { key, fingerprint: fingerprint(request.routeOptions.url ?? '', body) }
}

/** SHA-256 (hex) over the path and the canonical body: keys sorted, null fields left out. */
export function fingerprint(path: string, body: unknown): string {
  const fields = isObject(body)
    ? Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
    : {}
  return createHash('sha256')
    .update(`${path}\n${canonicalJson(fields)}`)
    .digest('hex')
}

/** JSON with the keys of every object in order. The depth of `value` must be bounded. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
  return `{${fields.join(',')}}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
