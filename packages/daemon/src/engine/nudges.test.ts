import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { PublicKey } from 'portal-protocol'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createNudges } from './nudges.ts'

const key = (name: string) => name as PublicKey

it('a user who is back is told of at once, one who comes back in a loop four times a second', async () => {
  const clock = createVirtualClock(0)
  const runs: (readonly PublicKey[] | null)[] = []
  const nudges = createNudges(clock, (keys) => runs.push(keys))
  nudges.add([key('a')])
  assert.deepEqual(runs, [['a']])
  for (let i = 0; i < 1_000; i++) nudges.add([key('b'), key('c')])
  assert.equal(runs.length, 1)
  await clock.advance(1_000)
  assert.deepEqual(runs, [['a'], ['b', 'c']])
})

it('news of everybody is not lost among news of some', async () => {
  const clock = createVirtualClock(0)
  const runs: (readonly PublicKey[] | null)[] = []
  const nudges = createNudges(clock, (keys) => runs.push(keys))
  nudges.add([key('a')])
  nudges.add(null)
  nudges.add([key('b')])
  await clock.advance(300)
  assert.deepEqual(runs, [['a'], null])
})

it('after the stop nobody is told of, not even who was gathered before', async () => {
  const clock = createVirtualClock(0)
  const runs: (readonly PublicKey[] | null)[] = []
  const nudges = createNudges(clock, (keys) => runs.push(keys))
  nudges.add([key('a')])
  nudges.add([key('b')])
  nudges.stop()
  nudges.add([key('c')])
  await clock.advance(1_000)
  assert.deepEqual(runs, [['a']])
})
