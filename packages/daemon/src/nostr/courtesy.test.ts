import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { NostrEvent, PublicKey } from 'portal-protocol'
import { testKey } from '../testing/fake-messenger.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createCourtesy } from './courtesy.ts'

const [ours, others] = [testKey(1), testKey(2)]

function open() {
  const clock = createVirtualClock(1_000_000)
  const handled: string[] = []
  const elsewhere = new Set<string>()
  const asked: string[][] = []
  const courtesy = createCourtesy({
    clock,
    inbound: () => ({
      isOurs: (author) => author === ours,
      async handled(ids) {
        asked.push([...ids])
        return ids.filter((id) => elsewhere.has(id))
      },
    }),
    handle: async ({ id }) => void handled.push(id),
  })
  return { clock, courtesy, handled, elsewhere, asked }
}

function event(id: string, pubkey: PublicKey, content = 'x'): NostrEvent {
  return { id, pubkey, kind: 28_001, created_at: 1, tags: [], content, sig: '' }
}

it('what is ours is handled at once, what is another’s is left to it', async () => {
  const { clock, courtesy, handled, elsewhere, asked } = open()
  courtesy.pass(event('a', ours), 'r')
  courtesy.pass(event('b', others), 'r')
  courtesy.pass(event('c', others), 'r')
  courtesy.pass(event('c', others), 'another relay')
  assert.deepEqual(handled, ['a'])
  elsewhere.add('b').add('c')
  await clock.advance(1_000)
  assert.deepEqual([handled, asked], [['a'], [['b', 'c']]])
})

it('what nobody has handled a moment later is handled here', async () => {
  const { clock, courtesy, handled, asked } = open()
  courtesy.pass(event('a', others), 'r')
  await clock.advance(120)
  courtesy.pass(event('b', others), 'r')
  await clock.advance(124)
  assert.deepEqual([handled, asked], [[], []])
  await clock.advance(250)
  assert.deepEqual([handled, asked], [['a', 'b'], [['a', 'b']]])
})

it('a full queue loses nothing: what comes then is handled at once', async () => {
  const { clock, courtesy, handled } = open()
  for (let i = 0; i < 2_001; i++) courtesy.pass(event(`e${i}`, others), 'r')
  assert.deepEqual(handled, ['e2000'])
  await clock.advance(250)
  assert.equal(handled.length, 2_001)
  courtesy.pass(event('long', others, 'x'.repeat(3_999_999)), 'r')
  courtesy.pass(event('too long', others, 'xx'), 'r')
  assert.equal(handled.at(-1), 'too long')
})

it('a store that cannot be asked keeps nothing from being handled', async () => {
  const clock = createVirtualClock(1_000_000)
  const handled: string[] = []
  const courtesy = createCourtesy({
    clock,
    inbound: () => ({ isOurs: () => false, handled: () => Promise.reject(new Error('away')) }),
    handle: async ({ id }) => void handled.push(id),
  })
  courtesy.pass(event('a', others), 'r')
  await clock.advance(250)
  assert.deepEqual(handled, ['a'])
})

it('at the end, what is held is handled', async () => {
  const { courtesy, handled } = open()
  courtesy.pass(event('a', others), 'r')
  await courtesy.close()
  assert.deepEqual(handled, ['a'])
  courtesy.pass(event('b', others), 'r')
  assert.deepEqual(handled, ['a', 'b'])
})
