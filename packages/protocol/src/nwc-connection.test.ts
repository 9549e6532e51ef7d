import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toHex } from './keys.ts'
import { formatNwcConnection, NwcConnectionError, parseNwcConnection } from './nwc-connection.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'

// The example of NIP-47.
const walletKey = 'b889ff5b1513b641e2a139f661a661364979c5beee91842f8f0ef42ab558e9d4'
const secret = '71a8c14c1407c113601079c4302dab36460f0ccd0ad506f1f2dc73b5100e4f3c'
const relay = 'wss%3A%2F%2Frelay.damus.io'
const example = `nostr+walletconnect://${walletKey}?relay=${relay}&secret=${secret}`
const parse = (text: string) => parseNwcConnection(text, secp)

test('the example of NIP-47 is read, and written as it was', () => {
  const connection = parse(example)
  assert.equal(connection.walletKey, walletKey)
  assert.deepEqual(connection.relays, ['wss://relay.damus.io'])
  assert.equal(toHex(connection.secret), secret)
  assert.equal(connection.lud16, null)
  assert.equal(formatNwcConnection(connection), example)
})

test('several relays and a lightning address come back as they were', () => {
  const connection = {
    ...parse(example),
    relays: ['wss://one.example/a?b=c&d', 'ws://127.0.0.1:7447'],
    lud16: 'me+you@example.com',
  }
  assert.deepEqual(parse(formatNwcConnection(connection)), connection)
})

test('the ways of writing that are about are read', () => {
  const rest = `${walletKey}?relay=wss://r.example&secret=${secret}`
  const variants = [
    `nostrwalletconnect://${rest}`,
    `nostr+walletconnect:${rest}`,
    `NOSTR+WALLETCONNECT://${rest}`,
    `  nostr+walletconnect://${rest}\n`,
    `nostr+walletconnect://${walletKey}/?relay=wss://r.example&secret=${secret}`,
    `nostr+walletconnect://${walletKey.toUpperCase()}?secret=${secret}&relay=wss://r.example`,
    `nostr+walletconnect://${rest}&relay=wss://r.example&unknown=1&pubkey=x`,
  ]
  for (const text of variants) {
    const connection = parse(text)
    assert.equal(connection.walletKey, walletKey)
    assert.deepEqual(connection.relays, ['wss://r.example'])
  }
})

test('what is wrong is named, and the secret is never repeated', () => {
  const base = `nostr+walletconnect://${walletKey}`
  const relay = 'relay=wss://r.example'
  const refused: [string, RegExp][] = [
    ['', /must look like/],
    [`https://${walletKey}?${relay}&secret=${secret}`, /must look like/],
    [`${base}#${relay}&secret=${secret}`, /must look like/],
    [`nostr+walletconnect://${'0'.repeat(64)}?${relay}&secret=${secret}`, /its wallet key/],
    [`nostr+walletconnect://abc?${relay}&secret=${secret}`, /its wallet key/],
    [`${base}?${relay}`, /no "secret"/],
    [`${base}?${relay}&secret=${secret}00`, /its "secret"/],
    [`${base}?secret=${secret}`, /no "relay"/],
    [`${base}?relay=https://r.example&secret=${secret}`, /not a ws:\/\/ or wss:\/\/ URL/],
    [`${base}?relay=&secret=${secret}`, /not a ws:\/\/ or wss:\/\/ URL/],
    [`${base}?${seventeenRelays()}&secret=${secret}`, /more than 16 relays/],
    [`${base}?${relay}&secret=${secret}&x=${'x'.repeat(8_192)}`, /at most 8192/],
  ]
  for (const [text, message] of refused) {
    assert.throws(() => parse(text), { name: 'NwcConnectionError', message })
    assert.throws(
      () => parse(text),
      (error: Error) => !error.message.includes(secret.slice(0, 8)),
    )
  }
})

test('no text makes the reader do anything but answer or refuse', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((rest) => example + rest),
      ),
      (text) => {
        try {
          parse(text)
        } catch (error) {
          assert.ok(error instanceof NwcConnectionError)
        }
      },
    ),
  )
})

function seventeenRelays(): string {
  return Array.from({ length: 17 }, (_, index) => `relay=wss://r${index}.example`).join('&')
}
