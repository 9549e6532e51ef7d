import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRecentMap } from './recent-map.ts'

test('it holds the last half of its bound, and never more than its bound', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 8 }),
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 8 }).map(String))),
      (max, steps) => {
        const map = createRecentMap<string>(max)
        let recent: string[] = []
        for (const [isSet, key] of steps) {
          if (isSet) map.set(key, key)
          const found = map.get(key)
          assert.ok(found === undefined || found === key)
          if (found !== undefined) recent = [key, ...recent.filter((other) => other !== key)]
          assert.ok(map.size <= max)
          for (const key of recent.slice(0, Math.floor(max / 2))) assert.ok(map.has(key))
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
