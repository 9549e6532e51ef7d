import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson, fingerprint } from './idempotency-key.ts'

test('canonical JSON says the same value, whatever order its keys were written in', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
      assert.equal(canonicalJson(reversed(value)), canonicalJson(value))
    }),
  )
})

test('values that differ have fingerprints that differ', () => {
  const prints = [
    fingerprint('/a', { x: 1 }),
    fingerprint('/b', { x: 1 }),
    fingerprint('/a', { x: '1' }),
    fingerprint('/a', { x: [1] }),
    fingerprint('/a', { x: { 0: 1 } }),
    fingerprint('/a', { x: 1, y: false }),
    fingerprint('/a', { m: { x: null } }),
    fingerprint('/a', { m: {} }),
    fingerprint('/a', {}),
  ]
  assert.equal(new Set(prints).size, prints.length)
})

test('a field that is null is a field left out', () => {
  assert.equal(fingerprint('/a', { x: 1, y: null }), fingerprint('/a', { x: 1 }))
  assert.equal(fingerprint('/a', {}), fingerprint('/a', null))
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  )
}
