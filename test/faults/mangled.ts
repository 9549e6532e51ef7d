// Hostile input, by fast-check: sound texts bent at random, and values where others were expected.
import fc from 'fast-check'

type Arb<T> = fc.Arbitrary<T>

/** One of `samples` with a few characters dropped, doubled, flipped, moved or cut off. */
export function mangled(samples: readonly string[]): Arb<string> {
  const change = fc.tuple(
    fc.constantFrom('drop', 'double', 'replace', 'cut', 'splice'),
    fc.nat(),
    fc.oneof(fc.string({ maxLength: 8, unit: 'binary' }), fc.constantFrom(...NASTY)),
  )
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 4 }))
    .map(([sample, changes]) =>
      changes.reduce((text, [how, at, piece]) => {
        const i = text.length === 0 ? 0 : at % text.length
        return changed(text, how, i, piece)
      }, sample),
    )
}

/** The object with some fields gone, some of another type, and some that nobody asked for. */
export function bent(fields: Readonly<Record<string, unknown>>): Arb<Record<string, unknown>> {
  const names = fc.constantFrom(...Object.keys(fields), '__proto__', 'constructor', '')
  const change = fc.tuple(names, fc.oneof(fc.constant(undefined), ANY_JSON))
  return fc.array(change, { maxLength: 3 }).map((changes) => {
    const result: Record<string, unknown> = { ...fields }
    for (const [name, value] of changes) {
      if (value === undefined) delete result[name]
      else Object.defineProperty(result, name, { value, enumerable: true, configurable: true })
    }
    return result
  })
}

const NASTY = [
  '\0',
  '"',
  '\\',
  '\\ud800',
  '[',
  ']',
  '{}',
  '1e999',
  '-0',
  'null',
  '\u2028',
  '٣',
  '%',
  '=,&',
]

/** Any JSON value, with numbers and lengths at the edges. */
export const ANY_JSON: Arb<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    -1,
    0.5,
    1e308,
    '',
    '0'.repeat(64),
    'f'.repeat(64),
    'x'.repeat(70_000),
    [],
    [[]],
    null,
    true,
  ),
)

function changed(text: string, how: string, i: number, piece: string): string {
  switch (how) {
    case 'drop':
      return text.slice(0, i) + text.slice(i + 1)
    case 'double':
      return text.slice(0, i) + text.slice(Math.max(0, i - 20), i) + text.slice(i)
    case 'replace':
      return text.slice(0, i) + piece + text.slice(i + piece.length)
    case 'cut':
      return text.slice(0, i)
    default:
      return text.slice(0, i) + piece + text.slice(i)
  }
}
