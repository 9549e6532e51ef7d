import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { eventMark } from './coordination-ports.ts'
import { createCourtesy } from './courtesy.ts'

function open({ isAway = false, works = true } = {}) {
  const clock = createVirtualClock(1_000_000)
  const handled: string[] = []
  const told: string[] = []
  const received = new Set<string>()
  const asked: string[][] = []
  let listener: (marks: readonly string[]) => void = () => {}
  const courtesy = createCourtesy(clock)
  courtesy.start({
    async receivedAmong(ids) {
      if (isAway) throw new Error('away')
      asked.push([...ids])
      return ids.filter((id) => received.has(id))
    },
    tellHandled: (id) => void told.push(id),
    onHandled(given) {
      listener = given
      return () => {}
    },
  })
  const pass = (id: string, isOurs: boolean, chars = 1) =>
    courtesy.pass({
      id,
      chars,
      isOurs,
      async handle() {
        handled.push(id)
        return works
      },
    })
  const hear = (id: string) => listener([eventMark(id)])
  return { clock, courtesy, pass, hear, handled, told, received, asked }
}

it('what is ours is handled at once, and the others are told', async () => {
  const { clock, pass, handled, told } = open()
  pass('a', true)
  assert.deepEqual(handled, ['a'])
  await clock.settle()
  assert.deepEqual(told, ['a'])
})

it('what could not be handled is left to the others', async () => {
  const { clock, pass, told } = open({ works: false })
  pass('a', true)
  await clock.settle()
  assert.deepEqual(told, [])
})

it('what another tells it has handled is not looked at, told before or after it came', async () => {
  const { clock, pass, hear, handled, asked } = open()
  hear('early')
  pass('early', false)
  pass('late', false)
  await clock.advance(150)
  hear('late')
  await clock.advance(1_000)
  assert.deepEqual([handled, asked], [[], []])
})

it('what the store has is another’s, though its word was lost', async () => {
  const { clock, pass, handled, received, asked } = open()
  pass('b', false)
  pass('c', false)
  pass('c', false)
  received.add('b').add('c')
  await clock.advance(1_000)
  assert.deepEqual([handled, asked], [[], [['b', 'c']]])
})

it('what nobody has handled a moment later is handled here', async () => {
  const { clock, pass, handled, asked, told } = open()
  pass('a', false)
  await clock.advance(390)
  pass('b', false)
  await clock.advance(399)
  assert.deepEqual([handled, asked], [[], []])
  await clock.advance(800)
  assert.deepEqual([handled, asked], [['a', 'b'], [['a', 'b']]])
  assert.deepEqual(told, ['a', 'b'])
})

it('a full queue loses nothing: what comes then is handled at once', async () => {
  const { clock, pass, handled } = open()
  for (let i = 0; i < 2_001; i++) pass(`e${i}`, false)
  assert.deepEqual(handled, ['e2000'])
  await clock.advance(800)
  assert.equal(handled.length, 2_001)
  pass('long', false, 3_999_999)
  pass('too long', false, 2)
  assert.equal(handled.at(-1), 'too long')
})

it('a store that cannot be asked keeps nothing from being handled', async () => {
  const { clock, pass, handled } = open({ isAway: true })
  pass('a', false)
  await clock.advance(800)
  assert.deepEqual(handled, ['a'])
})

it('at the end, what is held is handled', async () => {
  const { courtesy, pass, handled } = open()
  pass('a', false)
  await courtesy.close()
  assert.deepEqual(handled, ['a'])
  pass('b', false)
  assert.deepEqual(handled, ['a', 'b'])
})
