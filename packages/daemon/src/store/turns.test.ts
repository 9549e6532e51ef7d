// As many as there are places, the others in the order they came.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns } from './turns.ts'

test('as many as there are places use it at a time, the others in their order', async () => {
  const turns = createTurns(2)
  const used: number[] = []
  const all = [1, 2, 3, 4].map((who) => turns.take().then(() => used.push(who)))
  await all[1]
  assert.deepEqual(used, [1, 2])
  turns.give()
  await all[2]
  assert.deepEqual(used, [1, 2, 3])
  turns.give()
  turns.give()
  turns.give()
  await all[3]
  await turns.take()
  await turns.take()
  assert.deepEqual(used, [1, 2, 3, 4])
})
