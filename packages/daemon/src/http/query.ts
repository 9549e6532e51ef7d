// Query parameters are text; this reads numbers and booleans out of it, strictly: decimal digits, `true`,
// `false`. Whatever does not read stays text, and the schema check says what was expected.
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../engine/refusal.ts'

/** A non-negative integer up to 2^53-1 in decimal digits; null for anything else. */
export function decimal(text: string): number | null {
  if (!/^[0-9]{1,16}$/.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}

/** A route without query parameters takes none. Throws Refusal invalid_request. */
export function refuseUnknownQuery(request: FastifyRequest): void {
  const { config, schema } = request.routeOptions
  if (config.access === undefined || schema?.querystring !== undefined) return
  const name = isObject(request.query) ? Object.keys(request.query)[0] : undefined
  if (name === undefined) return
  const detail = `unknown query parameter "${name.slice(0, 100)}"; this address takes none`
  throw new Refusal('invalid_request', detail, { field: name })
}

/** The request's query with the types that its route's schema names. */
export function typedQuery(request: FastifyRequest): unknown {
  const properties = propertiesOf(request.routeOptions.schema?.querystring)
  if (properties === null || !isObject(request.query)) return request.query
  const entries = Object.entries(request.query).map(([name, value]) => [
    name,
    typeof value === 'string' ? typed(value, properties[name]) : value,
  ])
  return Object.fromEntries(entries)
}

function typed(text: string, schema: unknown): unknown {
  // Of several types the first is the one that is not text.
  if (isObject(schema) && Array.isArray(schema.anyOf)) return typed(text, schema.anyOf[0])
  const type = isObject(schema) ? schema.type : undefined
  if (type === 'integer') return decimal(text) ?? text
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> | null {
  const properties = isObject(schema) ? schema.properties : null
  return isObject(properties) ? properties : null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
