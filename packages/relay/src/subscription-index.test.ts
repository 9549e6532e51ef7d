import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Filter, matchesAnyFilter, type NostrEvent } from 'portal-protocol'
import { eventOf, person } from '../test/people.ts'
import { createSubscriptionIndex } from './subscription-index.ts'

const template = eventOf(person(1))
const pubkeys = [1, 2, 3].map((seed) => person(seed).publicKey)
const word = fc.constantFrom('a', 'b', 'c', 'd')
const words = fc.array(word, { maxLength: 3 })
const number = fc.integer({ min: 0, max: 4 })

const someFilter: fc.Arbitrary<Filter> = fc.record(
  {
    ids: words,
    authors: fc.subarray(pubkeys),
    kinds: fc.array(number, { maxLength: 3 }),
    since: number,
    until: number,
    limit: number,
    '#p': words,
    '#e': words,
    '#t': words,
  },
  { requiredKeys: [] },
)

const someEvent: fc.Arbitrary<NostrEvent> = fc
  .record({
    id: word,
    pubkey: fc.constantFrom(...pubkeys),
    kind: number,
    created_at: number,
    tags: fc.array(fc.array(fc.constantFrom('p', 'e', 't', 'a', 'b'), { maxLength: 3 })),
  })
  .map((fields) => ({ ...template, ...fields }))

test('the index finds exactly whom a look at every filter finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(someFilter, { maxLength: 3 }), { maxLength: 8 }),
      fc.array(someEvent, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      (subscriptions, events, leaving) => {
        const index = createSubscriptionIndex<number>()
        const removals = subscriptions.map((filters, subscriber) => index.add(subscriber, filters))
        const gone = subscriptions.length === 0 ? -1 : leaving % subscriptions.length
        removals[gone]?.()
        for (const event of events) {
          const expected = subscriptions.flatMap((filters, subscriber) =>
            subscriber !== gone && matchesAnyFilter(filters, event) ? [subscriber] : [],
          )
          assert.deepEqual([...index.match(event)].sort(), expected)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
