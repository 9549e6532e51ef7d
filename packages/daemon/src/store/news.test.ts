import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventMark } from '../engine/coordination-ports.ts'
import { HANDLED_MAX, readWord, wordText } from './news.ts'
import { hex, key } from './sample-subjects.ts'

const word = {
  from: 'a daemon of ours',
  events: true,
  opened: [key(1), key(2)],
  handshakes: false,
  handled: ['00'.repeat(8), 'ff'.repeat(8)],
}

describe('a word between daemons', () => {
  it('is read as it was said', () => {
    assert.deepEqual(readWord(wordText(word)), word)
    const other = { ...word, events: false, opened: [], handshakes: true }
    assert.deepEqual(readWord(wordText(other)), other)
  })

  it('fits into what PostgreSQL takes, naming all keys or none', () => {
    const handled = Array.from({ length: HANDLED_MAX }, (_, n) => eventMark(hex(n)))
    for (const count of [1, 50, 80, 81, 1_000]) {
      const opened = Array.from({ length: count }, (_, n) => key(n))
      const text = wordText({ ...word, opened, handled })
      assert.ok(Buffer.byteLength(text) < 8_000)
      assert.deepEqual(readWord(text)?.opened, count <= 80 ? opened : null)
      assert.deepEqual(readWord(text)?.handled, handled)
    }
  })

  it('of an older daemon names nothing as handled', () => {
    assert.deepEqual(readWord('["x",1,0,[]]')?.handled, [])
  })

  it('of somebody else is none, or harmless', () => {
    for (const text of ['', 'hello', '{}', '[]', '[1,2]', 'null', '"text"', '[null,1,1,[]]']) {
      assert.equal(readWord(text), null, text)
    }
    assert.deepEqual(readWord('["x",1,1,["not a key",5]]')?.opened, [])
  })
})
