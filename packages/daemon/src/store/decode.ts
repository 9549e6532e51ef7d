// Reading columns strictly: a value that no version of the daemon writes means that the file was
// damaged or changed by hand, and guessing about money would be worse than stopping.
import type { PublicKey } from 'portal-protocol'
import { StoreError } from '../engine/ports.ts'

/** One of the words of a union, given as a table from each word to itself. */
export function word<T extends string>(
  words: { readonly [word: string]: T },
  value: string,
  column: string,
): T {
  const known = Object.hasOwn(words, value) ? words[value] : undefined
  if (known === undefined) throw damaged(column)
  return known
}

export function flag(value: number, column: string): boolean {
  if (value !== 0 && value !== 1) throw damaged(column)
  return value === 1
}

/** 32 bytes as lowercase hex: keys, hashes, preimages. */
export function hex32(value: string, column: string): string {
  if (!HEX_32.test(value)) throw damaged(column)
  return value
}

export function publicKey(value: string, column: string): PublicKey {
  return hex32(value, column) as PublicKey
}

/** A JSON list, each item read by `item`. */
export function list<T>(text: string, column: string, item: (value: unknown) => T): readonly T[] {
  const value = json(text, column)
  if (!Array.isArray(value)) throw damaged(column)
  return value.map(item)
}

export function publicKeys(text: string, column: string): readonly PublicKey[] {
  if (text === '[]') return []
  return list(text, column, (value) => {
    if (typeof value !== 'string') throw damaged(column)
    return publicKey(value, column)
  })
}

export function texts(text: string, column: string): readonly string[] {
  return list(text, column, (value) => {
    if (typeof value !== 'string') throw damaged(column)
    return value
  })
}

export function json(text: string, column: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw damaged(column)
  }
}

/** A value that must be there for this kind of row. */
export function present<T>(value: T | null, column: string): T {
  if (value === null) throw damaged(column)
  return value
}

/** Names the column only: what stands there may be a secret. */
export function damaged(column: string): StoreError {
  return new StoreError(
    'damaged',
    `${column} of a row holds what this version never writes; restore the store from a backup`,
  )
}

const HEX_32 = /^[0-9a-f]{64}$/
