// The data part of a BOLT 11 invoice as bech32 leaves it: words of 5 bits, and the tagged fields in
// them. What the fields mean is in bolt11.ts.
import { bech32 } from '@scure/base'

/** Not a readable BOLT 11 invoice, or fields that do not make one. */
export class Bolt11Error extends Error {
  override readonly name = 'Bolt11Error'
  readonly code = 'invalid_invoice'
}

/** Five bits each. */
export type Words = readonly number[]

export type FieldName = 'p' | 's' | 'd' | 'n' | 'h' | 'x' | 'c' | '9'

/**
 * The first of each field we know. BOLT 11: unknown ones are skipped, as are those of a fixed
 * length that have another one. Throws `Bolt11Error` when the words end inside a field.
 */
export function readFields(words: Words): ReadonlyMap<FieldName, Words> {
  const fields = new Map<FieldName, Words>()
  for (let at = 0; at < words.length; ) {
    const [type, high, low] = words.slice(at, at + 3)
    if (type === undefined || high === undefined || low === undefined) {
      throw new Bolt11Error('a tagged field is cut short')
    }
    const length = high * 32 + low
    const data = words.slice(at + 3, at + 3 + length)
    if (data.length < length) throw new Bolt11Error('a tagged field is longer than the invoice')
    const name = NAME_OF.get(type)
    const fits = name !== undefined && (FIXED_LENGTH.get(name) ?? length) === length
    if (fits && !fields.has(name)) fields.set(name, data)
    at += 3 + length
  }
  return fields
}

/** One tagged field: type, length, data. */
export function fieldWords(name: FieldName, data: Words): Words {
  return [TYPE_OF[name], ...fixedWords(data.length, 2), ...data]
}

/** Whole bytes; what is left over must be less than a word and zero. Throws `Bolt11Error`. */
export function bytesOf(words: Words): Uint8Array {
  const bytes = bech32.fromWordsUnsafe([...words])
  if (!bytes) throw new Bolt11Error('a tagged field is not padded with zeros')
  return bytes
}

/** All bits, with zeros up to the next byte, as they are hashed for the signature. */
export function paddedBytesOf(words: Words): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((words.length * 5) / 8))
  words.forEach((word, index) => {
    const bit = index * 5
    const at = bit >> 3
    // The word's five bits, placed in the two bytes it may touch.
    const placed = word << (11 - (bit & 7))
    bytes[at] = (bytes[at] ?? 0) | (placed >> 8)
    if (at + 1 < bytes.length) bytes[at + 1] = placed & 0xff
  })
  return bytes
}

/** A big-endian number. Throws `Bolt11Error` above 2^53-1. */
export function integerOf(words: Words, name: string): number {
  const value = words.reduce((sum, word) => sum * 32 + word, 0)
  if (!Number.isSafeInteger(value)) throw new Bolt11Error(`the ${name} is out of range`)
  return value
}

/** Big-endian in as few words as possible. Throws `Bolt11Error` unless from 0 to 2^53-1. */
export function integerWords(value: number, name: string): Words {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Bolt11Error(`the ${name} is not a whole number from 0 to 2^53-1`)
  }
  const words: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 32)) words.unshift(rest % 32)
  return words
}

/** Big-endian in exactly `length` words. Throws `Bolt11Error` when they are too few. */
export function fixedWords(value: number, length: number): Words {
  const words = integerWords(value, 'number')
  if (words.length > length) throw new Bolt11Error(`${value} does not fit ${length * 5} bits`)
  return [...new Array<number>(length - words.length).fill(0), ...words]
}

const TYPE_OF = { p: 1, s: 16, d: 13, n: 19, h: 23, x: 6, c: 24, '9': 5 } as const
const NAME_OF: ReadonlyMap<number, FieldName> = new Map([
  [1, 'p'],
  [16, 's'],
  [13, 'd'],
  [19, 'n'],
  [23, 'h'],
  [6, 'x'],
  [24, 'c'],
  [5, '9'],
])
const FIXED_LENGTH: ReadonlyMap<FieldName, number> = new Map([
  ['p', 52],
  ['s', 52],
  ['h', 52],
  ['n', 53],
])
