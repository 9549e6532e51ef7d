import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addToken,
  findToken,
  mayDo,
  newToken,
  parseTokenBook,
  removeToken,
  rotateToken,
  TokenError,
} from './tokens.ts'

const random = (length: number) => new Uint8Array(length).fill(7)
const TOKEN = 'a-token-of-enough-length'
const OTHER = 'another-token-of-length'

const code = (expected: TokenError['code']) => (error: unknown) =>
  error instanceof TokenError && error.code === expected

test('a book holds names, scopes and hashes, never a token', () => {
  const book = addToken([], { name: 'shop', scopes: ['payments:write'], token: TOKEN }, 100)
  assert.ok(!JSON.stringify(book).includes(TOKEN))
  assert.deepEqual(findToken(book, TOKEN, 100), { name: 'shop', scopes: ['payments:write'] })
  assert.equal(findToken(book, OTHER, 100), null)
  assert.deepEqual(parseTokenBook(JSON.stringify(book)), book)
})

test('a new token is long and has no letters that need escaping', () => {
  assert.match(newToken(random), /^portal_[A-Za-z0-9_-]{43}$/)
})

test('names are used once, well formed; scopes are known; tokens long enough', () => {
  const book = addToken([], { name: 'shop', scopes: ['auth'], token: TOKEN }, 0)
  const add = (name: string, scopes: string[], token: string) => () =>
    addToken(book, { name, scopes, token }, 0)
  assert.throws(add('shop', ['auth'], OTHER), code('name_used'))
  assert.throws(add('', ['auth'], OTHER), code('invalid_name'))
  assert.throws(add('a b', ['auth'], OTHER), code('invalid_name'))
  assert.throws(add('b', [], OTHER), code('invalid_scope'))
  assert.throws(add('b', ['root'], OTHER), code('invalid_scope'))
  assert.throws(add('b', ['auth'], 'short'), code('too_short'))
})

test('a removed token is refused at once', () => {
  const book = addToken([], { name: 'shop', scopes: ['auth'], token: TOKEN }, 0)
  assert.equal(findToken(removeToken(book, 'shop'), TOKEN, 0), null)
  assert.throws(() => removeToken(book, 'till'), code('unknown_name'))
})

test('after a rotation both tokens are good until the overlap ends, then only the new one', () => {
  const book = addToken([], { name: 'shop', scopes: ['auth'], token: TOKEN }, 0)
  const rotated = rotateToken(book, { name: 'shop', token: OTHER, overlapS: 60 }, 1_000)
  assert.deepEqual(findToken(rotated, TOKEN, 1_059), { name: 'shop', scopes: ['auth'] })
  assert.equal(findToken(rotated, TOKEN, 1_060), null)
  assert.deepEqual(findToken(rotated, OTHER, 9_999), { name: 'shop', scopes: ['auth'] })
  const again = rotateToken(rotated, { name: 'shop', token: TOKEN, overlapS: 0 }, 2_000)
  assert.equal(again.length, 2)
  assert.throws(
    () => rotateToken(book, { name: 'till', token: OTHER, overlapS: 1 }, 0),
    code('unknown_name'),
  )
})

test('the number of tokens is bounded', () => {
  let book: ReturnType<typeof addToken> = []
  for (let i = 0; i < 64; i++) {
    book = addToken(book, { name: `n${i}`, scopes: ['auth'], token: `${TOKEN}${i}` }, 0)
  }
  assert.throws(
    () => addToken(book, { name: 'x', scopes: ['auth'], token: OTHER }, 0),
    code('too_many'),
  )
})

test('admin may do everything, others what their scopes say', () => {
  assert.ok(mayDo({ name: 'a', scopes: ['admin'] }, ['payments:write']))
  assert.ok(mayDo({ name: 'b', scopes: ['auth'] }, ['payments:read', 'auth']))
  assert.ok(!mayDo({ name: 'b', scopes: ['auth'] }, ['payments:read']))
})

test('a stored book that this program did not write is an error, not an open door', () => {
  for (const stored of ['{}', '[1]', '[{"name":"a"}]', '[{"name":"a","sha256":"","scopes":[]}]']) {
    assert.throws(() => parseTokenBook(stored), /not a list of tokens/)
  }
  assert.throws(() => parseTokenBook('nonsense'))
})
