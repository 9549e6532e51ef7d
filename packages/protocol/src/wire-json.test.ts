import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import messages from '../vectors/messages.json' with { type: 'json' }
import {
  canonicalJson,
  type Fields,
  optionalString,
  parseJson,
  readMessage,
  requiredAmount,
  requiredNumber,
  requiredString,
  requiredStrings,
  requiredTimestamp,
  requiredTimestamp64,
  timestampText,
  wireAmount,
} from './wire-json.ts'

const read = <T>(json: string, reader: (fields: Fields, key: string) => T) =>
  readMessage(`{"v":${json}}`, (fields) => reader(fields, 'v'))

test('an amount is a JSON integer from 0 to 2^64-1, read exactly', () => {
  assert.equal(read('0', requiredAmount), 0n)
  assert.equal(read('9007199254740993', requiredAmount), 9_007_199_254_740_993n)
  assert.equal(read('18446744073709551615', requiredAmount), 2n ** 64n - 1n)
  const refused = ['18446744073709551616', '5.0', '5e0', '1e3', '0.5', '-0', '-5', '"5"', 'null']
  for (const json of [...refused, 'true', '[]', '1e999']) {
    assert.equal(read(json, requiredAmount), undefined, json)
  }
})

test('where the runtime hides the spelling, what may be rounded is refused', () => {
  const withoutSource = JSON.parse
  try {
    JSON.parse = (text: string, reviver?: (key: string, value: unknown) => unknown) =>
      withoutSource(text, reviver && ((key, value) => reviver(key, value)))
    assert.equal(read('9007199254740991', requiredAmount), 9_007_199_254_740_991n)
    assert.equal(read('9007199254740993', requiredAmount), undefined)
    assert.equal(read('0.5', requiredAmount), undefined)
    assert.equal(read('0.5', requiredNumber), 0.5)
  } finally {
    JSON.parse = withoutSource
  }
})

test('a timestamp is a string of digits', () => {
  for (const { input, ok, type } of messages.accepts) {
    if (type !== 'Timestamp') continue
    assert.equal(read(input, requiredTimestamp64) !== undefined, ok, input)
  }
  assert.equal(read('"1790000300"', requiredTimestamp), 1_790_000_300)
  assert.equal(read('"+5"', requiredTimestamp), 5)
  assert.equal(read('"007"', requiredTimestamp), 7)
  assert.equal(read('"18446744073709551615"', requiredTimestamp64), 2n ** 64n - 1n)
  assert.equal(read('"18446744073709551616"', requiredTimestamp64), undefined)
  const refused = [
    '5',
    '"-1"',
    '"-0"',
    '"1.5"',
    '" 1"',
    '"1 "',
    '""',
    '"++1"',
    '"1e3"',
    '"٣"',
    'null',
  ]
  for (const json of refused) assert.equal(read(json, requiredTimestamp64), undefined, json)
})

test('a timestamp beyond what a number holds exactly is refused, not rounded', () => {
  assert.equal(read('"9007199254740991"', requiredTimestamp), 2 ** 53 - 1)
  assert.equal(read('"9007199254740992"', requiredTimestamp), undefined)
})

test('absent is the same as null, and only for optional fields', () => {
  assert.equal(read('null', optionalString), null)
  assert.equal(
    readMessage('{}', (fields) => optionalString(fields, 'v')),
    null,
  )
  assert.equal(read('5', optionalString), undefined)
  assert.equal(read('null', requiredString), undefined)
  assert.equal(read('["a",null]', requiredStrings), undefined)
})

test('names of the prototype are no fields, and "__proto__" poisons nothing', () => {
  for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.equal(
      readMessage('{}', (fields) => optionalString(fields, key)),
      null,
    )
  }
  const text = '{"__proto__":{"v":"inherited"},"constructor":{"prototype":{"v":"inherited"}}}'
  assert.equal(
    readMessage(text, (fields) => requiredString(fields, 'v')),
    undefined,
  )
  assert.equal(Object.hasOwn(Object.prototype, 'v'), false)
})

test('of a duplicated key the last one counts', () => {
  assert.equal(
    readMessage('{"v":"first","v":"last"}', (fields) => requiredString(fields, 'v')),
    'last',
  )
})

test('what is not one JSON object is no message', () => {
  const texts = ['', 'null', '[]', '"text"', '5', '{', '{}{}', '{"v":1,}', "{'v':1}", '\u0000']
  for (const text of texts)
    assert.equal(
      readMessage(text, () => true),
      undefined,
      text,
    )
})

test('nesting deeper than the stack and texts longer than an event are refused', () => {
  const deep = `${'['.repeat(32_000)}${']'.repeat(32_000)}`
  assert.equal(typeof readMessage(`{"v":${deep}}`, () => 'read'), 'undefined')
  const long = `{"v":"${'x'.repeat(65_536)}"}`
  assert.equal(
    readMessage(long, () => 'read'),
    undefined,
  )
})

test('an accident while reading is not taken for a malformed message', () => {
  assert.throws(() => {
    readMessage('{}', () => {
      throw new TypeError('ours')
    })
  }, TypeError)
})

test('emitted JSON is compact, with the keys sorted at every level', () => {
  const value = { b: [{ d: 1, c: null }], a: 'ü"\n', B: 18_446_744_073_709_551_615n, e: undefined }
  assert.equal(
    canonicalJson(value),
    '{"B":18446744073709551615,"a":"ü\\"\\n","b":[{"c":null,"d":1}]}',
  )
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => canonicalJson({ number }), RangeError)
  }
})

test('emitted JSON says what the value says', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('a timestamp or an amount outside its range is never emitted', () => {
  assert.equal(timestampText(1_790_000_300), '1790000300')
  assert.equal(timestampText(2n ** 64n - 1n), '18446744073709551615')
  for (const seconds of [-1, 1.5, 2 ** 53, Number.NaN, -1n, 2n ** 64n]) {
    assert.throws(() => timestampText(seconds), RangeError)
  }
  for (const amount of [-1n, 2n ** 64n]) assert.throws(() => wireAmount(amount), RangeError)
})

test('parsing any text throws nothing but MalformedMessage', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        parseJson(text, (value) => value)
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'MalformedMessage')
      }
    }),
  )
})
