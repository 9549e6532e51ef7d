import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sampleHandshake } from '../store/sample-subjects.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { decideHandshake, type HandshakeFact } from './handshake.ts'

test('what a wallet of good manners says of itself is told as it said it', () => {
  const preferredRelays = ['wss://relay.example/path?x=é', 'wss://b.example', 'not a url']
  const told = scanned({ preferredRelays, clientInfo: { name: 'Portäl ☕', version: '1.2.3' } })
  assert.deepEqual(told, {
    main_key: testKey(3),
    preferred_relays: preferredRelays,
    client_info: { name: 'Portäl ☕', version: '1.2.3' },
  })
})

test('names are cut and lose their control characters', () => {
  const told = scanned({ clientInfo: { name: 'x'.repeat(62_000), version: '\u001b[31m1\n\u0000' } })
  assert.deepEqual(told.client_info, { name: 'x'.repeat(100), version: '[31m1' })
})

test('relays too long, too many or unreadable are left out', () => {
  const fine = Array.from({ length: 12 }, (_, i) => `wss://${i}.example`)
  const bad = [`wss://${'x'.repeat(200)}`, 'wss://a\u001b.example', 'wss://\ud800', 'wss://\u202e']
  assert.deepEqual(
    scanned({ preferredRelays: [...bad, ...fine] }).preferred_relays,
    fine.slice(0, 10),
  )
})

test('an event is small, whatever strangers send', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 })
  fc.assert(
    fc.property(text, text, fc.array(text, { maxLength: 40 }), (name, version, preferredRelays) => {
      const json = JSON.stringify(scanned({ preferredRelays, clientInfo: { name, version } }))
      assert.ok(json.length < 6_000 && !/\\u|\p{Cc}/u.test(json), json)
    }),
  )
})

function scanned(said: Partial<HandshakeFact & { type: 'scanned' }>) {
  const fact = {
    type: 'scanned',
    mainKey: testKey(3),
    preferredRelays: [],
    clientInfo: { name: 'w', version: '1' },
    ...said,
  } as const
  const [event] = decideHandshake(sampleHandshake(), fact, 0).events
  if (event === undefined || !('main_key' in event)) assert.fail('no scan')
  return event
}
