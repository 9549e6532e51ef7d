import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../vectors/handshake-urls.json' with { type: 'json' }
import {
  formatHandshakeUrl,
  type HandshakeUrl,
  HandshakeUrlError,
  parseHandshakeUrl,
} from './handshake-url.ts'
import { npubOf, parsePublicKey } from './keys.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'

type Told = {
  main_key: string
  relays: string[]
  token: string
  subkey: string | null
  no_request: boolean
}

const key = (text: string) => parsePublicKey(text, secp)
const mainKey = key('1b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f')
const subkey = key('531fe6068134503d2723133227c867ac8fa6c83c537e9a44c3c5bdbdcb1fe337')
const npub = npubOf(mainKey)
const parse = (text: string) => parseHandshakeUrl(text, secp)
const fromTold = (told: Told): HandshakeUrl => ({
  mainKey: key(told.main_key),
  relays: told.relays,
  token: told.token,
  subkey: told.subkey === null ? null : key(told.subkey),
  noRequest: told.no_request,
})

test('URLs are written as another implementation writes them, and read the same', () => {
  assert.equal(vectors.format.length, 6)
  for (const vector of vectors.format) {
    assert.equal(formatHandshakeUrl(fromTold(vector)), vector.url)
    assert.deepEqual(parse(vector.url), fromTold(vector.parsed))
  }
})

test('URLs are read and refused as another implementation does', () => {
  assert.equal(vectors.parse.length, 8)
  for (const { input, parsed } of vectors.parse) {
    if (parsed === null) assert.throws(() => parse(input), HandshakeUrlError, input)
    else assert.deepEqual(parse(input), fromTold(parsed))
  }
})

test('in a relay everything but the unreserved characters of RFC 3986 is encoded', () => {
  const relays = ["-_.~!'()*,ü"]
  const url = formatHandshakeUrl({ mainKey, relays, token: 't', subkey: null, noRequest: false })
  assert.ok(url.includes('?relays=-_.~%21%27%28%29%2A%2C%C3%BC&token=t'))
})

test('whatever URL we write is read as it was', () => {
  const urls = fc.record({
    mainKey: fc.constantFrom(mainKey, subkey),
    relays: fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1 }),
    token: fc
      .string({ unit: 'grapheme' })
      .filter((token) => !token.includes('&') && token.trim() === token),
    subkey: fc.constantFrom(null, subkey),
    noRequest: fc.boolean(),
  })
  fc.assert(
    fc.property(urls, (url) => {
      // fast-check makes records without a prototype; structuredClone gives them one.
      assert.deepEqual(parse(formatHandshakeUrl(url)), structuredClone(url))
    }),
  )
})

test('no text makes the reader do anything but answer or refuse', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `portal://${rest}`),
    fc.string().map((rest) => `portal://${npub}?${rest}`),
    fc.string().map((rest) => `portal://${npub}?token=t&relays=${rest}`),
  )
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parse(text)
      } catch (error) {
        assert.ok(error instanceof HandshakeUrlError)
        assert.equal(error.code, 'invalid_handshake_url')
      }
    }),
  )
})

test('the rules of reading, one by one', () => {
  const read = (query: string) => parse(`portal://${npub}?${query}`)
  assert.deepEqual(read('relays=wss://a,wss://b&token=t').relays, ['wss://a', 'wss://b'])
  assert.deepEqual(read('relays=wss%3A%2F%2Fa%2Cb&token=t').relays, ['wss://a,b'])
  assert.deepEqual(read('relays=a+b&token=t').relays, ['a+b'])
  assert.deepEqual(read('relays=a%zz%&token=t').relays, ['a%zz%'])
  assert.equal(read('relays=r&token=%41').token, '%41')
  assert.equal(read('relays=r&token=a=b').token, 'a=b')
  assert.equal(read('relays=r&token=first&token=last').token, 'last')
  assert.equal(read('relays=r&token=t&no_request=1').noRequest, false)
  assert.equal(read(`relays=r&token=t&subkey=${npubOf(subkey)}`).subkey, subkey)
})

test('what is missing or malformed is refused by name', () => {
  const refused: [string, RegExp][] = [
    [`portal:${npub}?relays=r&token=t`, /must start with portal:/],
    [`portal://${npub}`, /no "\?"/],
    [`portal://${npub}?`, /no "="/],
    [`portal://${npub}?relays=r&token=t&`, /no "="/],
    [`portal://${npub}?relays=r&token=t&flag`, /no "="/],
    [`portal://${npub}?token=t`, /"relays" is missing/],
    [`portal://${npub}?relays=r`, /"token" is missing/],
    [`portal://${mainKey}?relays=r&token=t`, /main key must be npub1/],
    [`portal://nostr:${npub}?relays=r&token=t`, /main key must be npub1/],
    [`portal://${npub}/?relays=r&token=t`, /main key/],
    [`portal://${npub}?relays=r&token=t&subkey=${subkey}`, /"subkey" must be npub1/],
    [`portal://${npub}?relays=%ff&token=t`, /not percent-encoded UTF-8/],
    [`portal://${npub}?relays=${'r'.repeat(16_384)}&token=t`, /at most 16384 characters/],
  ]
  for (const [text, message] of refused) {
    assert.throws(() => parse(text), { name: 'HandshakeUrlError', message })
  }
})

test('a token or relay that a reader would not get back is not written', () => {
  const url = { mainKey, relays: ['wss://r'], token: 't', subkey: null, noRequest: false }
  for (const token of ['a&b', ' a', 'a\n']) {
    assert.throws(() => formatHandshakeUrl({ ...url, token }), HandshakeUrlError)
  }
  assert.throws(() => formatHandshakeUrl({ ...url, relays: ['\ud800'] }), HandshakeUrlError)
})
