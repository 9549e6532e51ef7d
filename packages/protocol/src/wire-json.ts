// JSON as Portal's messages have it: integers exact up to 2^64-1, timestamps as strings of digits,
// absent the same as null, unknown fields ignored; keys sorted on emission. Reading a field that is
// not what it must be throws MalformedMessage, which readMessage turns into undefined.

export type Fields = Readonly<Record<string, unknown>>

/** Thrown while a message is read, never out of readMessage. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage'
}

export const U64_MAX = 0xffff_ffff_ffff_ffffn

/**
 * Parses `plaintext` as one JSON object and hands its fields to `read`; undefined when it is not
 * one, or when `read` finds it malformed. Integers are bigint, other numbers are number.
 */
export function readMessage<T>(plaintext: string, read: (fields: Fields) => T): T | undefined {
  if (plaintext.length > MESSAGE_CHARS_MAX) return undefined
  try {
    return read(asObject(parseJson(plaintext, exactInteger)))
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined
    throw error
  }
}

/** Parses JSON with `number` deciding what each number becomes. Throws MalformedMessage. */
export function parseJson(text: string, number: ReadNumber): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? number(value, context?.source) : value,
    )
  } catch {
    // A SyntaxError, or a RangeError from nesting deeper than the stack.
    throw new MalformedMessage('not JSON')
  }
}

/** What a JSON number becomes: `source` is its spelling, where the runtime tells it. */
export type ReadNumber = (value: number, source: string | undefined) => number | bigint

/** Compact JSON with the keys sorted at every level; bigint becomes an integer. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`JSON has no number ${value}`)
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members: string[] = []
  for (const [key, member] of Object.entries(value).sort(byKey)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}

/** Unix seconds as the wire writes them. Throws RangeError outside 0 to 2^64-1. */
export function timestampText(seconds: number | bigint): string {
  return u64(seconds, 'a timestamp').toString()
}

/** An amount as the wire writes it. Throws RangeError outside 0 to 2^64-1. */
export function wireAmount(amount: bigint): bigint {
  return u64(amount, 'an amount')
}

export function requiredString(fields: Fields, key: string): string {
  const value = field(fields, key)
  if (typeof value !== 'string') throw new MalformedMessage(`"${key}" must be a string`)
  return value
}

export function optionalString(fields: Fields, key: string): string | null {
  return field(fields, key) === null ? null : requiredString(fields, key)
}

export function requiredStrings(fields: Fields, key: string): readonly string[] {
  const value = field(fields, key)
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new MalformedMessage(`"${key}" must be an array of strings`)
  }
  return value
}

export function requiredObject(fields: Fields, key: string): Fields {
  return asObject(field(fields, key))
}

export function optionalObject(fields: Fields, key: string): Fields | null {
  return field(fields, key) === null ? null : requiredObject(fields, key)
}

/** An integer from 0 to 2^64-1. */
export function requiredAmount(fields: Fields, key: string): bigint {
  const value = field(fields, key)
  if (typeof value !== 'bigint' || value < 0n || value > U64_MAX) {
    throw new MalformedMessage(`"${key}" must be an integer from 0 to 2^64-1`)
  }
  return value
}

/** A finite JSON number, integer or not. */
export function requiredNumber(fields: Fields, key: string): number {
  const value = field(fields, key)
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw new MalformedMessage(`"${key}" must be a number`)
  }
  return number
}

/** Unix seconds as a string of digits, up to 2^64-1. */
export function requiredTimestamp64(fields: Fields, key: string): bigint {
  const text = requiredString(fields, key)
  const seconds = TIMESTAMP.test(text) ? BigInt(text.replace('+', '')) : -1n
  if (seconds < 0n || seconds > U64_MAX) {
    throw new MalformedMessage(`"${key}" must be unix seconds as a string of digits`)
  }
  return seconds
}

/** Unix seconds as a string of digits, up to 2^53-1: later instants are refused, not rounded. */
export function requiredTimestamp(fields: Fields, key: string): number {
  const seconds = requiredTimestamp64(fields, key)
  if (seconds > Number.MAX_SAFE_INTEGER) {
    throw new MalformedMessage(`"${key}" must be at most 2^53-1`)
  }
  return Number(seconds)
}

/** Own property or null: absent is the same as null, and prototypes say nothing. */
export function field(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? (fields[key] ?? null) : null
}

export function asObject(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedMessage('must be an object')
  }
  return value as Fields
}

// More than NIP-44 can carry, so that only what no relay event can hold is refused unread.
const MESSAGE_CHARS_MAX = 65_536

// The reference reads an optional plus sign and nothing else beside the digits.
const TIMESTAMP = /^\+?[0-9]{1,40}$/

function exactInteger(value: number, source: string | undefined): number | bigint {
  if (source !== undefined) return /^(0|-?[1-9][0-9]*)$/.test(source) ? BigInt(source) : value
  // Runtimes before `context.source`: what JSON.parse may have rounded stays a number, which
  // requiredAmount refuses.
  return Number.isSafeInteger(value) ? BigInt(value) : value
}

function u64(value: number | bigint, what: string): bigint {
  const isExact = typeof value === 'bigint' || Number.isSafeInteger(value)
  if (!isExact || value < 0 || value > U64_MAX) {
    throw new RangeError(`${what} must be an integer from 0 to 2^64-1, got ${value}`)
  }
  return BigInt(value)
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
