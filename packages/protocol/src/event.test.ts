import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { getEventHash } from 'nostr-tools/pure'
import encrypted from '../vectors/encrypted-events.json' with { type: 'json' }
import {
  eventHash,
  type Filter,
  matchesAnyFilter,
  matchesFilter,
  type NostrEvent,
  parseEvent,
  taggedKeys,
  verifyEvent,
} from './event.ts'
import { createIdentity } from './identity.ts'
import { parseSecretKey, toHex } from './keys.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const me = createIdentity(parseSecretKey('01'.repeat(32), secp), { secp, random })
const template = {
  kind: 1,
  created_at: 1_700_000_000,
  tags: [
    ['p', 'a', 'b'],
    ['p', 'c'],
  ],
  content: 'ü\n\u0001"',
}
// BIP-340 vector 5.
const OFF_CURVE = 'eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34'
const event = me.sign(template)

test('a signed event parses, verifies and keeps what was signed', () => {
  assert.deepEqual(parseEvent(JSON.parse(JSON.stringify(event))), event)
  assert.equal(verifyEvent(event, secp), true)
  assert.deepEqual(event, { ...template, id: event.id, sig: event.sig, pubkey: me.publicKey })
})

test('an event of another implementation verifies', () => {
  for (const vector of encrypted.events) {
    const parsed = parseEvent(vector.event) ?? assert.fail(vector.name)
    assert.equal(verifyEvent(parsed, secp), true, vector.name)
  }
})

test('a change of any signed field, of the id or of the signature is noticed', () => {
  const zeros = '0'.repeat(64)
  const changes: Partial<NostrEvent>[] = [
    { content: 'other' },
    { kind: 2 },
    { created_at: 1_700_000_001 },
    { tags: [] },
    { id: zeros },
    { sig: zeros + zeros },
    { sig: event.sig.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
    { pubkey: createIdentity(parseSecretKey('02'.repeat(32), secp), { secp, random }).publicKey },
  ]
  for (const change of changes) {
    assert.equal(verifyEvent({ ...event, ...change }, secp), false, JSON.stringify(change))
  }
})

test('an author that is no point on the curve makes an invalid event, not an accident', () => {
  const parsed = parseEvent({ ...event, pubkey: OFF_CURVE }) ?? assert.fail()
  assert.equal(verifyEvent({ ...parsed, id: toHex(eventHash(parsed, parsed.pubkey)) }, secp), false)
})

test('the id is the one that nostr-tools computes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.array(fc.array(fc.string({ unit: 'binary' }))),
      fc.nat({ max: 65_535 }),
      fc.nat(),
      (content, tags, kind, created_at) => {
        const fields = { kind, created_at, tags, content }
        const expected = getEventHash({ ...fields, pubkey: me.publicKey })
        assert.equal(toHex(eventHash(fields, me.publicKey)), expected)
      },
    ),
  )
})

test('what has not the shape of an event is not one', () => {
  const broken: unknown[] = [
    null,
    1,
    'event',
    [],
    {},
    { ...event, id: event.id.toUpperCase() },
    { ...event, id: event.id.slice(1) },
    { ...event, pubkey: undefined },
    { ...event, sig: event.id },
    { ...event, created_at: -1 },
    { ...event, created_at: 1.5 },
    { ...event, created_at: 2 ** 53 },
    { ...event, created_at: '1' },
    { ...event, kind: 65_536 },
    { ...event, kind: -1 },
    { ...event, content: null },
    { ...event, tags: {} },
    { ...event, tags: ['p'] },
    { ...event, tags: [['p', 1]] },
    { ...event, tags: [[null]] },
  ]
  for (const value of broken) assert.equal(parseEvent(value), undefined, JSON.stringify(value))
})

test('parsing any value never throws, and drops what is not part of an event', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      parseEvent(value)
    }),
  )
  const parsed = parseEvent({ ...event, extra: 1, ['__proto__']: { polluted: true } })
  assert.deepEqual(parsed, event)
})

test('a filter matches when each of its conditions does', () => {
  const matching: Filter[] = [
    {},
    { kinds: [0, 1] },
    { authors: [me.publicKey] },
    { ids: [event.id] },
    { '#p': ['x', 'c'] },
    { since: 1_700_000_000, until: 1_700_000_000 },
    { kinds: [1], authors: [me.publicKey], '#p': ['a'], limit: 0 },
    { '#e': undefined },
  ]
  const missing: Filter[] = [
    { kinds: [] },
    { kinds: [2] },
    { authors: ['a'] },
    { ids: [] },
    { '#p': ['b'] },
    { '#p': [] },
    { '#e': ['a'] },
    { since: 1_700_000_001 },
    { until: 1_699_999_999 },
    { until: 0 },
    { kinds: [1], '#p': ['z'] },
  ]
  for (const filter of matching) assert.equal(matchesFilter(filter, event), true, show(filter))
  for (const filter of missing) assert.equal(matchesFilter(filter, event), false, show(filter))
  assert.equal(matchesAnyFilter([{ kinds: [2] }, { kinds: [1] }], event), true)
  assert.equal(matchesAnyFilter([], event), false)
})

test('tagged keys are the second items of p tags', () => {
  const tags = [['p', 'a', 'x'], ['e', 'b'], ['p'], [], ['p', 'a']]
  assert.deepEqual(taggedKeys({ ...event, tags }), ['a', 'a'])
})

function show(value: unknown): string {
  return JSON.stringify(value)
}
