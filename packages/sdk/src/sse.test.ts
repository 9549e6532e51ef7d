import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSseParser } from './sse.ts'

function parseAll(pieces: readonly string[]) {
  const parse = createSseParser()
  return pieces.flatMap((piece) => parse(piece))
}

test('a message is its id and its data, told at the empty line', () => {
  const messages = parseAll(['id: 7\ndata: {"a":1}\n\n'])
  assert.deepEqual(messages, [{ id: '7', data: '{"a":1}' }])
})

test('comments, heartbeats, event names and retry times are passed over', () => {
  const text = ': hello\n\nevent: x\nretry: 5\nid: 1\ndata: a\n\n:\n\n: beat\n\ndata: b\n\n'
  assert.deepEqual(parseAll([text]), [
    { id: '1', data: 'a' },
    { id: '1', data: 'b' },
  ])
})

test('several data lines are one text, and only one space after the colon is taken', () => {
  assert.deepEqual(parseAll(['data:  a\ndata:b\ndata\n\n']), [{ id: '', data: ' a\nb\n' }])
})

test('a message that was not finished is not told', () => {
  assert.deepEqual(parseAll(['data: a\n\ndata: half']), [{ id: '', data: 'a' }])
})

test('a message is the same however it was cut in pieces and whatever ends its lines', () => {
  const word = fc.stringMatching(/^[a-zé{}" :]{0,12}$/)
  const expected = fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { maxLength: 5 })
  const property = fc.property(
    expected,
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.array(fc.nat(200)),
    (messages, eol, cuts) => {
      const lines = messages.flatMap((data) => [...data.map((line) => `data: ${line}`), ''])
      // A lone CR is known to end a line only when the next character comes.
      const text = lines.map((line) => line + eol).join('') + (eol === '\r' ? ':' : '')
      const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length]
      places.sort((a, b) => a - b)
      const pieces = places.map((place, i) => text.slice(place, places[i + 1] ?? place))
      assert.deepEqual(
        parseAll(pieces).map(({ data }) => data),
        messages.map((data) => data.join('\n')),
      )
    },
  )
  fc.assert(property)
})

test('a line or a message without end is an error, not memory', () => {
  const piece = 'x'.repeat(100_000)
  assert.throws(() => parseAll(Array(20).fill(piece)), RangeError)
  assert.throws(() => parseAll(Array(20).fill(`data: ${piece}\n`)), RangeError)
})
