import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normalizeRelayUrl } from './relay-url.ts'

test('one relay has one spelling', () => {
  const spellings: [string, string][] = [
    ['wss://Relay.GetPortal.cc', 'wss://relay.getportal.cc'],
    [' wss://relay.getportal.cc/ ', 'wss://relay.getportal.cc'],
    ['WSS://relay.getportal.cc:443//', 'wss://relay.getportal.cc'],
    ['wss://relay.getportal.cc/#top', 'wss://relay.getportal.cc'],
    ['ws://127.0.0.1:3000/relay/', 'ws://127.0.0.1:3000/relay'],
    ['wss://relay.example/Path?key=A', 'wss://relay.example/Path?key=A'],
    ['ws://[::1]:80', 'ws://[::1]'],
  ]
  for (const [text, expected] of spellings) assert.equal(normalizeRelayUrl(text), expected)
})

test('what is no relay address has none', () => {
  const others = [
    '',
    'relay.example',
    'https://relay.example',
    'wss://',
    'wss://user:secret@relay.example',
    'wss://user@relay.example',
    `wss://relay.example/${'x'.repeat(600)}`,
    'javascript:alert(1)',
  ]
  for (const text of others) assert.equal(normalizeRelayUrl(text), undefined, text)
})

test('a normalised address stays as it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl({ validSchemes: ['ws', 'wss'] }), fc.string()), (text) => {
      const url = normalizeRelayUrl(text)
      if (url !== undefined) assert.equal(normalizeRelayUrl(url), url)
    }),
  )
})
